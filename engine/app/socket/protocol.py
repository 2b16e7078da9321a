"""Every message of the live socket, in both directions: JSON objects, told apart by their `type`.

The browser's types (`engine/app/web/lib/protocol.d.ts`) are written from these by `make docs`. What
comes from a visitor is read in `messages`, which says in a sentence what is wrong with it.
"""

import json
from typing import Any, Literal

import msgspec

from engine.app.socket import room_protocol
from engine.app.socket.room_protocol import Params, Tag
from engine.runs.run import State

Reason = Literal["", "unwatched"]


class Budget(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a run may take: seconds by the clock, MB of memory."""

    seconds: float | None = None
    memory: float | None = None


class RunAsked(msgspec.Struct, tag="run", frozen=True, forbid_unknown_fields=True):
    """Start a run, or join one that is the same; `fresh` takes none that has ended."""

    sim: str
    params: Params = msgspec.field(default_factory=dict)
    tag: Tag = None
    fresh: bool = False
    budget: Budget | None = None


class Follow(msgspec.Struct, tag="follow", frozen=True, forbid_unknown_fields=True):
    """Hear of a run that goes on, from its frame number `start`."""

    run: Tag
    start: int = 0
    tag: Tag = None


class Stop(msgspec.Struct, tag="stop", frozen=True, forbid_unknown_fields=True):
    """Take back one `run` or `follow`; a run that nobody else wants ends."""

    run: Tag
    tag: Tag = None


class Check(msgspec.Struct, tag="check", frozen=True, forbid_unknown_fields=True):
    """What would become of these values?"""

    sim: str
    params: Params = msgspec.field(default_factory=dict)
    tag: Tag = None


class About(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """When and with what a run was made that is kept from another day."""

    date: str | None = None
    seconds: float | None = None
    versions: dict[str, str] = msgspec.field(default_factory=dict)


class RunTaken(msgspec.Struct, tag="run", frozen=True, forbid_unknown_fields=True):
    """A run was started or joined: all its parameters, a sentence for each that had to change."""

    run: str
    params: Params
    notes: list[str]
    state: State
    position: int = 0  # in the queue; 0 when it runs
    wait: float = 0  # seconds until it starts, about
    about: About = msgspec.field(default_factory=About)
    tag: Tag = None


class Frames(msgspec.Struct, tag="frames", frozen=True, forbid_unknown_fields=True):
    """The next frames of a run, the first of them being number `start`."""

    run: str
    start: int
    frames: list[dict[str, Any]]


class StateChanged(
    msgspec.Struct, tag="state", frozen=True, forbid_unknown_fields=True, omit_defaults=True
):
    """How a run stands; with a sentence when it ended badly, and a reason that is data."""

    run: Tag
    state: State
    position: int = 0
    wait: float = 0
    message: str = ""
    reason: Reason = ""


class Checked(msgspec.Struct, tag="checked", frozen=True, forbid_unknown_fields=True):
    """What became of the values, and a sentence for each that had to change."""

    params: Params
    notes: list[str]
    tag: Tag = None


class Refused(msgspec.Struct, tag="error", frozen=True, forbid_unknown_fields=True):
    """Why a message could not be answered, in a sentence."""

    message: str
    tag: Tag = None


class Beat(msgspec.Struct, tag="beat", frozen=True, forbid_unknown_fields=True):
    """The server lives; sent when there was nothing else to say for a while."""


class DeckChanged(msgspec.Struct, tag="deck", frozen=True, forbid_unknown_fields=True):
    """A lecture was edited: its address, and the hash of its new text."""

    slug: str
    hash: str


ClientMessage = RunAsked | Follow | Stop | Check | room_protocol.FromVisitor
ServerMessage = (
    RunTaken
    | Frames
    | StateChanged
    | Checked
    | Refused
    | Beat
    | DeckChanged
    | room_protocol.FromServer
)
PARTS = (Budget, About, *room_protocol.PARTS)  # of messages


_ENCODER = msgspec.json.Encoder()


def text(message: ServerMessage) -> str:
    """A message as it is sent."""
    try:
        return _ENCODER.encode(message).decode()
    except UnicodeEncodeError:  # half a character of a visitor, which comes back as \\ud83d
        return json.dumps(msgspec.to_builtins(message))


def frames_text(run: str, start: int, frames: list[str]) -> str:
    """A `Frames` message whose frames are JSON already."""
    head = text(Frames(run, start, []))
    return f"{head[:-2]}{','.join(frames)}]}}"
