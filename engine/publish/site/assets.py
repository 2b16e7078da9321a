"""Scripts, style sheets, fonts and Plotly of an exported site.

The modules are three classic scripts (engine/app/modules.py says why): that of every page and of
the stage, that of live blocks, and that of the other views. A slide is shown when the first has
come.
"""

import gzip
import importlib.util
import json
import re
import shutil
from pathlib import Path

from engine.app import joined, preload, web_files
from engine.app.joined import REGISTRY
from engine.app.modules import table, without_comments
from engine.paths import ASSETS

APP, BLOCKS, VIEWS = "app.js", "blocks.js", "views.js"
PARTS = {  # of which modules each script consists, with all that they import
    APP: ("exported/start.js", "views/stage.js"),
    BLOCKS: ("blocks/kinds.js",),
    VIEWS: ("views/reading.js", "views/presenter.js", "views/paper.js"),
}
# That of every page, and those that its views ask for.
SHEETS = (
    "styles/exported.css",
    "joined/slides.css",
    "styles/print.css",
    "styles/reading.css",
    "styles/presenter.css",
    "styles/paper.css",
)
LOADER = "exported/loader.js"
LETTERS = "letters.css"  # of the pages' type and of formulas
# A face that is declared later is asked first for the letters in its range. The short ones are
# enough for most slides in English, the others for most lectures; the whole fonts come where a page
# has another letter.
_LATIN_AND_GREEK = (
    "U+0020-007E,U+00A0-00FF,U+0391-03C9,U+2010-2026,U+2070-209C,U+2190-2193,U+2200-2265"
)
_COMMON = (  # as assets/fonts/LICENSE.txt has it
    "U+0020-007E,U+00A0,U+00B0,U+00B2,U+00B3,U+00B7,U+00B9,U+00D7,U+2013,U+2014,U+2018,U+2019,"
    "U+201C,U+201D,U+2026,U+2070,U+2071,U+2074-2079,U+2190-2193,U+2212,U+2713"
)
_ANY = "100 900"
SUBSETS = [  # family, file, style, weights, letters
    ("Source Sans", "SourceSans.woff2", "normal", _ANY, _LATIN_AND_GREEK),
    ("Source Serif", "SourceSerif.woff2", "normal", _ANY, _LATIN_AND_GREEK),
    ("Source Sans", "SourceSansShort.woff2", "normal", _ANY, _COMMON),
    ("Source Sans", "SourceSansItalicShort.woff2", "italic", _ANY, _COMMON),
    ("Source Serif", "SourceSerifShort.woff2", "normal", "600", _COMMON),  # that of titles
    ("Source Code Pro", "SourceCodeShort.woff2", "normal", _ANY, _COMMON),
]
_FACE = re.compile(r"@font-face\{[^}]*\}")
_FILE = re.compile(r"url\(\.\./media/([^)]+)\)")


def scripts() -> str:
    """The folder of scripts and style sheets below the site's."""
    return f"web/{web_files.version()}/"


def write(folder: Path) -> str:
    """Write them below `folder`; the address of their own folder, which names their version."""
    web = scripts()
    home = folder / web
    home.mkdir(parents=True)
    for name, text in written().items():
        (home / name).write_text(text, encoding="utf-8")
    for name in (*SHEETS, "plotly.min.js"):
        found = joined.find(name)
        assert found is not None
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.decompress(found.body))
    write_letters(home)
    shutil.copyfile(ASSETS / "icon.svg", folder / "icon.svg")
    return web


def written() -> dict[str, str]:
    """The three scripts. A module stands in the first one that needs it; what the last two share
    stands in the first, for neither waits for the other."""
    needed = {part: dict.fromkeys(preload.needed(*entries)) for part, entries in PARTS.items()}
    blocks, views = needed[BLOCKS], needed[VIEWS]
    shared = [name for name in views if name in blocks]
    app = [*dict.fromkeys([*needed[APP], *shared])]
    given = {
        APP: app,
        BLOCKS: [name for name in blocks if name not in app],
        VIEWS: [name for name in views if name not in app],
    }
    texts = {
        name: f'"use strict"\npracticumSite.add({table(own)})\n' for name, own in given.items()
    }
    homes = {entry: part for part, entries in PARTS.items() for entry in entries}
    start = f"practicumSite.start({json.dumps(homes)})\n"
    texts[APP] = "\n".join(map(without_comments, (REGISTRY, LOADER))) + texts[APP] + start
    return texts


def write_letters(home: Path) -> None:
    """The faces that the server's pages have, and KaTeX's rules: both come with Streamlit."""
    spec = importlib.util.find_spec("streamlit")
    assert spec is not None
    assert spec.origin is not None
    static = Path(spec.origin).parent / "static" / "static"
    [sheet] = (static / "css").glob("index.*.css")
    css = sheet.read_text(encoding="utf-8")
    css = _FACE.sub(lambda face: "" if "Material Symbols" in face[0] else face[0], css)
    (home / "letters").mkdir()
    for name in _FILE.findall(css):
        shutil.copyfile(static / "media" / name, home / "letters" / name)
    css = _FILE.sub(r"url(letters/\1)", css)
    for family, name, style, weights, letters in SUBSETS:
        shutil.copyfile(ASSETS / "fonts" / name, home / "letters" / name)
        css += (
            f"@font-face{{font-family:{family};font-weight:{weights};font-style:{style};"
            f"src:url(letters/{name})format('woff2');unicode-range:{letters}}}"
        )
    (home / LETTERS).write_text(css, encoding="utf-8")
