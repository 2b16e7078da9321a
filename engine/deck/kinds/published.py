"""`published`: numbers of a paper, perhaps with a switch for the scale of x."""

from typing import Annotated, ClassVar, NotRequired, TypedDict

import msgspec

from engine.deck.blocks import papers
from engine.deck.blocks.check import Check
from engine.deck.schema.deck_json import PaperJson
from engine.deck.schema.fields import Model, means
from engine.deck.schema.shared import ID, Claims, Height, Names, Source, Title


class Published(Model):
    """Numbers of a paper, from content/published, with their source."""

    unknown: ClassVar[str] = "A published block has no field '{key}'."
    examples: ClassVar[tuple[str, ...]] = (
        """\
source: r1_zero_accuracy
id: r1-zero
title: Accuracy of R1-Zero
series: [one answer, people]
scale_switch: true
height: 430
claims: [C93]
""",
    )
    source: Source
    id: ID = ""
    title: Title = ""
    series: Annotated[Names, means("series that are drawn; without it, those of its `shown`")] = (
        msgspec.field(default_factory=list)
    )
    scale_switch: Annotated[
        bool, means("a switch between a linear and a logarithmic horizontal axis")
    ] = False
    height: Height | None = None
    claims: Claims = msgspec.field(default_factory=list)


class Data(TypedDict):
    """What the browser gets beside the fields."""

    content: NotRequired[PaperJson]


MODEL = Published
DATA = Data


def finish(check: Check) -> None:
    """Numbers of a paper, out of content/published, perhaps with a switch for the scale of x."""
    found = papers.published(check)
    if found is not None:
        check.out.data["content"] = found
