"""Markdown with colloquium's typography, and our rules for citations, footnotes, math and images.

Everything is a token before it is HTML, so nothing inside code or math is taken for syntax.
"""

import functools
import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.rules_block import table
from markdown_it.rules_core import StateCore, smartquotes
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

from engine.deck.markup import cjk, dollars, footnotes, tables
from engine.deck.markup.state import State
from engine.deck.markup.tokens import CITATION, Renderer, footnote_end, plain_text

_ENCLOSING = re.compile(r"<(/?)(?:a|code|kbd|samp)\b", re.IGNORECASE)
MOST_QUOTES = 500  # of a paragraph
# Cells that a row may lack of its table, in all: each short row can stand for a hundred of them.
table.MAX_AUTOCOMPLETED_CELLS = 2_000
_IMAGE_ATTRIBUTES = re.compile(r"\{([^{}\n]*)\}")


def block(text: str, state: State) -> list[Token]:
    """The tokens of a piece of Markdown that begins at line `state.base` of the slide."""
    return MD.parse(text, {"slide": state})


def render(tokens: Sequence[Token], state: State) -> str:
    """HTML (with slots, not yet sanitised) of block tokens."""
    return MD.renderer.render(tokens, MD.options, {"slide": state})


def blocks_of(text: str, state: State, line: int) -> str:
    """HTML of a text that stands at `line` (0-based) of the slide."""
    return state.nested(line, lambda: render(block(text, state), state))


def inline_of(text: str, state: State, line: int) -> str:
    """HTML of one line of text (a title, a label)."""
    return state.nested(line, lambda: MD.renderInline(text, {"slide": state}))


@functools.lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """One line of plain text of an inline Markdown text; math stays TeX, citations go."""
    tokens = MD.parseInline(text, {"slide": State([])})
    return " ".join(plain_text(tokens[0].children or []).split()) if tokens else ""


def _cite_rule(state: StateInline, silent: bool) -> bool:
    """`[@key]`, `[@k1; @k2]`; with `(url)` after it, it is a link."""
    if state.src[state.pos] != "[":
        return False
    match = CITATION.match(state.src, state.pos, state.posMax)
    if match is None or state.src[match.end() : match.end() + 1] == "(":
        return False
    if not silent:
        token = state.push("cite", "", 0)
        token.content = match[1]
    state.pos = match.end()
    return True


def _footnote_rule(state: StateInline, silent: bool) -> bool:
    """`^[a note, which may hold [@key], $math$ and brackets]`."""
    if not state.src.startswith("^[", state.pos):
        return False
    end = footnote_end(state.src, state.pos)
    if not 0 <= end < state.posMax or not state.env["slide"].takes_footnote(0):
        return False
    if not silent:
        token = state.push("footnote", "", 0)
        token.content = state.src[state.pos + 2 : end]
    state.pos = end + 1
    return True


def _places_rule(state: StateCore) -> None:
    """Give inline tokens their lines, images their `{…}`, and find images that stand alone."""
    slide: State = state.env["slide"]
    for index, token in enumerate(state.tokens):
        if token.type != "inline" or not token.children:
            continue
        before = state.tokens[index - 1].type if index else ""
        is_prose = not state.inlineMode and before not in ("heading_open", "th_open")
        depth = 0
        for at, child in enumerate(token.children):
            child.map = token.map or [0, 0]
            depth += (child.type == "link_open") - (child.type == "link_close")
            depth += _raw_depth(child)
            child.meta["linked"] = depth == 0
            child.meta["prose"] = is_prose and depth == 0
            if child.type == "image":
                _take_attributes(child, token.children[at + 1 : at + 2])
        blank = ("text", "softbreak")
        shown = [one for one in token.children if one.type not in blank or one.content.strip()]
        if slide.captions and len(shown) == 1 and shown[0].type == "image":
            before = state.tokens[index - 1] if index else None
            if before is not None and before.type == "paragraph_open" and shown[0].children:
                before.hidden = state.tokens[index + 1].hidden = True
                shown[0].meta["figure"] = True


def _raw_depth(token: Token) -> int:
    """Raw HTML such as `<a …>` or `<code>` also encloses what is not running text."""
    found = _ENCLOSING.match(token.content) if token.type == "html_inline" else None
    return 0 if found is None else -1 if found[1] else 1


def _take_attributes(image: Token, after: list[Token]) -> None:
    """`![…](…){width=60% .class}`: the braces belong to the image and are not text."""
    if not after or after[0].type != "text":
        return
    match = _IMAGE_ATTRIBUTES.match(after[0].content)
    if match:
        image.meta["attributes"] = match[1].split()
        after[0].content = after[0].content[match.end() :]


def _quotes_rule(state: StateCore) -> None:
    """Curly quotes, but in a paragraph with very many quotes: each is compared with all others."""
    tokens, kept = state.tokens, []
    for token in tokens:
        text = token.content if token.type == "inline" else ""
        if text.count('"') + text.count("'") <= MOST_QUOTES:
            kept.append(token)
        else:
            slide: State = state.env["slide"]
            message = f"More than {MOST_QUOTES} quotes in one paragraph are left straight."
            line = token.map[0] if token.map else 0
            slide.problem(message, "Part the paragraph.", *slide.place("", line), warning=True)
    state.tokens = kept
    smartquotes(state)
    state.tokens = tokens


def _create() -> MarkdownIt:
    md = MarkdownIt("commonmark", {"html": True, "typographer": True})
    md.enable(["table", "replacements", "smartquotes", "strikethrough"])
    dollarmath_plugin(md, allow_labels=False)
    md.block.ruler.at("math_block", dollars.block)
    md.inline.ruler.at("math_inline", dollars.dollars)
    md.inline.ruler.before("escape", "brackets", dollars.brackets)
    cjk.friendly(md)
    tables.plugin(md)
    md.inline.ruler.before("link", "cite", _cite_rule)
    md.inline.ruler.before("link", "footnote", _footnote_rule)
    md.inline.ruler.before("link", "named_footnote", footnotes.rule)
    md.core.ruler.after("inline", "places", _places_rule)
    md.core.ruler.at("smartquotes", _quotes_rule)
    md.renderer = Renderer(md)  # after the plugin, whose own rules would win
    return md


MD = _create()
