"""`timeline`: dated entries of a file of content/timelines."""

from typing import Annotated, ClassVar, TypedDict

import msgspec

from engine.deck.blocks import dated
from engine.deck.blocks.check import Check
from engine.deck.markup.state import Cite
from engine.deck.schema.deck_json import EntryJson
from engine.deck.schema.fields import Model, means
from engine.deck.schema.shared import ID, Source
from engine.deck.source.yamltext import Yaml
from sims.nearest import nearest

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
    yaml = check.data_file(dated.FOLDER)
    found = _section(check, yaml) if yaml is not None else None
    if yaml is None or found is None:
        return
    first, last = check.fields.get("from"), check.fields.get("to")
    line = check.raw.line + 1 + check.raw.yaml.place("source")[0]
    for entry in found:
        for fault in entry.faults:
            where = f"{check.file_name}:{yaml.place(*entry.path, *fault.path)[0] + 1}"
            check.problem(f"{where}: {fault.message}", fault.fix, "source")
        year = entry.fields.get("year")
        if year is None or not (first or year) <= year <= (last or year):
            continue
        refs = entry.fields.get("refs", [])
        data["entries"].append({**entry.fields, "refs": refs})
        places = [yaml.place(*entry.path, "refs", str(index))[0] + 1 for index in range(len(refs))]
        check.out.cites += [
            Cite(ref, line, origin=f"{check.file_name}:{at}")
            for ref, at in zip(refs, places, strict=True)
        ]
    if not data["entries"] and not any(entry.faults for entry in found):
        check.problem("This timeline has no entry in these years.", "Widen them.", "from")


def _section(check: Check, yaml: Yaml) -> list[dated.Entry] | None:
    """The entries in what a timeline file holds."""
    wanted, lists = check.fields.get("section"), dated.lists(yaml)
    if () in lists:
        if wanted is not None:
            check.problem("This timeline has no sections.", "Take 'section' out.", "section")
        return dated.entries(lists[()])
    if not isinstance(yaml.value, dict):
        return None
    sections = [key for (key,) in lists]
    if wanted is None and len(sections) == 1:
        wanted = sections[0]
    if wanted not in sections:
        message = f"This timeline has no section '{wanted}'."
        check.problem(message, nearest(str(wanted or ""), sections), "section")
        return None
    return dated.entries(lists[(str(wanted),)], str(wanted))
