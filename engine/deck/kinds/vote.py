"""`vote`: a question to the audience."""

from typing import Annotated, ClassVar

from engine.deck.schema.fields import Model, Text, means
from engine.deck.schema.shared import ID, Title


class Vote(Model):
    """A question to the audience."""

    unknown: ClassVar[str] = "A vote block has no field '{key}'."
    examples: ClassVar[tuple[str, ...]] = (
        "question: Which is better?\noptions: [the first, the second]\nid: better\ntitle: Vote\n",
    )
    question: Annotated[
        str, means("what is asked", "A vote needs a question.", "Write 'question: …'.")
    ]
    options: Annotated[
        list[Text],
        means(
            "answers", "A vote needs two options or more.", "Write 'options: [a, b]'.", min_length=2
        ),
    ]
    id: ID = ""
    title: Title = ""


MODEL = Vote
