"""The JSON of a deck: what `practicum deck FILE --json` prints and a page fetches.

The browser's types (engine/app/web/lib/deck.d.ts) are made from these and from the models of the
fences; a note in `Annotated` becomes the comment of a field there.
"""

from typing import Annotated, Any, Literal, NotRequired, TypedDict

Value = bool | int | float | str  # of a parameter


class ProblemJson(TypedDict):
    """A fault of a deck, and how to fix it."""

    message: str
    fix: str
    line: int
    column: int
    severity: Literal["error", "warning"]
    file: str
    rule: Annotated[str, "which check found it"]


class WorkJson(TypedDict):
    """A work as a term rests on it."""

    key: str
    authors: str
    title: str
    year: str
    venue: str
    url: str


class ReferenceJson(WorkJson):
    """A cited work."""

    label: Annotated[str, "as it is cited: Ouyang et al., 2022"]
    number: int
    html: Annotated[str, "its line in the list of works"]


class TermJson(TypedDict):
    """A term of the glossary."""

    id: str
    term: str
    also: Annotated[list[str], "plurals and other names"]
    search: Annotated[list[str], "words by which the search finds it, too"]
    html: Annotated[str, "what it means"]
    work: Annotated[WorkJson | None, "to read"]


class BlockJson(TypedDict):
    """A fence that the browser draws or mounts; each kind has data of its own."""

    kind: str
    id: Annotated[str, "unique in the deck"]
    line: int
    data: dict[str, Any]
    text: Annotated[str, "as it is written"]


class SlideJson(TypedDict):
    """A slide."""

    id: str
    title: str
    number: Annotated[str, "27, or 27a for its first aside"]
    is_aside: bool
    layout: str
    classes: list[str]
    style: str
    line: int
    steps: Annotated[int, "how often “next” shows more of it"]
    citations: list[str]
    notes: str
    minutes: float | None
    talk: Annotated[float | None, "minutes of the shortest talk that shows it"]
    terms: Annotated[list[str], "ids of the terms that are marked"]
    defines: Annotated[list[str], "ids of the terms that the slide explains"]
    keywords: Annotated[list[str], "other words for what it shows, for the search"]
    aliases: list[str]
    section: Annotated[str, "title of its chapter"]
    blocks: list[BlockJson]
    html: str


class SourceJson(TypedDict):
    """Where a deck comes from, for those who want to change it."""

    path: Annotated[str, "of its file, from the folder of the course or of its repository"]
    repository: Annotated[str, "address of the repository, empty without one"]
    branch: str
    course: Annotated[str, "title of the course"]
    version: Annotated[str, "of Practicum"]
    stamp: Annotated[str, "changes with the settings and the claims of the course"]


class DeckJson(TypedDict):
    """A lecture."""

    title: str
    slides: list[SlideJson]
    references: list[ReferenceJson]
    problems: list[ProblemJson]
    meta: Annotated[dict[str, Any], "the frontmatter"]
    css: Annotated[str, "of the deck's own style sheet"]
    glossary: list[TermJson]
    fault: Annotated[NotRequired[str], "why nothing of it can be shown"]
    source: Annotated[NotRequired[SourceJson], "of a deck that a server shows"]
    more: Annotated[NotRequired[list[str]], "addresses of what an exported site sends later"]


Kind = Literal["int", "float", "bool", "str"]


class FieldJson(TypedDict):
    """A parameter of a simulation, as `sims.spec` reads it from the source."""

    name: str
    type: Kind
    default: Value
    low: float | None
    high: float | None
    step: float | None
    choices: list[str]
    suggestions: Annotated[list[str], "of a text without choices: what may be typed, among others"]
    max_length: Annotated[int, "characters of a text"]
    unit: str
    help: str
    label: str


class ColumnJson(TypedDict):
    """A column that a chart shows."""

    unit: str
    meaning: str


class SeriesJson(TypedDict):
    """A series of a paper's numbers."""

    label: str
    colour: NotRequired[str]
    kind: NotRequired[str]
    points: Annotated[list[tuple[float | str, float]], "x is a word where the numbers are bars"]


class PaperJson(TypedDict):
    """Numbers of a paper, from content/published."""

    source: str
    where: str
    how_obtained: str
    accuracy: str
    y_label: str
    x_label: NotRequired[str]
    x_scale: NotRequired[Literal["linear", "log"]]
    y_scale: NotRequired[Literal["linear", "log"]]
    kind: NotRequired[Literal["line", "bar"]]
    read_by: NotRequired[str]
    shown: NotRequired[list[str]]
    series: list[SeriesJson]


class EntryJson(TypedDict):
    """An entry of a timeline."""

    year: int
    title: str
    date: NotRequired[str]
    note: NotRequired[str]
    verified: NotRequired[bool]
    refs: list[str]
    refs_labels: Annotated[NotRequired[list[str]], "as the works are cited"]
