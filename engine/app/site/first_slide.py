"""The slide that an address names, in the HTML of the page itself.

A reader on a slow line would look at a white page until Streamlit and our modules have come, some
seconds and two megabytes later. This copy can be read at once; it runs nothing, and the stage takes
its place (`openFrame` in web/views/frame.js removes it). Formulas are drawn by the browser from
MathML until the style sheet of KaTeX is there, which comes with Streamlit.
"""

import functools
import re
from urllib.parse import parse_qs, urljoin

from engine.app import pictures, web_files
from engine.app.lectures import css_of, library
from engine.app.site.templates import fill
from engine.deck.schema.deck_json import SlideJson
from engine.deck.slide_json import slide_named
from engine.deck.source import names

# As web/lib/theme.js chooses. It is allowed by its hash, so it is the same for every page.
THEME = (
    "{let t=null;try{t=localStorage.getItem('practicum.theme')}catch{}"
    "if(t!=='light'&&t!=='dark')"
    "t=matchMedia('(prefers-color-scheme: dark)').matches?'dark':'light';"
    "document.querySelector('#first-slide > .stage').dataset.theme=t}"
)
# Who presses a key now has seen a slide, and means the lecture: web/lib/early.js acts on these
# once it is there. What has the focus (a link) keeps its keys, and the browser has its shortcuts.
KEYS = (
    "{const heard=new AbortController(),keys=[];"
    "addEventListener('keydown',e=>{"
    "if(e.target!==document.body||e.repeat||e.ctrlKey||e.metaKey||e.altKey)return;"
    "keys.push(e);"
    "document.getElementById('first-slide')?.toggleAttribute('data-pressed',true)"
    "},{capture:true,signal:heard.signal});"
    "globalThis.practicumEarly={keys,stop:()=>heard.abort()}}"
)
SCRIPT = THEME + KEYS
# Names by which the page knows parts of the true slide, and which may be there only once.
_NAMED = re.compile(r'\s(?:id|data-block|data-slide)="[^"]*"')
_SOURCE = re.compile(r'(<img\b[^<>]*?\ssrc=")([^"]*)(")')  # as the sanitiser writes it


def first_slide(slug: str, query: str) -> str:
    """The slide of `?slide=…`, else the first one; "" for other views and for what is not read."""
    asked = parse_qs(query)
    document = library().at_hand(slug)
    if "view" in asked or document is None or not document["slides"]:
        return ""
    name = asked.get("slide", [""])[0]
    slide = slide_named(document["slides"], name) or document["slides"][0]
    return copy_of(slide, names.slug_of(library().paths()[slug]), css_of(document))


def copy_of(slide: SlideJson, scope: str, css: str) -> str:
    """A slide that can be read before any script has come; `scope` and `css` are its deck's."""
    return fill("first_slide", "page", slide, _body(slide["html"]), scope, css, _sheet(), SCRIPT)


def _body(html: str) -> str:
    """The slide without names that are taken, its pictures addressed from the page."""
    html = _NAMED.sub("", pictures.versioned(html, library()))
    return _SOURCE.sub(
        lambda found: found[1] + urljoin("./files/lectures/", found[2]) + found[3], html
    )


@functools.lru_cache(maxsize=2)
def _sheet_of(_version: str) -> str:
    look = "".join(map(web_files.text, web_files.THEME))
    return re.sub(r"/\*.*?\*/", "", look, flags=re.DOTALL)


def _sheet() -> str:
    return _sheet_of(web_files.version())
