"""`label`: pairs for the audience to compare."""

from typing import Annotated, Any, ClassVar, NotRequired, TypedDict

import msgspec

from engine.deck.blocks import simulation
from engine.deck.blocks.check import Check
from engine.deck.schema.deck_json import FieldJson, Value
from engine.deck.schema.fields import Model, Text, means
from engine.deck.schema.shared import ID, Claims, Params, Title

_ASKS = ("rater", "labels", "num_comparisons")  # what a simulation has that asks a viewer


class Pair(Model):
    """Two texts to compare."""

    unknown: ClassVar[str] = "A pair has no field '{key}'."
    a: Annotated[Text, means("the first text")]
    b: Annotated[Text, means("the second text")]
    prompt: Annotated[Text, means("what both answer")] = ""


class Label(Model):
    """Pairs for the reader to compare: clips of a simulation that asks, or texts."""

    unknown: ClassVar[str] = "A label block has no field '{key}'."
    examples: ClassVar[tuple[str, ...]] = (
        """\
sim: preferences
id: your-flip
params: {num_comparisons: 24}
against: {reward: tip_height}
against_label: the height of its tip
question: Which of the two is more of a flip?
claims: [C57]
""",
        """\
title: Which answer?
pairs:
- {prompt: "What is 2 + 2?", a: "4", b: "5"}
""",
    )
    sim: Annotated[
        str | None, means("simulation that asks, such as `preferences`", is_own=True)
    ] = None
    params: Params = msgspec.field(default_factory=dict)
    against: Annotated[
        dict[str, Any] | None,
        means("parameters of the run that the result is compared with", is_own=True),
    ] = None
    against_label: Annotated[Text, means("name of that run")] = ""
    pairs: Annotated[
        list[Pair],
        means(
            "texts to compare, where there is no simulation",
            "A label block needs pairs.",
            "Write '- {{prompt: …, a: …, b: …}}'.",
        ),
    ] = msgspec.field(default_factory=list)
    question: Annotated[Text, means("what is asked of each pair")] = ""
    claims: Claims = msgspec.field(default_factory=list)
    id: ID = ""
    title: Title = ""


class Data(TypedDict):
    """What the browser gets beside the fields."""

    params: NotRequired[dict[str, Value]]
    fields: NotRequired[list[FieldJson]]
    against: NotRequired[dict[str, Value]]
    claims: list[str]


MODEL = Label
DATA = Data


def finish(check: Check) -> None:
    """Pairs for the audience to compare: clips of a simulation that asks, or texts."""
    check.out.data["claims"] = check.names("claims")
    if "sim" in check.fields:
        _asking(check)
    elif not (check.raw.yaml.value or {}).get("pairs"):
        check.problem("A label block needs pairs.", "Write '- {prompt: …, a: …, b: …}'.", "pairs")


def _asking(check: Check) -> None:
    """A simulation that learns from choices, and the one that its result is compared with."""
    declared = simulation.declared(check)
    if declared is None:
        return
    name, data = str(check.fields["sim"]), check.out.data
    if missing := [each for each in _ASKS if each not in {one["name"] for one in declared}]:
        message = f"{name} asks nobody: it has no parameter '{missing[0]}'."
        check.problem(message, "Write 'sim: preferences'.", "sim")
    if "against" in check.fields:
        data["against"] = simulation.values(check, name, data["params"], "against")
