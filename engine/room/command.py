"""`practicum room list | export | delete | prune`: what rooms have left behind."""

import argparse
import datetime
import sys
from typing import Any

from engine.paths import named

MOST_DAYS = 36_500  # a hundred years: dates do not go back without end


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `room`."""
    parser.add_argument(
        "what", choices=["list", "export", "delete", "prune"], metavar="WHAT", help=WHAT
    )
    parser.add_argument("code", nargs="?", metavar="CODE", help="of the room to export or delete")
    parser.add_argument(
        "--format",
        choices=["csv", "json", "trl"],
        default="csv",
        help="csv; json: all of it; trl: labels as preferences, one JSON object a line",
    )
    parser.add_argument("--output", type=named, metavar="FILE", help="(default: print it)")
    parser.add_argument(
        "--days", type=float, default=180.0, metavar="N", help="unused for this long (default: 180)"
    )
    parser.add_argument("--store", metavar="URL", help="as for serve")
    parser.set_defaults(call=run)


WHAT = "list all rooms, export or delete one, or prune: delete those that were not used for long"


def run(chosen: argparse.Namespace) -> int:
    """Do it; 2 and one sentence when it cannot be done."""
    from engine.room.faults import RoomError, StoreAway
    from engine.room.store import Store

    try:
        if chosen.what in ("export", "delete") and not chosen.code:
            raise RoomError(f"which room? practicum room {chosen.what} CODE")
        if not 0 < chosen.days <= MOST_DAYS:  # nan neither
            raise RoomError(f"--days is {chosen.days:g}, but must be above 0, up to {MOST_DAYS}.")
        store = Store(chosen.store)
        print(_done(chosen, store), end="")
        store.close()
    except (OSError, RoomError, StoreAway) as error:
        print(f"practicum: {error}", file=sys.stderr)
        return 2
    return 0


def _done(chosen: argparse.Namespace, store: Any) -> str:
    from engine.room import export, rooms, words

    if chosen.what == "list":
        return "".join(_line(room, rooms.people(store, room.code)) for room in rooms.every(store))
    if chosen.what == "prune":
        codes = rooms.prune(store, chosen.days)
        return f"{len(codes)} rooms deleted{': ' if codes else ''}{' '.join(codes)}\n"
    if chosen.what == "delete":
        rooms.remove(store, chosen.code)
        return f"room {words.as_code(chosen.code)} deleted\n"
    text = export.text(store, words.as_code(chosen.code), chosen.format)
    if chosen.output is None:
        return text
    chosen.output.write_text(text, encoding="utf-8", newline="")
    return ""


def _line(room: Any, people: int) -> str:
    day = datetime.datetime.fromtimestamp(room.opened_at).strftime("%Y-%m-%d %H:%M")
    state = "closed" if room.is_closed else "open"
    return f"{room.code}  {day}  {state:6}  {people:5} people  {room.lecture}\n"
