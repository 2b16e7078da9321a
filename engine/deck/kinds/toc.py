"""`toc`: the chapters of the deck, as links."""

from typing import Annotated, Any, ClassVar

from engine.deck.blocks.fields import checked
from engine.deck.markup.state import Raw, State
from engine.deck.schema.fields import Model, means


class Toc(Model):
    """The chapters of the deck, as links."""

    unknown: ClassVar[str] = "A toc block has no field '{key}'."
    examples: ClassVar[tuple[str, ...]] = ("numbered: false\n",)
    numbered: Annotated[Any, means("false: without numbers")] = True


MODEL = Toc


def draw(raw: Raw, state: State) -> str:
    """The chapters of the deck; the whole deck knows them, so they are filled in late."""
    fields = checked(raw, state)
    return state.late("t", "ul" if fields.get("numbered") is False else "ol")
