"""The numbers of a `chart` block and how they are drawn, as Chart.js knows them.

Colloquium hands all of it to Chart.js. What is drawn here stands below; what else Chart.js knows
changes nothing here, and an author is warned of it.
"""

from typing import Annotated, Any, ClassVar

import msgspec

from engine.deck.schema.fields import Model, Text, means
from engine.deck.schema.shared import Colour

_DATASET = ("A dataset is a list of numbers or points.", "Write 'data: [1, 2, 3]'.")
NO_DATA = ("A chart needs data.", "Add 'data:' with 'labels:' and 'datasets:'.")
_LINES = ("'{key}' is {value!r}, which does nothing here.", "Write 'name: value' lines below it.")


class _Part(Model):
    """A part of the options: all of it may be left out, and what is odd is a warning."""

    is_lenient: ClassVar[bool] = True


class Point(Model):
    """A point of a scatter or bubble chart."""

    unknown: ClassVar[str] = "A point has no '{key}'."
    x: Annotated[float, means("horizontal", *_DATASET)]
    y: Annotated[float, means("vertical", *_DATASET)]
    r: Annotated[float, means("radius of a bubble", *_DATASET)] = 3.0


class Dataset(Model):
    """A series of numbers."""

    unknown: ClassVar[str] = "A dataset has no field '{key}' here, so it does nothing."
    is_lenient: ClassVar[bool] = True
    data: Annotated[
        list[Annotated[float | Point | None, means("", *_DATASET)]],
        means("its numbers, or points {x, y}", *_DATASET),
    ]
    label: Annotated[Text, means("its name")] = ""
    color: Annotated[Colour, means("a name of the palette such as policy, or a CSS colour")] = ""
    borderColor: Annotated[Colour, means("the same, as Chart.js calls it")] = ""
    backgroundColor: Annotated[Colour, means("the same, as Chart.js calls it")] = ""


class ChartNumbers(Model):
    """What a chart shows."""

    unknown: ClassVar[str] = "The data of a chart have no field '{key}', so it does nothing."
    is_lenient: ClassVar[bool] = True
    datasets: Annotated[
        list[
            Annotated[Dataset, means("", "A dataset holds 'name: value' lines.", "Write 'data:'.")]
        ],
        means("the series", *NO_DATA, min_length=1),
    ]
    labels: Annotated[
        list[Text | list[Text] | None],
        means("names along the horizontal axis", "'labels' is not a list.", "Write [name, …]."),
    ] = msgspec.field(default_factory=list)


def _odd(about: str) -> Any:
    return means(about, *_LINES, is_warning=True)


class Title(_Part):
    """A title."""

    unknown: ClassVar[str] = "A title has no field '{key}' here, so it does nothing."
    text: Annotated[Text, _odd("what it says")] = ""
    display: Annotated[Any, means("of Chart.js; it changes nothing here")] = True


class Ticks(_Part):
    """Numbers along an axis."""

    unknown: ClassVar[str] = "Ticks have no field '{key}' here, so it does nothing."
    prefix: Annotated[Text, _odd("before each number")] = ""
    suffix: Annotated[Text, _odd("after each number, such as %")] = ""


class Grid(_Part):
    """The lines across the chart."""

    unknown: ClassVar[str] = "A grid has no field '{key}' here, so it does nothing."
    display: Annotated[bool, _odd("false: without them")] = True


class Axis(_Part):
    """An axis."""

    unknown: ClassVar[str] = "An axis has no field '{key}' here, so it does nothing."
    title: Annotated[Title, _odd("text at the axis")] = msgspec.field(default_factory=Title)
    ticks: Annotated[Ticks, _odd("numbers along it")] = msgspec.field(default_factory=Ticks)
    grid: Annotated[Grid, _odd("lines across the chart")] = msgspec.field(default_factory=Grid)


class Scales(_Part):
    """The two axes."""

    unknown: ClassVar[str] = "There is no axis '{key}' here, so it does nothing."
    x: Annotated[Axis, _odd("the horizontal one")] = msgspec.field(default_factory=Axis)
    y: Annotated[Axis, _odd("the vertical one")] = msgspec.field(default_factory=Axis)


class Plugins(_Part):
    """Plugins of Chart.js."""

    unknown: ClassVar[str] = "There is no plugin '{key}' here, so it does nothing."
    title: Annotated[Title, _odd("heading of the chart")] = msgspec.field(default_factory=Title)


class Options(_Part):
    """Options of Chart.js."""

    unknown: ClassVar[str] = "There is no option '{key}' here, so it does nothing."
    scales: Annotated[Scales, _odd("the axes")] = msgspec.field(default_factory=Scales)
    title: Annotated[Title, _odd("heading of the chart")] = msgspec.field(default_factory=Title)
    plugins: Annotated[Plugins, _odd("of them, the title")] = msgspec.field(default_factory=Plugins)
