"""What of an author's HTML and CSS may reach the page.

Authors write HTML, and a lecture may come from anyone, so it passes an allow-list (nh3) before
anything that we trust (math, code, citations, panels) is put into it.
"""

import re
import secrets

import nh3

# Marks a reveal in HTML that is not numbered yet. Secret, so that no author can write it.
STEP = secrets.token_hex(6)

_TAGS = {
    "a", "abbr", "aside", "b", "blockquote", "br", "caption", "cite", "code", "col", "colgroup",
    "dd", "del", "details", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "h1", "h2",
    "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q",
    "s", "samp", "small", "span", "strike", "strong", "sub", "summary", "sup", "table", "tbody",
    "td", "tfoot", "th", "thead", "tr", "u", "ul", "var", "wbr", "center", "font", "big",
}  # fmt: skip
_ATTRIBUTES = {
    "*": {"class", "style", "title", "lang", "dir", "data-step", "aria-hidden", "aria-label"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start", "type", "reversed"},
    "li": {"value"},
    "td": {"colspan", "rowspan", "align"},
    "th": {"colspan", "rowspan", "align", "scope"},
    "col": {"span"},
    "details": {"open"},
    "p": {"align"},
    "div": {"align"},
    "font": {"color", "size"},
}
_SAFE_PROPERTY = re.compile(
    r"--colloquium-[\w-]+|color|background(?:-color)?|opacity|font(?:-(?:size|weight|style|family|"
    r"variant(?:-numeric)?|stretch))?|line-height|letter-spacing|word-spacing|text-(?:align|"
    r"decoration|transform|indent|shadow|wrap|overflow)|vertical-align|white-space|word-break|"
    r"overflow-wrap|hyphens|(?:min-|max-)?(?:width|height)|margin(?:-(?:top|right|bottom|left))?|"
    r"padding(?:-(?:top|right|bottom|left))?|border(?:-(?:top|right|bottom|left))?(?:-(?:color|"
    r"style|width|radius|collapse|spacing))?|border-(?:radius|collapse|spacing)|box-(?:sizing|"
    r"shadow)|display|flex(?:-(?:direction|wrap|grow|shrink|basis|flow))?|order|gap|row-gap|"
    r"column-gap|grid(?:-[a-z-]+)?|align-(?:items|content|self)|justify-(?:items|content|self)|"
    r"place-(?:items|content|self)|list-style(?:-type|-position)?|table-layout|overflow(?:-[xy])?|"
    r"float|clear|columns?(?:-[a-z]+)?|object-(?:fit|position)|aspect-ratio|transform(?:-origin)?|"
    r"position|top|right|bottom|left|inset|z-index|filter|visibility|zoom"
)
_SAFE_VALUE = re.compile(r"""[\w\s#%.,()+*/'"!–-]*""")
_UNSAFE_VALUE = re.compile(
    r"(?:url|expression|image|image-set|element|cross-fade|attr|paint|src)\s*\(|/\*|\bfixed\b|"
    r"\bsticky\b|-moz-binding|behavior",
    re.IGNORECASE,
)
_IMAGE_DATA = re.compile(r"data:image/(?:png|jpe?g|gif|webp|avif|svg\+xml)[;,]", re.IGNORECASE)
DEEPEST = 200  # elements inside one another; no slide comes near it
_NESTING = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*+)")
_FLAT = {  # those that are empty, and those that the next one of their kind closes
    "area", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta", "p",
    "source", "td", "th", "tr", "wbr",
}  # fmt: skip
_UNSAFE_TAG = re.compile(r"<([A-Za-z][A-Za-z0-9-]*)")
_HANDLER = re.compile(r"""<[^<>]*?[\s"'/](on[a-z]+)\s*=""", re.IGNORECASE)
_SCRIPT_URL = re.compile(r"(?:javascript|vbscript)\s*:", re.IGNORECASE)


def clean(html: str) -> str:
    """`html` with everything that is not on the allow-list taken out, and every tag closed."""
    return _CLEANER.clean(html)


def is_too_deep(html: str) -> bool:
    """Whether so many elements are open at once that to read it takes the square of its length."""
    depth = 0
    for match in _NESTING.finditer(html):
        if match[2].lower() not in _FLAT:
            depth = max(depth + (-1 if match[1] else 1), 0)
        if depth > DEEPEST:
            return True
    return False


def is_blown_up(html: str, cleaned: str) -> bool:
    """Whether unclosed elements were opened again and again: `<b>` before many paragraphs."""
    return len(cleaned) > 20 * len(html) + 50_000


def safe_style(style: str) -> tuple[str, list[str]]:
    """The declarations of an inline style that are harmless, and those left out."""
    kept, dropped = [], []
    for declaration in style.split(";"):
        name, _, value = (part.strip() for part in declaration.partition(":"))
        if not declaration.strip():
            continue
        property_name = name if name.startswith("--") else name.lower()
        if (
            _SAFE_PROPERTY.fullmatch(property_name)
            and value
            and _SAFE_VALUE.fullmatch(value)
            and not _UNSAFE_VALUE.search(value)
            and value.count('"') % 2 == value.count("'") % 2 == 0
        ):
            kept.append(f"{property_name}: {value}")
        else:
            dropped.append(declaration.strip())
    return "; ".join(kept), dropped


def faults(html: str) -> list[tuple[str, int]]:
    """What `clean` will take out of an author's raw HTML: a sentence and an offset into it."""
    found = [
        (f"<{match[1]}> is not allowed in a slide and was removed.", match.start())
        for match in _UNSAFE_TAG.finditer(html)
        if match[1].lower() not in _TAGS
    ]
    found += [
        (f"The event handler '{match[1]}' was removed.", match.start(1))
        for match in _HANDLER.finditer(html)
    ]
    found += [
        ("A script address was removed.", match.start()) for match in _SCRIPT_URL.finditer(html)
    ]
    return sorted(found, key=lambda fault: fault[1])


def safe_url(url: str) -> bool:
    """Whether a link may be followed: http, https, mailto, or a relative address."""
    plain = re.sub(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\ufeff]", "", url)
    scheme = re.match(r"([^/?#:]*):", plain)
    return scheme is None or scheme[1].lower() in ("http", "https", "mailto")


def _filter(tag: str, attribute: str, value: str) -> str | None:
    if attribute == "style":
        return safe_style(value)[0] or None
    if attribute == "data-step":
        return value if value == STEP else None
    if attribute in ("src", "href") and value.strip().lower().startswith("data:"):
        return value if tag == "img" and _IMAGE_DATA.match(value.strip()) else None
    return value


_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    attributes=_ATTRIBUTES,
    attribute_filter=_filter,
    url_schemes={"http", "https", "mailto", "data"},
    clean_content_tags={"script", "style", "iframe", "noscript", "template", "object"},
    link_rel="noopener noreferrer",
)
