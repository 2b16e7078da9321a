"""The verdict of `practicum check` on a deck that is being written, before it is saved.

A server asks a child process for it (engine/app/editing.py).
"""

from dataclasses import asdict
from pathlib import Path
from typing import TypedDict

from engine.deck.course import course_of
from engine.deck.document import document
from engine.deck.parse import parse
from engine.deck.schema.deck_json import DeckJson
from engine.deck.without_slides import problems_of
from engine.publish.order import undefined
from engine.publish.style import style


class Draft(TypedDict):
    """A deck as it would be."""

    document: DeckJson
    problems: list[dict]  # the fields of `Problem`


def read(asked: dict[str, str]) -> Draft:
    """In the child: the deck that the file `path` would hold with this `text`."""
    deck = parse(asked["text"], Path(asked["path"]))
    made, course = document(deck), course_of(deck.path.parent)
    found = problems_of(made) + undefined(deck) + (style(deck) if course.is_declared else [])
    return {"document": made, "problems": [asdict(one) for one in course.judged(found)]}
