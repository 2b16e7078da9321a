"""The questions of a lecture, as a room keeps them."""

from collections.abc import Iterator
from typing import Any

from engine.app.lectures import library
from engine.room.faults import RoomError
from engine.room.polls import Poll


def poll_of(lecture: str, block: str) -> Poll:
    """The question that a block asks now. RoomError when there is no such block."""
    for poll in polls_of(lecture):
        if poll.block == block:
            return poll
    raise RoomError("This question is not in the lecture any more.")


def polls_of(lecture: str) -> Iterator[Poll]:
    """All questions of a lecture, as its deck has them now."""
    document = library().at_hand(lecture) or library().document(lecture)
    for slide in document["slides"]:
        for block in slide["blocks"]:
            if block["kind"] == "vote":
                yield Poll(block["id"], "vote", _vote(block["data"]))
            elif block["kind"] == "label":
                yield Poll(block["id"], "label", _label(block["data"]))


def _vote(data: Any) -> dict[str, Any]:
    asked = {"question": str(data.get("question", "")), "answer": data.get("answer", "choice")}
    if asked["answer"] == "number":
        return asked | {"low": float(data.get("low", 0)), "high": float(data.get("high", 0))}
    if asked["answer"] == "words":
        return asked
    options = [str(option) for option in data.get("options", ())]
    return {"question": str(data.get("question", "")), "options": unlike(options)}


def unlike(options: list[str]) -> list[str]:
    """Options of which no two are alike, as web/blocks/vote.js names them: a second "yes" is
    "yes (2)"."""
    counts = [options[:place].count(option) for place, option in enumerate(options)]
    return [
        f"{option} ({count + 1})" if count else option
        for option, count in zip(options, counts, strict=True)
    ]


def _label(data: Any) -> dict[str, Any]:
    question = {"question": str(data.get("question", ""))}
    if data.get("sim"):
        return question | {"num_pairs": int(data.get("params", {}).get("num_comparisons", 0))}
    names = ("prompt", "a", "b")
    pairs = [{name: str(one.get(name, "")) for name in names} for one in data.get("pairs", ())]
    return question | {"pairs": pairs}


def numbered(poll: Poll) -> tuple[str, str]:
    """The pairs of a question by the numbers of their answers, as `sims/room_preferences.py` reads
    them: `0-1 0-2`; and these answers in the order of their numbers, `; ` between two. The same
    text is one answer wherever it answers the same prompt."""
    numbers: dict[tuple[str, str], int] = {}
    words = []
    for pair in poll.content.get("pairs", ()):
        answers = [(pair["prompt"], pair[name]) for name in ("a", "b")]
        first, second = (numbers.setdefault(answer, len(numbers)) for answer in answers)
        words.append(f"{first}-{second}")
    return " ".join(words), "; ".join(text for _, text in numbers)
