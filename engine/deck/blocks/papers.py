"""Published data: curves of papers, in content/published, as the data that the browser gets.

NAME.csv holds the numbers, a row each: `series,x,y`. NAME.yaml says where they come from:

    source        key of the work in the bibliography; the slide cites it
    where         author, year, and the table, figure or sentence
    how_obtained  table, text, figure (then `read_by` says who read it off) or derived
    accuracy      how far the numbers can be trusted
    x_label, y_label, x_scale, y_scale (linear or log); kind: bar for words on the x axis
    series        {name: {colour: of the palette, kind: line or points}}, in the order of drawing
    shown         the series that are drawn where a block names none
"""

import csv
import functools
import io
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from engine.deck.blocks.check import Check, is_file
from engine.deck.course import content_folders
from engine.deck.markup.state import Cite
from engine.deck.model import Problem
from engine.deck.schema.content_models import PublishedHeader
from engine.deck.schema.deck_json import PaperJson
from engine.deck.schema.validation import fit
from engine.deck.source import textfile, yamltext
from sims.nearest import nearest

COLUMNS = ["series", "x", "y"]


@dataclass(frozen=True)
class Read:
    """A pair of files as read: what the browser gets (None if it cannot be), and the problems."""

    content: PaperJson | None
    problems: tuple[Problem, ...]
    source_line: int = 1  # of the header, which names the work


def published(check: Check, key: str = "source") -> PaperJson | None:
    """The data named by the field `key` of a block; None, and a problem, if it is not whole."""
    name = check.fields.get(key)
    if not isinstance(name, str) or not name or "/" in name or "\\" in name:
        fix = "Write the NAME of a file content/published/NAME.yaml."
        check.problem(f"'{key}' needs the name of published data.", fix, key)
        return None
    folders = [root / "published" for root in content_folders(check.folder)]
    check.out.files += [str(folder / f"{name}{end}") for folder in folders for end in _ENDS]
    path = next((one / f"{name}.yaml" for one in folders if is_file(one / f"{name}.yaml")), None)
    if path is None:
        known = sorted({one.stem for folder in folders for one in folder.glob("*.yaml")})
        message = f"There is no file content/published/{name}.yaml."
        fix = nearest(name, known, "Put it into content/published.")
        check.problem(message, fix, key)
        return None
    found = read(path, check.folder)
    for one in found.problems:
        where = f"{Path(one.file).name}:{one.line}"
        check.problem(f"{where}: {one.message}", one.fix or "Fix that file.", key)
    if found.content is None or found.problems:
        return None
    line = check.raw.line + 1 + check.raw.yaml.place(key)[0]
    origin = f"{path.name}:{found.source_line}"
    check.out.cites.append(Cite(found.content["source"], line, origin=origin))
    return _chosen(check, found.content, name)


def _chosen(check: Check, content: PaperJson, name: str) -> PaperJson:
    """The series that the block names, else those of the header's `shown`, else all."""
    by_name = {one["label"]: one for one in content["series"]}
    wanted = check.names("series") or content.get("shown") or list(by_name)
    for one in wanted:
        if one not in by_name:
            message = f"{name} has no series '{one}'."
            fix = nearest(one, list(by_name))
            check.problem(message, fix, *check.place_of("series", one))
    series = [by_name[one] for one in wanted if one in by_name]
    return {**content, "series": series}


def faults(folder: Path) -> list[Problem]:
    """What is wrong with any published data that decks in `folder` could show."""
    return [problem for path in _files(folder) for problem in read(path, folder).problems]


def named_works(folder: Path) -> Iterator[tuple[str, Problem]]:
    """The work of each such file, and a problem at its place for when there is none."""
    for path in _files(folder):
        found = read(path, folder)
        if found.content is not None:
            yield found.content["source"], _problem(path, found.source_line, "")


def _files(folder: Path) -> list[Path]:
    roots = [root / "published" for root in content_folders(folder)]
    return [path for root in roots for path in sorted(root.glob("*.yaml"))]


_ENDS = (".yaml", ".csv")


def read(path: Path, folder: Path) -> Read:
    """The header at `path` and the table beside it, for decks in `folder`.

    Never raises; problems name file and line.
    """
    stamps = []
    for end in _ENDS:
        file = path.with_suffix(end)
        stamps.append((file.stat().st_mtime_ns, file.stat().st_size) if is_file(file) else None)
    return _read(path, folder, *stamps)


@functools.lru_cache(maxsize=64)
def _read(path: Path, folder: Path, _header: object, table: object) -> Read:
    problems: list[Problem] = []
    header, made = _header_of(path, folder, problems)
    file = path.with_suffix(".csv")
    if table is None:
        problems.append(_problem(path, 1, f"There is no table {file.name} beside it."))
        return Read(None, tuple(problems))
    points = _table(file, folder, header.get("kind") == "bar", problems)
    problems += _without_points(path, made, points) if points else []
    if not points or problems:
        return Read(None, tuple(problems))
    styles = header.pop("series", None) or {}
    names = [*styles, *(one for one in points if one not in styles)]
    series = [{"label": one, **(styles.get(one) or {}), "points": points[one]} for one in names]
    line = made.place("source")[0] + 1
    return Read(cast("PaperJson", {**header, "series": series}), (), line)


def _without_points(
    path: Path, made: yamltext.Yaml, points: dict[str, list[list[Any]]]
) -> Iterator[Problem]:
    """Series that the header names, and of which the table has no point."""
    header = made.value if isinstance(made.value, dict) else {}
    for key in ("series", "shown"):
        written = header.get(key)
        listed = written if isinstance(written, list) else None
        for index, one in enumerate(written if isinstance(written, list | dict) else ()):
            if one not in points:
                place = made.place(key, one if listed is None else str(index))
                message = f"{path.stem}.csv has no series '{one}'."
                yield _problem(path, place[0] + 1, message, nearest(str(one), points))


def _header_of(
    path: Path, folder: Path, problems: list[Problem]
) -> tuple[dict[str, Any], yamltext.Yaml]:
    """The fields of the header that are right, and all of it with the places."""
    made = yamltext.file(path, folder)
    if made.fault is not None:
        problems.append(_problem(path, made.fault.line + 1, made.fault.message, made.fault.fix))
        return {}, made
    problems += [note.problem(1, str(path)) for note in made.notes]
    header = dict(made.value) if isinstance(made.value, dict) else {}

    def note(message: str, fix: str, *place: str) -> None:
        problems.append(_problem(path, made.place(*place)[0] + 1, message, fix))

    fields, faults = fit(PublishedHeader, header)
    for one in faults:
        note(one.message, one.fix, *one.path)
    if header.get("how_obtained") == "figure" and not header.get("read_by"):
        note("The file does not say who read the figure.", "Write 'read_by: …'.", "how_obtained")
    return fields, made


def _table(
    path: Path, folder: Path, is_bar: bool, problems: list[Problem]
) -> dict[str, list[list[Any]]]:
    """The points of each series, in the order of the file."""
    try:
        text, odd = textfile.data(path, folder)
    except OSError as error:
        problems.append(_problem(path, 1, f"This table cannot be read: {error}.", "Check it."))
        return {}
    problems += [replace(odd, severity="error")] if odd else []
    rows = csv.reader(io.StringIO(text), strict=True)
    points: dict[str, list[list[Any]]] = {}
    try:
        for row in rows:
            if rows.line_num == 1:
                if row != COLUMNS:
                    problems.append(_problem(path, 1, *_no_head(row)))
                    return {}
            elif row:
                point = _point(row, is_bar)
                if isinstance(point, str):
                    fix = "Write series,x,y with points in the numbers: red,1,0.5."
                    problems.append(_problem(path, rows.line_num, point, fix))
                else:
                    points.setdefault(row[0], []).append(point)
    except csv.Error as error:
        fix = "Quote a text that holds a comma, and close the quotes."
        problems.append(_problem(path, rows.line_num, f"This is not CSV: {error}.", fix))
    if not points and not problems:
        problems.append(_problem(path, 1, "The table has no rows.", "Write a row a point."))
    return points


def _no_head(row: list[str]) -> tuple[str, str]:
    """(what, fix) of a first line that is not COLUMNS."""
    for mark, name in ((";", "semicolons"), ("\t", "tabs")):
        if mark.join(COLUMNS) == ",".join(row):
            what = f"The columns are separated by {name}, not by commas."
            return what, "Save it with commas, and with points in the numbers."
    return "The first line names no columns.", f"Write '{','.join(COLUMNS)}' there."


def _point(row: list[str], is_bar: bool) -> list[Any] | str:
    """[x, y] of a row, or what is wrong with it."""
    if len(row) != len(COLUMNS):
        return f"This row has {len(row)} values, not {len(COLUMNS)}."
    found: list[Any] = []
    for column, text in zip(COLUMNS[1:], row[1:], strict=True):
        if is_bar and column == "x":
            found.append(text)
            continue
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            return f"The {column} '{text}' is not a number."
        found.append(int(number) if number.is_integer() else number)
    return found


def _problem(path: Path, line: int, message: str, fix: str = "") -> Problem:
    return Problem(message, fix, line, 1, file=str(path))
