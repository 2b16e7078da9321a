"""`vote`: a question to the audience."""

import math
from typing import Annotated, ClassVar, Literal

import msgspec

from engine.deck.blocks.check import Check
from engine.deck.schema.fields import Model, Text, means
from engine.deck.schema.shared import ID, Title

_OPTIONS = ("A vote needs two options or more.", "Write 'options: [a, b]'.")


class Vote(Model):
    """A question to the audience."""

    unknown: ClassVar[str] = "A vote block has no field '{key}'."
    examples: ClassVar[tuple[str, ...]] = (
        "question: Which is better?\noptions: [the first, the second]\nid: better\ntitle: Vote\n",
        "question: And now?\noptions: [the first, the second]\nbefore: better\n",
        "question: How many clicks of 100?\nanswer: number\nlow: 0\nhigh: 100\nunit: clicks\n",
        "question: What is alignment, in a word?\nanswer: words\n",
    )
    question: Annotated[
        str, means("what is asked", "A vote needs a question.", "Write 'question: …'.")
    ]
    options: Annotated[list[Text], means("answers to choose from", *_OPTIONS)] = msgspec.field(
        default_factory=list
    )
    answer: Annotated[
        Literal["choice", "number", "words"],
        means(
            "one of the options, a number, or up to 40 characters drawn as a word cloud",
            "There is no answer '{value}'.",
        ),
    ] = "choice"
    low: Annotated[float | None, means("least number")] = None
    high: Annotated[float | None, means("greatest number")] = None
    unit: Annotated[Text, means("of the number")] = ""
    before: Annotated[
        str | None,
        means(
            "id of an earlier vote with the same options, whose results are shown beside",
            "{value!r} is not an id of a vote block.",
            "Write 'before: ID'.",
        ),
    ] = None
    id: ID = ""
    title: Title = ""


MODEL = Vote


def finish(check: Check) -> None:
    """A choice needs options, a number two bounds."""
    fields = check.fields
    # An answer that is none is a fault already, and says nothing of what else is needed.
    is_faulty = "answer" not in fields and "answer" in (check.raw.yaml.value or {})
    answer = "" if is_faulty else fields.get("answer", "choice")
    if answer == "choice" and len(fields.get("options") or ()) < 2:
        check.problem(*_OPTIONS, "options")
    if answer != "number":
        return
    low, high = fields.get("low"), fields.get("high")
    if low is None or high is None or not (math.isfinite(low) and low < high < math.inf):
        message = "A vote for a number needs its least and its greatest one."
        check.problem(message, "Write 'low: 0' and 'high: 100'.", "low" if low is None else "high")
