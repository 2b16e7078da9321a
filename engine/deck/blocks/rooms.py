"""Blocks that learn from, or are shown beside, what a room has said elsewhere in the deck."""

from collections.abc import Iterator, Sequence
from typing import Any

from engine.deck.model import Block, Problem
from engine.deck.source import yamltext
from sims.nearest import nearest

_SAME = ("num_comparisons", "seed")  # of these come the clips that a room is shown


def check(blocks: Sequence[Block]) -> Iterator[Problem]:
    """Each `room` that names no label block, or one of other clips, and each `before` that names
    no vote."""
    for block in blocks:
        if block.kind == "sim" and isinstance(block.data.get("room"), str):
            asked = _named(blocks, "label", block.data["room"])
            if "labels" not in block.data.get("params", {}):
                continue  # it learns from no room, which is said already
            if asked is None:
                yield _unknown(blocks, block, "room", "label")
            elif fault := _unlike(block.data, asked):
                yield _problem(block, "room", *fault)
        before = block.data.get("before") if block.kind == "vote" else None
        if isinstance(before, str) and _named(blocks, "vote", before) is None:
            yield _unknown(blocks, block, "before", "vote")


def _named(blocks: Sequence[Block], kind: str, name: str) -> Block | None:
    return next((one for one in blocks if (one.kind, one.id) == (kind, name)), None)


def _unknown(blocks: Sequence[Block], block: Block, key: str, kind: str) -> Problem:
    name, known = block.data[key], [one.id for one in blocks if one.kind == kind]
    fix = nearest(name, known, f"Give a {kind} block 'id: {name}'.")
    return _problem(block, key, f"There is no {kind} block '{name}' in this lecture.", fix)


def _unlike(learner: dict[str, Any], asked: Block) -> tuple[str, str] | None:
    """What is wrong where a simulation would take the labels of one thing for those of another."""
    ours, given = learner.get("params", {}), asked.data.get("params", {})
    name, theirs = learner.get("sim"), asked.data.get("sim")
    if theirs and theirs != name:
        fault = f"The label block '{asked.id}' has clips of {theirs}, which {name} does not know."
        return fault, f"Write 'sim: {theirs}'."
    if not theirs and "rater" in ours:
        fault = f"The label block '{asked.id}' has texts, and {name} learns from clips."
        return fault, f"Name a label block with 'sim: {name}'."
    for key in _SAME if theirs else ():
        if ours.get(key) != given.get(key):
            fault = f"{key} is {ours.get(key)}, but {given.get(key)} in the label block"
            return f"{fault} '{asked.id}': it shows other clips.", (
                f"Write 'params: {{{key}: {given.get(key)}}}'."
            )
    return None


def _problem(block: Block, key: str, message: str, fix: str) -> Problem:
    line, column = yamltext.read(block.text).place(key)
    return Problem(message, fix, block.line + 1 + line, column + 1)
