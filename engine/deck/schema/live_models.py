"""The fences that leave a place where the app mounts something: what may be written in each."""

from typing import Annotated, Any, ClassVar, Literal

import msgspec

from engine.deck.schema.fields import Model, Text, means

ID = Annotated[Text, means("the block's own name, for links and votes; made from the slide else")]
Title = Annotated[Text, means("the heading of the block")]
Height = Annotated[
    float, means("in pixels of a slide of 1280 x 720", fix="Write a number like 430.", gt=0)
]
Name = Annotated[str, means("", "{value!r} in '{key}' is not text.", "Write a name.")]
Names = str | list[Name]
Claims = Annotated[Names, means("claims of content/claims.yaml that the block shows")]
Scale = Annotated[Literal["linear", "log"], means("linear or log", "'{value}' is no scale.")]
Params = Annotated[dict[str, Any], means("values of the simulation's parameters", is_own=True)]
Simulation = Annotated[str, means("name of the simulation", is_own=True)]


Source = Annotated[str, means("NAME of the file", is_own=True)]
_SEEDS = ("'{value}' is no count of seeds.", "Write 1 to 100.")
_YEAR = ("'{value}' is no year.", "Write one like 2019.")
_COLUMN = ("The chart column {value!r} is not text.", "Write the name of a value of the frames.")


class SimChart(Model):
    """Which columns of the frames are drawn, and what stands at the axes."""

    unknown: ClassVar[str] = "A chart block has no field '{key}'."
    x: Annotated[str, means("column of the horizontal axis", *_COLUMN)] = "step"
    y: Annotated[
        str | list[Annotated[str, means("", *_COLUMN)]],
        means("column or columns that are drawn; without it, all numbers", *_COLUMN),
    ] = msgspec.field(default_factory=list)
    group: Annotated[
        str | None,
        means(
            "column whose values are curves of their own",
            "The group {value!r} is not text.",
            "Name a text of the frames.",
        ),
    ] = None
    x_label: Annotated[Text, means("text at the horizontal axis")] = ""
    y_label: Annotated[Text, means("text at the vertical axis")] = ""
    x_scale: Scale = "linear"
    y_scale: Scale = "linear"
    target: Annotated[
        float | None,
        means("value to reach, drawn as a line", "'{value}' is no number.", "Write a number."),
    ] = None
    target_label: Annotated[Text, means("text at that line")] = ""
    labels: Annotated[
        dict[str, Text], means("other names for columns, or for the values of `group`")
    ] = msgspec.field(default_factory=dict)


_SECONDS = ("The seconds of a budget are {value!r}.", "Write a whole number from 1 to 600.")
_MEMORY = ("The memory of a budget are {value!r}.", "Write a whole number from 1 to 2000.")


class Budget(Model):
    """What a run may take; `practicum rehearse` reports what takes more."""

    unknown: ClassVar[str] = "A budget block has no field '{key}'."
    seconds: Annotated[int, means("by the clock", *_SECONDS, ge=1, le=600)] = 10
    memory: Annotated[int, means("in MB", *_MEMORY, ge=1, le=2000)] = 600


class Sim(Model):
    """A simulation with its controls and the chart of its frames."""

    unknown: ClassVar[str] = "A sim block has no field '{key}'."
    examples: ClassVar[tuple[str, ...]] = (
        """\
sim: bandit
id: explore
title: Explore or exploit
params: {num_pulls: 1000}
controls: [method, epsilon]
chart: {x: pulls, y: regret, group: method, x_label: pulls, y_label: wins lost, x_scale: log,
  y_scale: linear, target: 10, target_label: good, labels: {ucb1: UCB1}}
claims: [C42]
seeds: 3
height: 430
autorun: true
budget: {seconds: 20, memory: 700}
""",
        """\
sim: overoptimization
chart: {x: root_kl, y: [proxy_reward, gold_reward], group: method}
published: gao_rl
""",
    )
    sim: Simulation
    id: ID = ""
    title: Title = ""
    params: Params = msgspec.field(default_factory=dict)
    controls: Annotated[Names, means("parameters that the reader can change in the slide")] = (
        msgspec.field(default_factory=list)
    )
    chart: Annotated[
        SimChart,
        means("what is drawn", "'chart' holds 'name: value' pairs.", "Write {{x: step, y: [kl]}}."),
    ] = msgspec.field(default_factory=SimChart)
    published: Annotated[
        str | None, means("numbers of a paper beside them: NAME of content/published", is_own=True)
    ] = None
    claims: Claims = msgspec.field(default_factory=list)
    seeds: Annotated[
        int, means("number of seeds, drawn with their spread", *_SEEDS, ge=1, le=100)
    ] = 1
    height: Height | None = None
    autorun: Annotated[bool, means("run when the slide is first shown")] = False
    budget: Annotated[
        Budget | None,
        means(
            "what a run may take", "'budget' is {value!r}.", "Write {{seconds: 10, memory: 600}}."
        ),
    ] = None


class Timeline(Model):
    """Dated entries of a file of content/timelines."""

    unknown: ClassVar[str] = "A timeline block has no field '{key}'."
    examples: ClassVar[tuple[str, ...]] = (
        "source: language_models\nid: models\nfrom: 2018\nto: 2022\n",
        "source: two_fields\nsection: vision\n",
    )
    source: Source
    section: Annotated[str | None, means("list of the file, if it has several", is_own=True)] = None
    first: Annotated[int | None, means("first year", *_YEAR)] = msgspec.field(
        name="from", default=None
    )
    last: Annotated[int | None, means("last year", *_YEAR)] = msgspec.field(name="to", default=None)
    id: ID = ""


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
        means("of the agent, for place, speed, angle and turning; worked out when left out"),
    ] = None
    agent: Annotated[dict[str, Any] | None, means("the same as {gains: […]}")] = None
    id: ID = ""
    title: Title = ""


LIVE: dict[str, type[Model]] = {
    "sim": Sim,
    "timeline": Timeline,
    "published": Published,
    "vote": Vote,
    "label": Label,
    "play": Play,
}
