"""`timeline`: dated entries of a file of content/timelines."""

from typing import Annotated, Any, ClassVar, TypedDict

import msgspec

from engine.deck.blocks.check import Check
from engine.deck.markup.state import Cite
from engine.deck.schema.content_models import TimelineEntry
from engine.deck.schema.deck_json import EntryJson
from engine.deck.schema.fields import Model, means
from engine.deck.schema.shared import ID, Source
from engine.deck.schema.validation import Fault, fit
from sims.nearest import nearest

_NO_ENTRY = [Fault((), "It holds no 'name: value' lines.", "Write {year: 2019, title: …}.")]

_YEAR = ("'{value}' is not a year.", "Write one like 2019.")


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


class Data(TypedDict):
    """What the browser gets beside the fields."""

    entries: list[EntryJson]


MODEL = Timeline
DATA = Data


def finish(check: Check) -> None:
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
