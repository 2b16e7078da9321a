"""`quiz`: a question with choices, whose answer is one step of the slide.

A reader picks a choice and sees whether it was right, and why; a presenter's next step shows the
same. Both are the slide's own reveal, so the address, the presenter window and print agree.
"""

from typing import Annotated, Any, ClassVar

from engine.deck.blocks.fields import checked, complain, line_of
from engine.deck.markup import markdown
from engine.deck.markup.sanitise import STEP
from engine.deck.markup.state import Raw, State
from engine.deck.schema.fields import Filled, Model, Text, means
from sims.nearest import nearest

_CHOICES = ("A quiz needs two to 8 choices.", "Write '- …' for each below 'choices:'.")


class Quiz(Model):
    """A question with choices, whose answer is one step of the slide."""

    unknown: ClassVar[str] = "A quiz block has no field '{key}'."
    examples: ClassVar[tuple[str, ...]] = (
        """\
question: What does a baseline change?
choices: [The mean of the gradient, Its noise, Nothing]
answer: B
why: A number that does not depend on the action leaves the mean alone.
""",
    )
    question: Annotated[
        Filled, means("what is asked", "A quiz needs a question.", "Write 'question: …'.")
    ]
    choices: Annotated[list[Any], means("two to 8 answers", *_CHOICES, min_length=2, max_length=8)]
    answer: Annotated[Text, means("the right one, by its letter or its text", is_own=True)]
    why: Annotated[Filled, means("shown with the answer", "A quiz needs a why.", "Write 'why: …'.")]


MODEL = Quiz


def draw(raw: Raw, state: State) -> str:
    """The question, a button for each choice, and the answer as a reveal."""
    fields = checked(raw, state)
    given = fields.get("choices")
    if given is None:
        return ""
    choices = [_field(raw, one, "choices", str(index)) for index, one in enumerate(given)]
    if not all(choices):
        fix = "Write '- …' for each below 'choices:'."
        complain(raw, "A quiz needs two to 8 choices.", fix, state, "choices")
        return ""
    answer = _answer(raw, fields.get("answer"), choices, state)
    parts = [state.slot('<div class="quiz">')]
    parts.append(
        _paragraph(
            "quiz-question", _field(raw, fields.get("question"), "question"), "question", raw, state
        )
    )
    parts.append(state.slot('<ol class="quiz-choices">'))
    for index, choice in enumerate(choices):
        letter = chr(ord("A") + index)
        right = " data-right" if index == answer else ""
        button = f'<li><button type="button" class="quiz-choice"{right}>'
        parts.append(state.slot(f'{button}<span class="quiz-letter">{letter}</span><span>'))
        parts.append(markdown.inline_of(choice, state, line_of(raw, "choices", str(index))))
        parts.append(state.slot("</span></button></li>"))
    parts.append(state.slot("</ol>"))
    right = f"<strong>{chr(ord('A') + answer)}.</strong> "
    # `reveal.number` counts this step over the slide, so it may not hide in a slot.
    parts.append(f'<div class="quiz-why" data-step="{STEP}">')
    parts.append(
        right
        + markdown.inline_of(_field(raw, fields.get("why"), "why"), state, line_of(raw, "why"))
    )
    parts.append("</div>")
    parts.append(state.slot("</div>"))
    return "".join(parts)


def _paragraph(name: str, text: str, key: str, raw: Raw, state: State) -> str:
    inner = markdown.inline_of(text, state, line_of(raw, key))
    return state.slot(f'<p class="{name}">') + inner + state.slot("</p>")


def _answer(raw: Raw, given: Any, choices: list[str], state: State) -> int:
    """The position of the right choice, given as its letter or its text."""
    text = _field(raw, given, "answer")
    letters = [chr(ord("A") + index) for index in range(len(choices))]
    if text.upper() in letters:
        return letters.index(text.upper())
    if text in choices:
        return choices.index(text)
    fix = nearest(text, choices, f"Write one of: {', '.join(letters)}.")
    complain(raw, f"The answer '{text}' is not a choice.", fix, state, "answer")
    return 0


def _field(raw: Raw, value: Any, *path: str) -> str:
    """A field on one line as it was written; a list or mapping there is nothing."""
    return "" if isinstance(value, dict | list) else " ".join(raw.yaml.text(value, *path).split())
