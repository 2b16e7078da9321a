"""Live blocks: what the author asked for, checked, as the data that the browser gets.

A new kind is one function here (and its name in `LIVE_KINDS`).
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine.deck.blocks import published as papers
from engine.deck.blocks import sim_block
from engine.deck.blocks.check import Check, Finished, nearest
from engine.deck.markup.state import Cite, Raw
from engine.deck.schema.content_models import TimelineEntry
from engine.deck.schema.validation import Fault, fit

_NO_ENTRY = [Fault((), "It holds no 'name: value' lines.", "Write {year: 2019, title: …}.")]
_ASKS = ("rater", "labels", "num_comparisons")  # what a simulation has that asks a viewer


def finish(raw: Raw, folder: Path, stamp: object) -> Finished:
    """The data of a block of a deck that lies in `folder`; `stamp` is that of `sim_block.stamp`."""
    if raw.kind not in _KINDS:  # drawn already, which has reported its faults
        return Finished(dict(raw.yaml.value or {}))
    check = Check(raw, folder, stamp)
    check.out.data.update(check.fields)
    _KINDS[raw.kind](check)
    return check.out


def timeline(check: Check) -> None:
    """Dated entries of a file of content/timelines, perhaps of one section or some years only."""
    data = check.out.data
    data["entries"] = []
    found = _section(check, check.data_file("timelines"))
    if found is None:
        return
    first, last = check.fields.get("from"), check.fields.get("to")
    line = check.raw.line + 1 + check.raw.yaml.place("source")[0]
    is_whole = True
    for number, written in enumerate(found, 1):
        entry, faults = (
            fit(TimelineEntry, written) if isinstance(written, dict) else ({}, _NO_ENTRY)
        )
        for fault in faults:
            message = f"Entry {number} of {check.fields['source']}.yaml: {fault.message}"
            check.problem(message, fault.fix, "source")
        is_whole = is_whole and not faults
        year = entry.get("year")
        if year is None or not (first or year) <= year <= (last or year):
            continue
        refs = entry.get("refs", [])
        data["entries"].append({**entry, "refs": refs})
        check.out.cites += [Cite(ref, line) for ref in refs]
    if not data["entries"] and is_whole:
        check.problem("This timeline has no entry in these years.", "Widen them.", "from")


def _section(check: Check, found: Any) -> list[Any] | None:
    """The list of entries in what a timeline file holds."""
    wanted = check.fields.get("section")
    if isinstance(found, list):
        if wanted is not None:
            check.problem("This timeline has no sections.", "Take 'section' out.", "section")
        return found
    if not isinstance(found, dict):
        return None
    sections = [key for key, value in found.items() if isinstance(value, list)]
    if wanted is None and len(sections) == 1:
        wanted = sections[0]
    if wanted not in sections:
        message = f"This timeline has no section '{wanted}'."
        check.problem(message, nearest(str(wanted or ""), sections), "section")
        return None
    return found[str(wanted)]


def published(check: Check) -> None:
    """Numbers of a paper, out of content/published, perhaps with a switch for the scale of x."""
    found = papers.published(check)
    if found is not None:
        check.out.data["content"] = found


def vote(check: Check) -> None:
    """A question to the audience."""
    options = check.fields.get("options", [])
    check.out.data["options"] = [
        check.raw.yaml.text(option, "options", str(index)) for index, option in enumerate(options)
    ]


def label(check: Check) -> None:
    """Pairs for the audience to compare: clips of a simulation that asks, or texts."""
    check.out.data["claims"] = check.names("claims")
    if "sim" in check.fields:
        _asking(check)
    elif not (check.raw.yaml.value or {}).get("pairs"):
        check.problem("A label block needs pairs.", "Write '- {prompt: …, a: …, b: …}'.", "pairs")


def _asking(check: Check) -> None:
    """A simulation that learns from choices, and the one that its result is compared with."""
    declared = sim_block.simulation(check)
    if declared is None:
        return
    name, data = str(check.fields["sim"]), check.out.data
    if missing := [each for each in _ASKS if each not in {one["name"] for one in declared}]:
        message = f"{name} asks nobody: it has no parameter '{missing[0]}'."
        check.problem(message, "Write 'sim: preferences'.", "sim")
    if "against" in check.fields:
        data["against"] = sim_block.values(check, name, data["params"], "against")


def play(check: Check) -> None:
    """A game that the reader plays against an agent."""
    check.out.data.setdefault("play", "cartpole")


_KINDS: dict[str, Callable[[Check], None]] = {
    "sim": sim_block.sim,
    "timeline": timeline,
    "published": published,
    "vote": vote,
    "label": label,
    "play": play,
}
