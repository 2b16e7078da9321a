"""Live blocks: what the author asked for, checked against the simulations and the data files.

`finish` turns a block as written into the data that the browser gets. One function for each kind.
"""

import difflib
import functools
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from engine.deck import yamltext
from engine.deck.model import Problem
from engine.deck.state import Cite, Raw
from sims import spec

_SIM_KEYS = (
    "sim", "id", "params", "controls", "chart", "published", "claims", "title", "scene", "seeds",
    "height", "sweep", "autorun",
)  # fmt: skip
_CHART_KEYS = (
    "x", "y", "x_label", "y_label", "x_scale", "y_scale", "target", "target_label", "labels",
    "band", "title",
)  # fmt: skip
_TIMELINE_KEYS = ("source", "section", "from", "to", "id", "title", "height")
_PUBLISHED_KEYS = ("source", "id", "title", "x", "y", "x_label", "y_label", "height", "series")
_VOTE_KEYS = ("question", "options", "id", "title")
_LABEL_KEYS = ("pairs", "question", "id", "title", "source")
_PLAY_KEYS = ("play", "id", "title", "gains", "agent", "seed", "height", "physics")


@dataclass
class Finished:
    """A checked block: its data, the works it cites, and its problems (lines of the slide, 1-based)."""

    data: dict[str, Any]
    cites: list[Cite] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass
class _Check:
    """One block under examination."""

    raw: Raw
    folder: Path  # of the deck
    stamp: object  # changes when a simulation does
    out: Finished

    @property
    def fields(self) -> dict[str, Any]:
        return self.raw.yaml.value or {}

    def problem(self, message: str, fix: str, *path: str, warning: bool = False) -> None:
        line, column = self.raw.yaml.place(*path)
        at = self.raw.line + (1 + line if self.raw.yaml.places else 0)
        severity = "warning" if warning else "error"
        self.out.problems.append(Problem(message, fix, at + 1, column + 1, severity))

    def keys(self, fields: Mapping[str, Any], known: tuple[str, ...], *path: str) -> None:
        what = path[-1] if path else self.raw.kind
        for key in fields:
            if key not in known:
                message = f"A {what} block has no field '{key}'."
                self.problem(message, nearest(key, known), *path, key)


def finish(raw: Raw, folder: Path, stamp: object) -> Finished:
    """The data of a live block of a deck that lies in `folder`; `stamp` is that of `stamp()`."""
    check = _Check(raw, folder, stamp, Finished(dict(raw.yaml.value or {})))
    if raw.kind in _KINDS:
        _KINDS[raw.kind](check)
    return check.out


def nearest(word: str, known: tuple[str, ...] | list[str]) -> str:
    """A sentence that mends a name: the nearest one, or all of them."""
    near = difflib.get_close_matches(word, known, n=1)
    if near:
        return f"Did you mean '{near[0]}'?"
    return f"There are: {', '.join(known)}." if known else ""


def content_file(folder: Path, *names: str) -> Path | None:
    """A file of the `content` folder that belongs to decks in `folder`."""
    for root in (folder.parent / "content", folder / "content"):
        path = root.joinpath(*names)
        if path.is_file():
            return path
    return None


def _sim(check: _Check) -> None:
    fields, data = check.fields, check.out.data
    check.keys(fields, _SIM_KEYS)
    data.setdefault("params", {})
    data.update(fields=[], controls=_names(check, "controls"), claims=_names(check, "claims"))
    _check_chart(check)
    name = fields.get("sim")
    known = _sim_names(check.stamp)
    if not isinstance(name, str) or name not in known:
        message = "A sim block needs 'sim: NAME'." if not name else f"No simulation '{name}'."
        check.problem(message, nearest(str(name or ""), known), "sim")
        return
    declared = _sim_fields(name, check.stamp)
    if isinstance(declared, str):
        check.problem(declared, "Mend the simulation.", "sim")
        return
    params = fields.get("params") or {}
    if not isinstance(params, dict):
        check.problem("'params' holds 'name: value' lines.", "Write {beta: 0.1}.", "params")
        params = {}
    values = {one.name: one.default for one in declared}
    for key, value in params.items():
        try:
            values.update(_sim_value(name, key, value, check.stamp))
        except spec.SpecError as error:
            message, _, fix = str(error).partition(". ")
            check.problem(message.rstrip(".") + ".", fix, "params", key)
    names = [one.name for one in declared]
    for index, control in enumerate(data["controls"]):
        if control not in names:
            message = f"{name} has no parameter '{control}' to control."
            check.problem(message, nearest(control, names), "controls", str(index))
    data["controls"] = [control for control in data["controls"] if control in names]
    data["params"] = values
    data["fields"] = [{**asdict(one), "label": one.label} for one in declared]


def _check_chart(check: _Check) -> None:
    chart = check.fields.get("chart")
    if chart is None:
        return
    if not isinstance(chart, dict):
        check.out.data["chart"] = {}
        check.problem("'chart' holds 'name: value' pairs.", "Write {x: step, y: [kl]}.", "chart")
        return
    check.keys(chart, _CHART_KEYS, "chart")
    columns = chart.get("y")
    columns = columns if isinstance(columns, list) else [] if columns is None else [columns]
    for path, column in [(("x",), chart.get("x", "step")), *((("y",), c) for c in columns)]:
        if not isinstance(column, str):
            fix = "Write the name of a value in quotes."
            check.problem(f"The chart column {column!r} is not text.", fix, "chart", *path)
    for axis in ("x_scale", "y_scale"):
        if chart.get(axis, "linear") not in ("linear", "log"):
            check.problem(f"'{chart[axis]}' is no scale.", "Write linear or log.", "chart", axis)
    target = chart.get("target")
    if target is not None and (isinstance(target, bool) or not isinstance(target, int | float)):
        check.problem(f"The target '{target}' is no number.", "Write a number.", "chart", "target")
    clean = {key: value for key, value in chart.items() if key in _CHART_KEYS}
    clean["x"] = str(chart.get("x", "step"))
    clean["y"] = [column for column in columns if isinstance(column, str)]
    check.out.data["chart"] = clean


def _names(check: _Check, key: str) -> list[str]:
    value = check.fields.get(key)
    found = value if isinstance(value, list) else [] if value is None else [value]
    for index, item in enumerate(found):
        if not isinstance(item, str):
            check.problem(f"'{item}' in '{key}' is not a name.", "Write a name.", key, str(index))
    return [item for item in found if isinstance(item, str)]


def _timeline(check: _Check) -> None:
    check.keys(check.fields, _TIMELINE_KEYS)
    data = check.out.data
    data["entries"] = []
    found = _data_file(check, "timelines")
    section = check.fields.get("section")
    if isinstance(found, dict):
        sections = [key for key, value in found.items() if isinstance(value, list)]
        if section is None and len(sections) == 1:
            section = sections[0]
        if section not in sections:
            message = f"This timeline has no section '{section}'."
            check.problem(message, nearest(str(section or ""), sections), "section")
            return
        found = found[section]
    if not isinstance(found, list):
        return
    first, last = (_year(check, key) for key in ("from", "to"))
    for entry in found:
        year = entry.get("year") if isinstance(entry, dict) else None
        if not isinstance(year, int) or year < (first or year) or year > (last or year):
            continue
        refs = entry.get("refs")
        refs = [ref for ref in refs if isinstance(ref, str)] if isinstance(refs, list) else []
        data["entries"].append({**entry, "refs": refs})
        line, column = check.raw.line + 1 + check.raw.yaml.place("source")[0], 0
        check.out.cites += [Cite(ref, line, column) for ref in refs]
    if not data["entries"]:
        check.problem("No entry of this timeline is in these years.", "Widen them.", "from")


def _year(check: _Check, key: str) -> int | None:
    value = check.fields.get(key)
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    check.problem(f"'{value}' is no year.", "Write one like 2019.", key)
    return None


def _published(check: _Check) -> None:
    check.keys(check.fields, _PUBLISHED_KEYS)
    found = _data_file(check, "published")
    if found is not None:
        check.out.data["content"] = found


def _data_file(check: _Check, folder: str) -> Any:
    """What the file named by `source` in content/`folder` holds; None (and a problem) without."""
    source = check.fields.get("source")
    if not isinstance(source, str) or "/" in source or "\\" in source:
        fix = f"Write 'source: NAME' of a file in content/{folder}."
        check.problem(f"A {check.raw.kind} block needs a source.", fix, "source")
        return None
    path = content_file(check.folder, folder, f"{source.removesuffix('.yaml')}.yaml")
    if path is None:
        roots = (check.folder.parent / "content", check.folder / "content")
        known = sorted({p.stem for root in roots for p in (root / folder).glob("*.yaml")})
        message = f"There is no file content/{folder}/{source}.yaml."
        check.problem(message, nearest(source, known), "source")
        return None
    stat = path.stat()
    found = _yaml_file(path, stat.st_mtime_ns, stat.st_size)
    if found.fault is not None:
        where = f"{path.name}:{found.fault.line + 1}:{found.fault.column + 1}"
        check.problem(f"{where}: {found.fault.message}", "Mend that file.", "source")
    return found.value


def _vote(check: _Check) -> None:
    check.keys(check.fields, _VOTE_KEYS)
    options = check.fields.get("options")
    if not isinstance(check.fields.get("question"), str):
        check.problem("A vote needs a question.", "Write 'question: …'.", "question")
    if not isinstance(options, list) or len(options) < 2:
        check.problem("A vote needs two options or more.", "Write 'options: [a, b]'.", "options")
        options = options if isinstance(options, list) else []
    check.out.data["options"] = [str(option) for option in options]


def _label(check: _Check) -> None:
    check.keys(check.fields, _LABEL_KEYS)
    pairs = check.fields.get("pairs")
    good = isinstance(pairs, list) and all(
        isinstance(pair, dict)
        and {"a", "b"} <= pair.keys()
        or isinstance(pair, list)
        and len(pair) == 2
        for pair in pairs
    )
    if check.fields.get("source") is None and not (good and pairs):
        check.problem("A label block needs pairs.", "Write '- {prompt: …, a: …, b: …}'.", "pairs")


def _play(check: _Check) -> None:
    check.keys(check.fields, _PLAY_KEYS)
    if check.fields.get("play", "cartpole") != "cartpole":
        message = f"There is no game '{check.fields['play']}'."
        check.problem(message, "Did you mean 'cartpole'?", "play")
    check.out.data.setdefault("play", "cartpole")


_KINDS: dict[str, Callable[[_Check], None]] = {
    "sim": _sim,
    "timeline": _timeline,
    "published": _published,
    "vote": _vote,
    "label": _label,
    "play": _play,
}


def stamp() -> tuple[tuple[str, int], ...]:
    """Changes when a simulation's source does."""
    paths = [*spec.HERE.glob("*.py"), *spec.HERE.glob("*/__init__.py")]
    return tuple(sorted((str(path), path.stat().st_mtime_ns) for path in paths))


@functools.lru_cache(maxsize=4)
def _sim_names(_stamp: object) -> list[str]:
    return spec.names()


@functools.lru_cache(maxsize=256)
def _sim_fields(name: str, _stamp: object) -> tuple[spec.Field, ...] | str:
    try:
        return spec.fields(name)
    except (spec.SpecError, SyntaxError, ValueError, IndexError, TypeError) as error:
        return f"The parameters of '{name}' cannot be read: {error}"


def _sim_value(name: str, key: str, value: Any, stamp: object) -> dict[str, Any]:
    """One checked parameter. SpecError when it does not exist or is out of bounds."""
    return {key: _sim_checked(name, key, json.dumps(value), stamp)}


@functools.lru_cache(maxsize=1024)
def _sim_checked(name: str, key: str, value: str, _stamp: object) -> spec.Value:
    return spec.check(name, {key: json.loads(value)})[key]


@functools.lru_cache(maxsize=64)
def _yaml_file(path: Path, _mtime: int, _size: int) -> yamltext.Yaml:
    return yamltext.read(path.read_text(encoding="utf-8", errors="replace"))
