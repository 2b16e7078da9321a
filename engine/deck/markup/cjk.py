"""Emphasis beside Chinese, Japanese and Korean text, which sets no spaces between words.

CommonMark asks for a space or a mark outside of `**「text」**`; where there is none, it prints the
stars. The rule here is that of the CommonMark CJK-friendly amendments
(https://github.com/tats-u/markdown-cjk-friendly, specification.md). Where no such character stands
next to the stars, it is CommonMark's own.
"""

import regex
from markdown_it import MarkdownIt
from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Scanned
from markdown_it.token import Token
from markdown_it.utils import EnvType

_CJK = regex.compile(r"(?V1)[[\p{EA=W}\p{EA=F}\p{EA=H}]--\p{Emoji_Presentation}]|\p{Script=Hangul}")
_SELECTORS = "\ufe00", "\ufe0e"  # variation selectors of a character that is not an emoji
_IDEOGRAPHIC = "\U000e0100", "\U000e01ef"  # variation selectors of an ideograph
_FULL_WIDTH = "\ufe01"  # after a quotation mark: its full-width form
_QUOTES = "\u2018\u2019\u201c\u201d"


class _State(StateInline):
    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:
        """Whether the run of marks at `start` may open emphasis, and whether it may close it."""
        found = super().scanDelims(start, canSplitWord)
        end = start + found.length
        before = self.src[max(start - 2, 0) : start]
        after = self.src[end] if end < self.posMax else " "
        if before.isascii() and after.isascii():
            return found
        main, is_cjk = _last(before)
        if _is_space(main) or _is_space(after):
            return Scanned(not _is_space(after), not _is_space(main), found.length)
        beside = canSplitWord and (is_cjk or _CJK.match(after) is not None)
        opens = _is_mark(main) or beside or (canSplitWord and not _is_mark(after))
        closes = _is_mark(after) or beside or (canSplitWord and not _is_mark(main))
        return Scanned(opens, closes, found.length)


def _last(before: str) -> tuple[str, bool]:
    """The character before the marks without its variation selector, and whether it is CJK."""
    last = before[-1:] or " "
    if _SELECTORS[0] <= last <= _SELECTORS[1] and before[:-1].strip():
        base = before[0]
        return base, bool(_CJK.match(base)) or (last == _FULL_WIDTH and base in _QUOTES)
    return last, bool(_CJK.match(last)) or _IDEOGRAPHIC[0] <= last <= _IDEOGRAPHIC[1]


def _is_space(character: str) -> bool:
    return isWhiteSpace(ord(character))


def _is_mark(character: str) -> bool:
    return isMdAsciiPunct(ord(character)) or isPunctChar(character)


class _Parser(ParserInline):
    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        """As `ParserInline.parse`, which makes a state of its own class."""
        state = _State(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens


def friendly(md: MarkdownIt) -> None:
    """A plugin: `md` reads emphasis beside CJK characters as its author meant it."""
    parser = _Parser()
    parser.ruler, parser.ruler2 = md.inline.ruler, md.inline.ruler2
    md.inline = parser
