"""`play`: a game that the reader plays beside an agent."""

from typing import Annotated, ClassVar, Literal

from engine.deck.blocks.check import Check
from engine.deck.schema.fields import Model, means
from engine.deck.schema.shared import ID, Title


class Agent(Model):
    """Who drives beside the reader."""

    unknown: ClassVar[str] = "An agent has no field '{key}'."
    gains: Annotated[list[float], means("for place, speed, angle and turning")]


class Play(Model):
    """A game that the reader plays beside an agent."""

    unknown: ClassVar[str] = "A play block has no field '{key}'."
    examples: ClassVar[tuple[str, ...]] = (
        "play: cartpole\nid: drive\ntitle: Your turn\ngains: [1, 2, 20, 3]\n",
        "agent: {gains: [1, 2, 20, 3]}\n",
    )
    play: Annotated[Literal["cartpole"], means("the game", "There is no game '{value}'.")] = (
        "cartpole"
    )
    gains: Annotated[
        list[float] | None,
        means("of the agent, for place, speed, angle and turning; computed when left out"),
    ] = None
    agent: Annotated[Agent | None, means("its gains, in another place")] = None
    id: ID = ""
    title: Title = ""


MODEL = Play


def finish(check: Check) -> None:
    """A game that the reader plays against an agent."""
    check.out.data.setdefault("play", "cartpole")
