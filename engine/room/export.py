"""What a room has given, as a table, as JSON, and as preferences for training (TRL's format)."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select

from engine.room import rooms
from engine.room.store import Store
from engine.room.tables import labels, participants, polls, questions, upvotes, votes

FORMATS = ("csv", "json", "trl")
HEAD = ("kind", "block", "question", "round", "item", "participant", "nickname", "answer", "time")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would compute what begins so


def text(store: Store, code: str, kind: str) -> str:
    """A room in one of `FORMATS`. RoomError when there is no such room."""
    found = everything(store, code)
    if kind == "json":
        return json.dumps(found, ensure_ascii=False, indent=1) + "\n"
    if kind == "trl":
        lines = (json.dumps(one, ensure_ascii=False) for one in preferences(found))
        return "".join(f"{line}\n" for line in lines)
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(HEAD)
    table.writerows([_cell(value) for value in row] for row in _rows(found))
    return out.getvalue()


def everything(store: Store, code: str) -> dict[str, Any]:
    """All that the store has of a room but tokens, as plain data."""
    room = rooms.find(store, code)
    with store.reading() as connection:
        mine = connection.execute(select(polls).where(polls.c.room == room.id)).mappings()
        asked = {row["block"]: dict(row) for row in mine}
        people = connection.execute(
            select(participants.c.id, participants.c.nickname, participants.c.joined_at).where(
                participants.c.room == room.id
            )
        ).mappings()
        tables: dict[str, list[dict[str, Any]]] = {"participants": [dict(one) for one in people]}
        for table in (votes, labels, questions):
            found = connection.execute(select(table).where(table.c.room == room.id)).mappings()
            tables[table.name] = [_plain(row) for row in found]
        wanted = connection.execute(
            select(upvotes).join(questions).where(questions.c.room == room.id)
        ).mappings()
        tables["upvotes"] = [dict(row) for row in wanted]
    about = {"code": room.code, "lecture": room.lecture}
    times = {"opened_at": room.opened_at, "closed_at": room.closed_at}
    return {**about, **times, "polls": [_plain(row) for row in asked.values()], **tables}


def preferences(found: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """A row for each label of a pair of texts, as `trl` reads it: prompt, chosen, rejected. Ties
    are left out: the format has none."""
    pairs = {poll["block"]: poll["content"].get("pairs", []) for poll in found["polls"]}
    for one in found["labels"]:
        shown = pairs.get(one["block"], [])
        if one["choice"] == "=" or one["pair"] >= len(shown) or "a" not in shown[one["pair"]]:
            continue
        pair = shown[one["pair"]]
        chosen, rejected = ("a", "b") if one["choice"] == "L" else ("b", "a")
        yield {
            "prompt": pair.get("prompt", ""),
            "chosen": pair[chosen],
            "rejected": pair[rejected],
            "rater": one["participant"],
        }


def _rows(found: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    names = {one["id"]: one["nickname"] for one in found["participants"]}
    asked = {one["block"]: one["content"].get("question", "") for one in found["polls"]}
    for one in found["votes"]:
        who = (one["participant"], names.get(one["participant"], ""))
        place = (one["block"], asked.get(one["block"], ""), one["round"], "")
        yield ("vote", *place, *who, one["choice"], one["given_at"])
    for one in found["labels"]:
        who = (one["participant"], names.get(one["participant"], ""))
        place = (one["block"], asked.get(one["block"], ""), 0, one["pair"])
        yield ("label", *place, *who, one["choice"], one["given_at"])
    for one in found["questions"]:
        who = (one["participant"], names.get(one["participant"], ""))
        yield ("question", one["slide"], one["text"], 0, one["id"], *who, "", one["asked_at"])


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "room"}


def _cell(value: Any) -> Any:
    is_formula = isinstance(value, str) and value.startswith(_FORMULA) and value != "="
    return f"'{value}" if is_formula else value
