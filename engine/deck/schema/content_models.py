"""What the files of content/ hold: glossary, timelines, transcript, published data."""

from typing import Annotated, Any, ClassVar, Literal

import msgspec

from engine.deck.schema.claim_models import ClaimFields
from engine.deck.schema.fields import FilledText, Model, Text, means
from engine.deck.schema.shared import Named

Words = Annotated[str, means("", "'{value}' is not text.", "Write a name.", min_length=1)]
_SAID = ("Published data must say its '{key}'.", "Write '{key}: …'.")
_MISSING = "This entry has no {key}."


class TermFields(Model):
    """A term of the field; a slide marks its first mention."""

    unknown: ClassVar[str] = "An entry of the glossary has no field '{key}'."
    examples: ClassVar[tuple[str, ...]] = (
        "- term: policy\n  also: [policies]\n  text: What chooses the actions, $\\pi(a \\mid s)$.\n"
        "  search: [strategy]\n  ref: sutton2018rl\n",
    )
    term: Annotated[FilledText, means("as it is written; capitals count", _MISSING)]
    text: Annotated[FilledText, means("one or two sentences, with $formulas$", _MISSING)]
    also: Annotated[
        list[Annotated[str, means("", "'also' is a list of other names.", "Write [names, …].")]],
        means("plurals and other names", "'also' is a list of other names.", "Write [names, …]."),
    ] = msgspec.field(default_factory=list)
    search: Annotated[
        list[Annotated[str, means("", "'search' is a list of words.", "Write [words, …].")]],
        means(
            "what people type who look for it", "'search' is a list of words.", "Write [words, …]."
        ),
    ] = msgspec.field(default_factory=list)
    ref: Annotated[Any, means("key of content/references.bib, the work to read")] = ""


class TimelineEntry(Model):
    """A dated entry of a file of content/timelines."""

    unknown: ClassVar[str] = "An entry of a timeline has no field '{key}'."
    examples: ClassVar[tuple[str, ...]] = (
        "- {year: 2017, date: 2017-06, title: Transformer, note: Attention scales.,\n"
        "   refs: [vaswani2017attention], verified: true}\n",
    )
    year: Annotated[
        int, means("a whole number", "'{value}' is not a year.", "Write one like 2019.")
    ]
    title: Annotated[Text, means("what happened, in a few words")]
    date: Annotated[Text, means("as it is shown, such as 2017-06; the year else")] = ""
    note: Annotated[Text, means("one sentence")] = ""
    refs: Annotated[
        list[Words], means("keys of content/references.bib", fix="Write [key, key].")
    ] = msgspec.field(default_factory=list)
    verified: Annotated[bool, means("the date was checked against a source")] = False


class PassageFields(Model):
    """Some paragraphs of a recording, and the slides that cover them."""

    unknown: ClassVar[str] = "A passage has no field '{key}'."
    first: Annotated[int, means("number of the first paragraph", ge=1)] = msgspec.field(name="from")
    last: Annotated[int, means("number of the last paragraph", ge=1)] = msgspec.field(name="to")
    topic: Annotated[str, means("what is said there")]
    slides: Annotated[list[Text], means("ids of slides", min_length=1)]


class TranscriptFields(Model):
    """content/transcript.yaml: which slides cover what a recording speaks of, for the search."""

    unknown: ClassVar[str] = "A transcript has no field '{key}'."
    examples: ClassVar[tuple[str, ...]] = (
        "lecture: overview\npassages:\n"
        "- {from: 1, to: 5, topic: What the course is, slides: [title, how-to-read]}\n",
    )
    lecture: Annotated[str, means("address of the lecture")]
    passages: Annotated[list[PassageFields], means("in their order")]


class SeriesStyle(Model):
    """How a series is drawn."""

    unknown: ClassVar[str] = "A series has no field '{key}'."
    colour: Annotated[
        Named,
        means("of the palette", "'{value}' is not a colour of a series."),
    ] = "ink"
    kind: Annotated[
        Literal["line", "points", "both"],
        means("line, points, or both", "'{value}' is not a kind of a series."),
    ] = "line"


class PublishedHeader(Model):
    """content/published/NAME.yaml: where the numbers of NAME.csv come from."""

    unknown: ClassVar[str] = "Published data has no field '{key}'."
    examples: ClassVar[tuple[str, ...]] = (
        """\
source: gao2023overoptimization
where: Gao et al. (2023), Figure 1
how_obtained: figure
read_by: the authors of this project
accuracy: to a twentieth of a unit
x_label: KL, nats
y_label: reward
x_scale: linear
y_scale: linear
kind: line
series: {gold: {colour: gold, kind: line}}
shown: [gold]
""",
    )
    source: Annotated[str, means("key of the work in the bibliography; the slide cites it", *_SAID)]
    where: Annotated[str, means("author, year, and the table, figure or sentence", *_SAID)]
    how_obtained: Annotated[
        Literal["table", "text", "figure", "derived"], means("how the numbers were taken")
    ]
    accuracy: Annotated[str, means("how far the numbers can be trusted", *_SAID)]
    y_label: Annotated[str, means("text at the vertical axis", *_SAID)]
    x_label: Annotated[Text, means("text at the horizontal axis")] = ""
    x_scale: Annotated[Literal["linear", "log"], means("linear or log")] = "linear"
    y_scale: Annotated[Literal["linear", "log"], means("linear or log")] = "linear"
    kind: Annotated[Literal["line", "bar"], means("bar for words on the horizontal axis")] = "line"
    read_by: Annotated[Text, means("who read a figure off")] = ""
    series: Annotated[
        dict[str, SeriesStyle | None],
        means(
            "the series, in the order of drawing",
            "'series' holds 'name: {{colour: …, kind: …}}' lines.",
            "Write them.",
        ),
    ] = msgspec.field(default_factory=dict)
    shown: Annotated[
        list[Text] | None,
        means(
            "the series that are drawn where a block names none",
            "'shown' is not a list of series.",
            "Write [name, name].",
        ),
    ] = None


# What a kind of file holds; those of LISTED are lists of it.
FILES: dict[str, type[Model]] = {
    "glossary": TermFields,
    "timelines": TimelineEntry,
    "transcript": TranscriptFields,
    "published-header": PublishedHeader,
    "claims": ClaimFields,
}
LISTED = ("glossary", "timelines", "claims")
