"""The messages of a room: what a presenter and an audience say to each other through the server."""

from typing import Any, Literal

import msgspec

Tag = str | int | float | bool | None  # of a question, sent back with its answer
Params = dict[str, Any]  # of a simulation: a value for each name


class SharedBlock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the presenter's simulation shows: values of its controls, and the runs on its chart."""

    values: Params
    runs: list[Params] = msgspec.field(default_factory=list)
    id: str = ""  # of these runs: another one means that they were begun again
    stopped: bool = False


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the presenter is: `ink` holds the strokes on the slide (`x,y x,y …` in thousandths of
    its width and height), `zoom` the place and scale of a look at a figure, or nothing."""

    slide: str
    step: int = 0
    black: bool = False
    ink: list[str] = msgspec.field(default_factory=list)
    zoom: list[float] = msgspec.field(default_factory=list)
    blocks: dict[str, SharedBlock] = msgspec.field(default_factory=dict)


class RoomOpen(msgspec.Struct, tag="room_open", frozen=True, forbid_unknown_fields=True):
    """Open a room for a lecture; `page` is the address below which the presenter sees the pages."""

    lecture: str
    page: str = ""
    tag: Tag = None


class RoomEnter(msgspec.Struct, tag="room_enter", frozen=True, forbid_unknown_fields=True):
    """Sit down in a room: as its presenter with the `key`, or as the participant of a token."""

    room: str
    key: str = ""
    person: str = ""
    name: str = ""
    page: str = ""
    tag: Tag = None


class RoomMove(msgspec.Struct, tag="room_move", frozen=True, forbid_unknown_fields=True):
    """The presenter is somewhere else now."""

    place: Place
    tag: Tag = None


class RoomPoint(msgspec.Struct, tag="room_point", frozen=True, forbid_unknown_fields=True):
    """The presenter points at a place of the slide, in thousandths of it; below 0: at none."""

    x: float
    y: float
    tag: Tag = None


class RoomVote(msgspec.Struct, tag="room_vote", frozen=True, forbid_unknown_fields=True):
    """Answer a question of the lecture: an option, or L, R or = for a `pair` of it. A vote may name
    the `round` in which it was given: it counts in no other one."""

    block: str
    choice: str
    pair: int | None = None
    round: int | None = None
    tag: Tag = None


class RoomPoll(msgspec.Struct, tag="room_poll", frozen=True, forbid_unknown_fields=True):
    """Open or close a question, show its results, ask it again, clear it, or remove all answers
    that say `choice`."""

    block: str
    change: Literal["open", "close", "reveal", "hide", "again", "clear", "remove"]
    choice: str = ""
    tag: Tag = None


class RoomAsk(msgspec.Struct, tag="room_ask", frozen=True, forbid_unknown_fields=True):
    """A question to the presenter, about a slide."""

    text: str
    slide: str = ""
    tag: Tag = None


class RoomWant(msgspec.Struct, tag="room_want", frozen=True, forbid_unknown_fields=True):
    """Somebody else's question should be answered, too; or that is taken back."""

    question: int
    wanted: bool = True
    tag: Tag = None


class RoomMark(msgspec.Struct, tag="room_mark", frozen=True, forbid_unknown_fields=True):
    """A question is answered, waits after all, or is taken away."""

    question: int
    mark: Literal["answered", "waiting", "removed"]
    tag: Tag = None


class RoomRatings(msgspec.Struct, tag="room_ratings", frozen=True, forbid_unknown_fields=True):
    """What has the room said of the pairs of a `label` block?"""

    block: str
    tag: Tag = None


class RoomAct(msgspec.Struct, tag="room_act", frozen=True, forbid_unknown_fields=True):
    """The presenter's remote asks the lecture on the wall to do something: `set` gives a control,
    `name` of a `block`, another value."""

    action: Literal["next", "previous", "up", "down", "run", "blank", "room", "close", "set"]
    block: str = ""
    name: str = ""
    value: bool | float | str | None = None
    tag: Tag = None


class RoomHand(msgspec.Struct, tag="room_hand", frozen=True, forbid_unknown_fields=True):
    """Give the room to another presenter: the key so far holds nothing any more."""

    tag: Tag = None


class RoomRemote(msgspec.Struct, tag="room_remote", frozen=True, forbid_unknown_fields=True):
    """The presenter wants the QR code of the link that makes a phone the remote of this room."""

    page: str = ""
    tag: Tag = None


class RoomClose(msgspec.Struct, tag="room_close", frozen=True, forbid_unknown_fields=True):
    """The lecture is over: nobody joins or votes any more."""

    tag: Tag = None


class RoomEntered(msgspec.Struct, tag="room_entered", frozen=True, forbid_unknown_fields=True):
    """You sit in a room. `key` or `person` is what to enter it with again; `given` is what this
    participant has answered, by block and pair ("" for a vote)."""

    room: str
    lecture: str
    link: str
    qr: list[str]  # rows of the QR code of the link, "1" for a dark square
    key: str = ""
    person: str = ""
    given: dict[str, dict[str, str]] = msgspec.field(default_factory=dict)
    warning: str = ""
    tag: Tag = None


class RoomDone(msgspec.Struct, tag="room_done", frozen=True, forbid_unknown_fields=True):
    """It is stored. `key` is the new one of a room that was handed over, `qr` the QR code of its
    remote, as in RoomEntered."""

    key: str = ""
    tag: Tag = None
    qr: list[str] = msgspec.field(default_factory=list)


class RoomAsked(msgspec.Struct, tag="room_asked", frozen=True, forbid_unknown_fields=True):
    """The presenter's remote asks this page, which has the same key, to do something."""

    action: str
    room: str
    block: str = ""
    name: str = ""
    value: bool | float | str | None = None


class RoomPointed(msgspec.Struct, tag="room_pointed", frozen=True, forbid_unknown_fields=True):
    """The presenter points at a place of the slide, as in RoomPoint. It is not stored."""

    room: str
    x: float
    y: float


class RoomRated(msgspec.Struct, tag="room_rated", frozen=True, forbid_unknown_fields=True):
    """The pairs by the numbers of their answers, these answers, and a word of letters for each
    rater."""

    pairs: str
    answers: str
    labels: str
    tag: Tag = None


class RoomLater(msgspec.Struct, tag="room_later", frozen=True, forbid_unknown_fields=True):
    """It could not be stored now: send it again in a while."""

    message: str
    tag: Tag = None


class RoomLost(msgspec.Struct, tag="room_lost", frozen=True, forbid_unknown_fields=True):
    """The key of this page holds the room no more: somebody else presents now."""

    room: str
    message: str
    tag: Tag = None


class RoomNews(msgspec.Struct, tag="room_news", frozen=True, forbid_unknown_fields=True):
    """Where the presenter is, how many people have joined, and whether the room is closed."""

    room: str
    number: int
    place: Place | None
    people: int
    closed: bool


class PollState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a question stands; the counts are empty until they are shown, and so are the `earlier`
    ones, of the round before. `answered` is how many have labelled each pair."""

    block: str
    round: int
    open: bool
    revealed: bool
    people: int
    counts: dict[str, int]
    answered: dict[str, int]
    earlier: dict[str, int]


class RoomPolls(msgspec.Struct, tag="room_polls", frozen=True, forbid_unknown_fields=True):
    """All questions of the lecture that somebody has answered."""

    room: str
    polls: list[PollState]


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question from the audience."""

    id: int
    slide: str
    text: str
    name: str
    votes: int
    answered: bool


class RoomQuestions(msgspec.Struct, tag="room_questions", frozen=True, forbid_unknown_fields=True):
    """The questions from the audience, the most wanted first."""

    room: str
    questions: list[Asked]


FromVisitor = (
    RoomOpen
    | RoomEnter
    | RoomMove
    | RoomPoint
    | RoomVote
    | RoomPoll
    | RoomAsk
    | RoomWant
    | RoomMark
    | RoomRatings
    | RoomAct
    | RoomHand
    | RoomRemote
    | RoomClose
)
FromServer = (
    RoomEntered
    | RoomDone
    | RoomRated
    | RoomAsked
    | RoomPointed
    | RoomLater
    | RoomLost
    | RoomNews
    | RoomPolls
    | RoomQuestions
)
PARTS = (SharedBlock, Place, PollState, Asked)
