"""A slide's text as the Markdown of a notebook: what is said, without how a slide shows it."""

import re

from engine.deck import kinds
from engine.deck.content import bibliography
from engine.deck.content.bibliography import Work
from engine.deck.markup.tokens import CITATION, keys_of
from engine.deck.model import Deck, Slide
from engine.deck.source import scan

_PARTS = ("|||", "===")  # part the columns and rows of a slide
_OPENING = re.compile(r"[ \t]*(?:`{3,}|~{3,})[ \t]*([\w.{}-]*)")


def markdown(slide: Slide, deck: Deck) -> str:
    """What the slide says: comments, fences with a meaning and marks of the layout are left out;
    a citation becomes a link to the work."""
    found = scan.scan(slide.source)
    lines = scan.without(found, found.comments)
    kept, skips = [], False
    for at, line in enumerate(lines):
        is_code = found.code[at]
        if is_code and not (at and found.code[at - 1]):
            opened = _OPENING.match(line)
            skips = bool(opened and opened[1].strip("{}.") in kinds.NAMES)
        if is_code and skips:
            continue
        if not is_code and line.strip() in _PARTS:
            line = ""
        kept.append(line if is_code else _cited(line, deck))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _cited(line: str, deck: Deck) -> str:
    return CITATION.sub(lambda found: f"({'; '.join(_works(found[1], deck))})", line)


def _works(keys: str, deck: Deck) -> list[str]:
    known = bibliography.load(deck.bibliography, deck.path.parent) if deck.bibliography else None
    said = []
    for key in keys_of(keys):
        work = known.work(key) if known else None
        if not isinstance(work, Work):
            said.append(key)
            continue
        label = bibliography.label(work, "author-year", 0)
        said.append(f"[{label}]({work.url})" if work.url else label)
    return said
