"""Editing a slide on the page: its Markdown, what is wrong with it, and saving it to the deck.

Only for a person at this machine: the server listens to this machine alone or was told `--edit`,
and the request comes from this machine, through no proxy, from a page of this server. What is
written is one slide of one deck of the lectures. A slide that somebody else has changed meanwhile
is never written over: they see both.
"""

import atexit
import ipaddress
import os
import re
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from starlette.datastructures import Headers
from starlette.types import Scope

from engine.app import allowed
from engine.app.lectures import course, library, source_of, with_files
from engine.app.slide_source import line_of, segment_at, segments
from engine.deck.model import Problem
from engine.deck.reading import LIMITS
from engine.deck.slide_json import is_list_of_works
from engine.deck.source import scan, textfile
from engine.deck.source.inside import inside
from engine.guard import Child, Refused
from engine.new import plan

VARIABLE = "PRACTICUM_EDIT"
LARGEST = 1 << 17  # bytes of a request
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_PROXY = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
_writing = threading.Lock()
_reading = threading.Lock()
_reader = Child("engine.publish.drafts:read", replace(LIMITS, cpu_seconds=5.0, clock_seconds=15.0))
atexit.register(_reader.close)


class Conflict(Exception):
    """The slide on disk is not what was edited; `text` is what it is now, None when it is gone."""

    def __init__(self, text: str | None) -> None:
        gone = "This slide is no longer in the file."
        super().__init__("Another program has changed this slide." if text is not None else gone)
        self.text = text


class Unfit(ValueError):
    """A text that is not saved; the message is a sentence with its mend."""


@dataclass(frozen=True)
class Place:
    """Where a slide stands in its deck."""

    path: Path
    data: bytes  # of the whole file
    segment: scan.Segment

    def with_text(self, text: str) -> str:
        """The whole deck with another text for this slide; all else stays as it is, byte by byte.

        Raises `Unfit` for a text that would take the slides behind it into itself.
        """
        whole = self.data.decode("utf-8")
        end = "\r\n" if "\r\n" in whole else "\n"
        lines = _LINE.findall(whole)
        made = textfile.normal(text).strip("\n").rstrip()
        if not made.strip():
            raise Unfit("A slide needs a text; to delete it, delete it in the file.")
        head, tail = lines[: self.segment.line - 1], lines[self.segment.end_line :]
        last = end if tail or lines[-1].endswith(("\r", "\n")) else ""
        return "".join(head) + made.replace("\n", end) + last + "".join(tail)

    def hold_rest(self, text: str, made: str) -> None:
        """Raises `Unfit` where other slides would change: a fence, a comment that never ends."""
        before, after = segments(self.data.decode("utf-8")), segments(made)
        behind = [one.source for one in before if one.line > self.segment.line]
        if behind and [one.source for one in after[-len(behind) :]] != behind:
            raise Unfit("This text would swallow the slides behind it: close its fence or comment.")


def is_allowed(scope: Scope) -> bool:
    """Whether a request comes from this machine, and from a page of ours or from no page at all."""
    headers = Headers(scope=scope)
    peer = (scope.get("client") or ("", 0))[0]
    return (
        os.environ.get(VARIABLE) == "1"
        and _is_here(peer)
        and not any(name in headers for name in _PROXY)
        and _is_here(allowed.host_name(headers.get("host", "")) or "")
        and headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")
    )


def _is_here(name: str) -> bool:
    if name.rstrip(".") == "localhost":
        return True
    try:
        address = ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def opened(slug: str, name: str) -> dict[str, Any]:
    """A slide to edit. LookupError: there is none, or it was made by us."""
    place = _by_name(slug, name)
    where = f"{source_of(slug)['path']}:{place.segment.line}"
    return {"text": place.segment.source, "place": where}


def checked(slug: str, name: str, base: str, text: str) -> dict[str, Any]:
    """What is wrong with a draft, and how the slide looks. LookupError, Conflict, Unfit."""
    place = _of_base(slug, name, base)
    whole = place.with_text(text)
    with _reading:
        try:
            draft = _reader.ask({"path": str(place.path), "text": whole})
        except Refused as error:
            raise Unfit(f"This text cannot be read: {error}.") from None
    line = place.segment.line
    slides = draft["document"]["slides"]
    shown = next((one for one in slides if one["line"] >= line and not is_list_of_works(one)), None)
    lines = range(line, line + len(text.splitlines()) + 1)
    return {
        "problems": [_shown(one, line) for one in _within(draft["problems"], place, lines)],
        "slide": with_files(shown) if shown else None,
    }


def save(slug: str, name: str, base: str, text: str) -> None:
    """Write a slide into its deck, at once or not at all. LookupError, Conflict, Unfit, OSError."""
    with _writing:
        place = _of_base(slug, name, base)
        made = place.with_text(text)
        place.hold_rest(text, made)
        try:
            plan.replace(place.path, place.data, made.encode("utf-8"))
        except plan.Refused:
            raise Conflict(_now(slug, name)) from None


def _of_base(slug: str, name: str, base: str) -> Place:
    """The slide that still has the text `base`; a new title may have given it another id.

    Raises Conflict where no slide, or more than one, has that text and the name is not there.
    """
    data, path = _data(slug)
    wanted = textfile.normal(base).strip()
    same = [one for one in segments(data.decode("utf-8")) if one.source.strip() == wanted]
    if len(same) == 1:
        return Place(path, data, same[0])
    try:
        named = _by_name(slug, name)
    except LookupError:
        raise Conflict(None) from None
    if named.segment.source.strip() != wanted:
        raise Conflict(named.segment.source)
    return named


def _now(slug: str, name: str) -> str | None:
    try:
        return _by_name(slug, name).segment.source
    except LookupError:
        return None


def _by_name(slug: str, name: str) -> Place:
    line = line_of(slug, name)
    data, path = _data(slug)
    return Place(path, data, segment_at(line, data.decode("utf-8"), name))


def _data(slug: str) -> tuple[bytes, Path]:
    """The bytes of a deck and where they really lie. LookupError when they are not text."""
    path = library().paths().get(slug)
    if path is None:
        raise LookupError(f"there is no lecture '{slug[:80]}'.")
    try:
        textfile.deck(path)
        real = inside(path.parent, path)
        data = real.read_bytes()
        data.decode("utf-8")
    except (textfile.Unreadable, OSError, UnicodeDecodeError) as error:
        raise LookupError(f"this lecture cannot be read: {error}") from None
    return data, real


def _within(problems: list[dict[str, Any]], place: Place, lines: range) -> list[Problem]:
    found = [Problem(**one) for one in problems]
    return [one for one in found if Path(one.file).name == place.path.name and one.line in lines]


def _shown(one: Problem, first: int) -> dict[str, Any]:
    severity = course().severity(one.rule) or one.severity
    words = {"message": one.message, "fix": one.fix, "severity": severity}
    return {**words, "line": one.line - first + 1}
