"""HTML of the Markdown tokens that are ours: citations, footnotes, math, images, code, raw HTML.

Trusted parts leave as slots (see `engine.deck.markup.state`); the rest is sanitised later.
"""

import functools
import html
import re
import unicodedata
from collections.abc import MutableMapping, Sequence
from typing import Any

from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from engine.deck.markup import code, math, sanitise, terms
from engine.deck.markup.state import Image, Link, State
from engine.deck.model import Glossary
from engine.deck.source.brackets import closings

Env = MutableMapping[str, Any]
Tokens = Sequence[Token]
MOST_MATH = 200_000  # characters of HTML of a slide's formulas; ten times a full slide
# pandoc's keys, with the accents that macOS writes as characters of their own
KEY = r"[\w\u0300-\u036f:.#$%&+?<>~/'\-]+"
CITATION = re.compile(rf"\[@({KEY}(?:\s*;\s*@{KEY})*)\]")
_WRITTEN_LINK = re.compile(r"\[[^\[\]\n]*\]\(((?:[^()\n]|\([^()\n]*\))+)\)")
_SIZE = re.compile(r"(\d{1,4}(?:\.\d+)?)(%|px|em|rem|cqw)?")
_closings = functools.lru_cache(maxsize=64)(closings)  # one text is asked for each of its notes
_TAG = re.compile(r"(<(?:/?[A-Za-z]|[!?])(?:\"[^\"]*\"|'[^']*'|[^'\"<>])*+>)")


def keys_of(inner: str) -> list[str]:
    """`k1; @k2` (what stands between `[@` and `]`) as keys."""
    composed = unicodedata.normalize("NFC", inner)
    return [key.strip().removeprefix("@") for key in composed.split(";")]


def footnote_end(text: str, start: int) -> int:
    """The index of the `]` that closes the `^[` at `start`; -1 without one."""
    return _closings(text, "[]").get(start + 1, -1)


def footnote_mark(text: str, line: int, state: State, name: str | None = None) -> str:
    """Note a footnote and return its raised number; one with a `name` is noted once."""
    number = state.numbers.get(name or "", 0)
    if not number:
        state.footnotes.append((text.strip(), line))
        state.depths.append(state.depth + 1)
        number = len(state.footnotes)
    if name:
        state.numbers[name] = number
    return state.slot(f'<sup class="colloquium-footnote-ref">{number}</sup>')


def plain_text(tokens: Sequence[Token]) -> str:
    """What inline tokens say without markup; math as TeX, citations and footnotes left out."""
    out = []
    for token in tokens:
        is_break = token.type == "html_inline" and token.content.lower().startswith("<br")
        if token.type in ("text", "code_inline", "math_inline", "math_inline_double"):
            out.append(token.content)
        elif token.type in ("softbreak", "hardbreak") or is_break:
            out.append(" ")
        elif token.type == "image":
            out.append(plain_text(token.children or []))
    return "".join(out)


class Renderer(RendererHTML):
    """markdown-it's renderer with our tokens; `env["slide"]` is the `State`."""

    def text(self, tokens: Tokens, idx: int, options: OptionsDict, env: Env) -> str:
        token, state = tokens[idx], env["slide"]
        if "[@" in token.content:
            _check_citation(token, state)
        if "](" in token.content:
            _check_address(token, state)
        if state.glossary is None or not token.meta.get("prose"):
            return escapeHtml(token.content)
        return _marked(token.content, state)

    def cite(self, tokens: Tokens, idx: int, options: OptionsDict, env: Env) -> str:
        token, state = tokens[idx], env["slide"]
        line, column = state.place(f"[@{token.content}]", _line(token))
        linked = token.meta.get("linked", True)
        return state.cite(keys_of(token.content), line, column, linked=linked)

    def footnote(self, tokens: Tokens, idx: int, options: OptionsDict, env: Env) -> str:
        token, state = tokens[idx], env["slide"]
        name = token.meta.get("name")
        line = token.meta["line"] if name else state.place("^[", _line(token))[0]
        return footnote_mark(token.content, line, state, name)

    def math_inline(self, tokens: Tokens, idx: int, options: OptionsDict, env: Env) -> str:
        return _math(tokens[idx], env["slide"], display=False)

    def math_inline_double(self, tokens: Tokens, idx: int, options: OptionsDict, env: Env) -> str:
        return _math(tokens[idx], env["slide"], display=True)

    def math_block(self, tokens: Tokens, idx: int, options: OptionsDict, env: Env) -> str:
        return f'<div class="math block">{_math(tokens[idx], env["slide"], display=True)}</div>\n'

    def math_block_label(self, tokens: Tokens, idx: int, options: OptionsDict, env: Env) -> str:
        return self.math_block(tokens, idx, options, env)

    def fence(self, tokens: Tokens, idx: int, options: OptionsDict, env: Env) -> str:
        state = env["slide"]
        return state.fence(tokens[idx], state)

    def code_block(self, tokens: Tokens, idx: int, options: OptionsDict, env: Env) -> str:
        return env["slide"].slot(code.render(tokens[idx].content, "")) + "\n"

    def image(self, tokens: Tokens, idx: int, options: OptionsDict, env: Env) -> str:
        token, state = tokens[idx], env["slide"]
        alt = " ".join(plain_text(token.children or []).split())
        src = str(token.attrGet("src") or "")
        line, column = state.place("![", _line(token))
        state.images.append(Image(src, alt, line, column))
        style = _image_style(token, state, line, column)
        picture = f'<img src="{html.escape(src)}" alt="{html.escape(alt)}"{style}>'
        if not token.meta.get("figure"):
            return picture
        if not alt and not token.children:
            return f"<p>{picture}</p>\n"
        caption = self.renderInline(token.children or [], options, env)
        return (
            f'<figure class="colloquium-figure">{picture}'
            '<figcaption class="colloquium-figure-caption">'
            f"{state.late('f', '')}{caption}</figcaption></figure>\n"
        )

    def link_open(self, tokens: Tokens, idx: int, options: OptionsDict, env: Env) -> str:
        href, state = str(tokens[idx].attrGet("href") or ""), env["slide"]
        state.links.append(Link(href, *state.place("](", _line(tokens[idx]))))
        return self.renderToken(tokens, idx, options, env)

    def html_block(self, tokens: Tokens, idx: int, options: OptionsDict, env: Env) -> str:
        token, state = tokens[idx], env["slide"]
        _check_html(token, state)
        # Citations and footnotes work in the text of raw HTML, never in its tags.
        parts = _TAG.split(token.content)
        for index in range(0, len(parts), 2):
            parts[index] = _html_text(parts[index], state, _line(token))
        return "".join(parts)

    def html_inline(self, tokens: Tokens, idx: int, options: OptionsDict, env: Env) -> str:
        _check_html(tokens[idx], env["slide"])
        return tokens[idx].content


def _line(token: Token) -> int:
    return token.map[0] if token.map else 0


def _check_address(token: Token, state: State) -> None:
    """Say of a link or picture whose address has a space that it is shown as text."""
    for match in _WRITTEN_LINK.finditer(token.content):
        line, column = state.place(match[0], _line(token))
        if state.lines[line][max(column - 1, 0) : column] != "\\":
            fix = f"Write (<{match[1].strip()}>), or %20 for each space."
            message = f"'{match[0][:60]}' has a space in its address and is shown as text."
            if re.match(r"(?i)\s*(?:file|javascript|vbscript|data):", match[1]):
                fix = "Put a copy beside the deck, or link to the web."
                message = f"'{match[0][:60]}' leads to one machine only and is shown as text."
            elif not re.search(r"\s", match[1].strip()):
                continue
            state.problem(message, fix, line, column)


def _check_citation(token: Token, state: State) -> None:
    """Say of what looks like a citation that it is shown as text."""
    for match in re.finditer(r"\[@\w[^\]\n]*\]?", token.content):
        line, column = state.place(match[0], _line(token))
        if state.lines[line][max(column - 1, 0) : column] != "\\":
            fix = "Write [@key] or [@key1; @key2]; write other words outside the brackets."
            message = f"'{match[0][:60]}' is not a citation and is shown as text."
            state.problem(message, fix, line, column, warning=True)


def _marked(text: str, state: State) -> str:
    """`text` in which terms of the glossary that the slide has not mentioned yet are links."""
    out, at = [], 0
    for start, end, term in terms.find(text, state.glossary or Glossary(), state.terms):
        out.append(escapeHtml(text[at:start]))
        name = html.escape(term)
        link = f'<a class="term" href="#term-{name}" data-term="{name}">'
        out.append(state.slot(f"{link}{html.escape(text[start:end])}</a>"))
        at = end
    return "".join([*out, escapeHtml(text[at:])])


def _math(token: Token, state: State, *, display: bool) -> str:
    formula = math.render(token.content, display)
    if formula.fault:
        first = next((part for part in token.content.split("\n") if part.strip()), "")
        line, column = state.place(first, _line(token))
        fix = "Fix the TeX; the slide shows it as code."
        state.problem(formula.fault, fix, line, column)
    state.math_size += len(formula.html)
    if state.math_size > MOST_MATH:
        if state.math_size - len(formula.html) <= MOST_MATH:
            message = f"The formulas of this slide make more than {MOST_MATH} characters of HTML."
            state.problem(message, "Part the slide.", *state.place("$", _line(token)))
        return state.slot(f"<code>{html.escape(token.content)}</code>")
    return state.slot(formula.html)


def _image_style(token: Token, state: State, line: int, column: int) -> str:
    styles, classes = [], []
    for item in token.meta.get("attributes", []):
        name, _, value = item.partition("=")
        size = _SIZE.fullmatch(value.strip("\"'"))
        if name in ("width", "height") and size:
            styles.append(f"{name}: {size[1]}{size[2] or 'px'}")
        elif re.fullmatch(r"\.[\w-]+", item):
            classes.append(item[1:])
        else:
            fix = "Write {width=60%}, {height=300px} or {.class}."
            state.problem(f"'{item}' is not an attribute of an image.", fix, line, column)
    out = f' class="{" ".join(classes)}"' if classes else ""
    return out + (f' style="{"; ".join(styles)}"' if styles else "")


def _html_text(text: str, state: State, line: int) -> str:
    out, at = [], 0
    for match in re.finditer(r"\^\[|\[@", text):
        if match.start() < at:
            continue
        cited = CITATION.match(text, match.start())
        end = footnote_end(text, match.start()) if match[0] == "^[" else -1
        place = state.place(match[0], line)
        if cited and text[cited.end() : cited.end() + 1] != "(":
            mark = state.cite(keys_of(cited[1]), *state.place(cited[0], line))
            out += [text[at : match.start()], mark]
            at = cited.end()
        elif end >= 0 and state.takes_footnote(line):
            mark = footnote_mark(text[match.start() + 2 : end], place[0], state)
            out += [text[at : match.start()], mark]
            at = end + 1
    return "".join([*out, text[at:]])


_RAW = re.compile(r"""<(img|a)\b((?:"[^"]*"|'[^']*'|[^'"<>])*+)>""", re.IGNORECASE)
_VALUE = re.compile(r"""(?<![\w-])([\w-]++)\s*+=\s*+(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")


def _note_raw(token: Token, state: State) -> None:
    """Note the pictures and links of raw HTML, which are checked like those of Markdown."""
    lines = _Lines(token)
    for match in _RAW.finditer(token.content):
        found = _VALUE.findall(match[2])
        values = {name.lower(): html.unescape(a or b or c) for name, a, b, c in found}
        line, column = state.place(match[0].split("\n")[0], lines.at(match.start()))
        if match[1].lower() == "img" and "src" in values:
            state.images.append(Image(values["src"], values.get("alt", "-"), line, column))
        elif "href" in values:
            state.links.append(Link(values["href"], line, column))


class _Lines:
    """The lines of growing offsets into a token's text."""

    def __init__(self, token: Token) -> None:
        self._text, self._offset, self._line = token.content, 0, _line(token)

    def at(self, offset: int) -> int:
        self._line += self._text.count("\n", self._offset, offset)
        self._offset = offset
        return self._line


def _check_html(token: Token, state: State) -> None:
    _note_raw(token, state)
    lines = _Lines(token)
    for message, offset in sanitise.faults(token.content):
        line = lines.at(offset)
        needle = token.content[offset : offset + 40].split("\n", 1)[0]
        fix = "Use Markdown, a fence, or another element."
        state.problem(message, fix, *state.place(needle, line), warning=True)
