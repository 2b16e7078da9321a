"""Text of a BibTeX field as Unicode: accents, quotes and dashes made letters, markup taken out."""

import codecs
import contextlib
import functools
import html
import importlib
import re
import unicodedata
from typing import Any

# Of TeX: accent command -> the Unicode mark that combines with the letter before it.
_MARKS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306",
    ".": "\u0307", '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "d": "\u0323",
    "c": "\u0327", "k": "\u0328", "b": "\u0331", "t": "\u0361",
}  # fmt: skip
_ACCENT = re.compile(r"\\([`'^~=.\"]|[urHvdckbt](?![A-Za-z]))\s*(?:\{\s*(\w)(\w*)\s*\}|(\w))")
_VERBATIM = re.compile(r"\\(?:url|path|nolinkurl)\s*\{([^{}]*)\}")
_LINK = re.compile(r"\\href\s*\{[^{}]*\}\s*")
_STYLED = re.compile(
    r"\\(?:emph|mbox|hbox|text(?:it|bf|sc|rm|tt|sf|sl|up|md|normal|superscript|subscript)"
    r"|math(?:it|bf|rm|cal|bb|sf)|enquote|foreignlanguage\s*\{[^{}]*\})\s*(?=\{)"
)
_SWITCH = re.compile(r"\\(?:em|it|bf|sc|rm|tt|sf|sl|itshape|bfseries|scshape)(?![A-Za-z])\s*")
_NAMED = {
    "dots": "…", "textquoteright": "’", "textquoteleft": "‘", "slash": "/", "eth": "ð",
    "textquotedbl": '"', "textgreater": ">", "textless": "<", "euro": "€", "texteuro": "€",
    "j": "ȷ", "ng": "ŋ", "NG": "Ŋ", "relax": "", "nobreakspace": " ", "linebreak": " ",
    "newline": " ", "quad": " ", "protect": "",
}  # fmt: skip
# What only sorts entries: TeX prints nothing of it.
_UNPRINTED = re.compile(r"\\(?:noopsort|printfirst|switchargs|SortNoop)\s*\{[^{}]*\}")
_ENSURED = re.compile(r"\\ensuremath\s*\{([^{}]*)\}")
# HTML, as publishers export it.
_ENTITY = re.compile(r"\\?&(amp|lt|gt|quot|apos|nbsp|#\d{1,6}|#x[0-9a-f]{1,5});", re.IGNORECASE)
_TAG = re.compile(r"</?(?:i|b|em|strong|sub|sup|scp|sc|tt|span|p)>", re.IGNORECASE)
_NAMES = re.compile(rf"\\({'|'.join(_NAMED)})(?![A-Za-z])(?:\s+|\{{\}})?")
_LOGO = re.compile(r"\\((?:La|Bib|Xe|Lua)?TeX)(?![A-Za-z])")
_MATH = re.compile(r"(?<!\\)\$(?!\s)([^$]+)(?<![\\\s])\$(?!\d)")
_SPACE = re.compile(r"\\[,;: ]|\\\\|(?<!\\)~")
_ESCAPED = re.compile(r"\\([$%&#_{}])")
_HIDDEN = "\ue000"  # stands for a percent sign, which would start a comment


def plain(text: str) -> str:
    """BibTeX text as one line of Unicode; a command that we do not know stays as written."""
    text = _VERBATIM.sub(lambda match: match[1].replace("~", "\\~{}"), text)
    if "<" in text:
        text = _TAG.sub("", text)
    if "&" in text:
        text = _ENTITY.sub(lambda match: html.unescape(f"&{match[1].lower()};"), text)
    if "\\" in text:
        text = _SWITCH.sub("", _STYLED.sub("", _LINK.sub("", _LOGO.sub(r"\1", text))))
        text = _ENSURED.sub(r"$\1$", _UNPRINTED.sub("", text))
        text = _NAMES.sub(lambda match: _NAMED[match[1]], text)
        text = re.sub(r"\\-|\\/", "", text)
        text = re.sub(r"\\~\s*\{\s*\}|\\textasciitilde(?:\{\})?", "\ue001", text)
        text = re.sub(r"\\?%", _HIDDEN, text)
        with contextlib.suppress(ValueError):
            text = _latex()(text)[0]
        text = _ACCENT.sub(_combined, text).replace(_HIDDEN, "%")
    text = _MATH.sub(_formula, text)
    text = re.sub(r"(?<!\\)[{}]", "", _SPACE.sub(" ", text))
    text = _ESCAPED.sub(r"\1", text).replace("\ue001", "~").replace("---", "—").replace("--", "–")
    text = text.replace("``", "“").replace("''", "”")
    return unicodedata.normalize("NFC", " ".join(text.split()))


def address(text: str) -> str:
    """The address in a field `url`, `doi` or `eprint`: nothing in it is typography."""
    text = _VERBATIM.sub(r"\1", text.strip()).replace("&amp;", "&")
    text = text.replace("$\\sim$", "~").replace("\\~{}", "~").replace("\\textasciitilde", "~")
    return re.sub(r"[{}\s]", "", re.sub(r"\\(.)", r"\1", text)).strip("<>")


def _combined(match: re.Match[str]) -> str:
    letter = match[2] or match[4]
    return {"ı": "i", "ȷ": "j"}.get(letter, letter) + _MARKS[match[1]] + (match[3] or "")


def _formula(match: re.Match[str]) -> str:
    return re.sub(r"\\([A-Za-z]+)\s?", r"\1 ", match[1]).replace("{", "").replace("}", "").strip()


@functools.cache
def _latex() -> Any:
    importlib.import_module("latexcodec")  # registers the codec; slow, and seldom needed
    return codecs.lookup("ulatex").decode
