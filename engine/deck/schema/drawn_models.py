"""The fences that are drawn as HTML, colloquium's elements and `quiz`: what may be written in each.

Colloquium takes almost anything in a field, so the types are wide where a wrong value does no harm.
"""

from typing import Annotated, Any, ClassVar, Literal

from engine.deck.schema.fields import Filled, Model, Text, means

_MESSAGES = (
    "A conversation needs messages.",
    "Add 'messages:' with '- role: user' and 'content: …'.",
)
_CHOICES = ("A quiz needs two to 8 choices.", "Write '- …' for each below 'choices:'.")
Size = Annotated[Any, means("factor of the size of its text, such as 0.9", is_own=True)]
Ignored = Annotated[Any, means("of colloquium; it changes nothing here")]


class Box(Model):
    """A callout card."""

    unknown: ClassVar[str] = "A box block has no field '{key}'."
    examples: ClassVar[tuple[str, ...]] = (
        """\
title: In one sentence
tone: accent
content: The baseline lowers the **variance**, not the mean.
size: 0.9
align: center
compact: true
""",
    )
    title: Annotated[Text, means("its heading, one line of Markdown")] = ""
    content: Annotated[Text, means("its text, Markdown")] = ""
    tone: Annotated[
        Literal["accent", "muted", "surface"],
        means("its colour", "'{value}' is no tone of a box block.", is_folded=True),
    ] = "accent"
    align: Annotated[
        Literal["left", "center", "right"],
        means("of its text", "'{value}' is no align of a box block.", is_folded=True),
    ] = "left"
    size: Size = 1.0
    compact: Annotated[Any, means("true: with less room around the text")] = False


class Message(Model):
    """One message."""

    unknown: ClassVar[str] = "A message has no field '{key}'."
    role: Annotated[
        Literal["user", "assistant", "system", "tool"],
        means("who speaks", "'{value}' is no role of a message.", is_folded=True),
    ] = "user"
    model: Annotated[Any, means("name of the model, in brackets beside the role")] = ""
    content: Annotated[Any, means("what is said, Markdown")] = ""


class Conversation(Model):
    """Chat bubbles; system messages come first."""

    unknown: ClassVar[str] = "A conversation block has no field '{key}'."
    examples: ClassVar[tuple[str, ...]] = (
        """\
size: 0.86
messages:
- role: user
  content: What is 2 + 2?
- role: assistant
  model: base
  content: "4"
""",
    )
    messages: Annotated[
        list[
            Annotated[
                Message,
                means("", "A message holds 'name: value' lines.", "Write 'role:' and 'content:'."),
            ]
        ],
        means("the messages, in their order", *_MESSAGES, min_length=1),
    ]
    size: Size = 1.0


class Chart(Model):
    """Numbers of the deck itself, drawn by the browser, with a table of them for everyone else."""

    unknown: ClassVar[str] = "A chart block has no field '{key}'."
    examples: ClassVar[tuple[str, ...]] = (
        """\
type: bar
title: Share of labels
height: 300
width: 600
data:
  labels: [human, model]
  datasets:
  - {label: "2022", data: [90, 10]}
options: {scales: {y: {ticks: {suffix: " %"}}}}
""",
    )
    data: Annotated[
        Any, means("`labels`, and `datasets` with a `label` and its `data` each", is_own=True)
    ]
    type: Annotated[
        Literal["line", "bar", "scatter", "pie", "doughnut", "radar", "bubble", "area"],
        means("how it is drawn", "'{value}' is no type of a chart block.", is_folded=True),
    ] = "bar"
    title: Annotated[Text, means("its heading")] = ""
    height: Annotated[Any, means("in pixels of a slide of 1280 x 720")] = None
    width: Ignored = None
    options: Annotated[Any, means("of Chart.js: scales.x and scales.y with title and ticks")] = None


class Iframe(Model):
    """A card with the name of a web page, which is loaded only when the reader asks for it."""

    unknown: ClassVar[str] = "A iframe block has no field '{key}'."
    examples: ClassVar[tuple[str, ...]] = (
        """\
src: https://rlhfbook.com
title: The RLHF book
height: 400
width: 100%
loading: lazy
allowfullscreen: true
preserve_keyboard: true
scrolling: auto
frameborder: 0
style: "border: none"
""",
    )
    src: Annotated[str, means("address, http or https", is_own=True)]
    title: Annotated[Text, means("what stands on the card")] = "Interactive content"
    height: Ignored = None
    width: Ignored = None
    loading: Ignored = None
    allowfullscreen: Ignored = None
    preserve_keyboard: Ignored = None
    scrolling: Ignored = None
    frameborder: Ignored = None
    style: Ignored = None


class BuiltWith(Model):
    """A badge that links to a repository."""

    unknown: ClassVar[str] = "A builtwith block has no field '{key}'."
    examples: ClassVar[tuple[str, ...]] = (
        """\
repo: natolambert/colloquium
url: https://github.com/natolambert/colloquium
label: Built with
stars: 1200
icon: github
""",
    )
    repo: Annotated[Text, means("owner/name on GitHub")] = "natolambert/colloquium"
    url: Annotated[Text, means("address of the link; made from `repo` else")] = ""
    label: Annotated[Text, means("what stands before the name")] = "Built with"
    stars: Annotated[Any, means("number of stars to show; none else")] = None
    icon: Ignored = None


class Toc(Model):
    """The chapters of the deck, as links."""

    unknown: ClassVar[str] = "A toc block has no field '{key}'."
    examples: ClassVar[tuple[str, ...]] = ("numbered: false\n",)
    numbered: Annotated[Any, means("false: without numbers")] = True


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


DRAWN: dict[str, type[Model]] = {
    "box": Box,
    "conversation": Conversation,
    "chart": Chart,
    "iframe": Iframe,
    "builtwith": BuiltWith,
    "toc": Toc,
    "quiz": Quiz,
}
