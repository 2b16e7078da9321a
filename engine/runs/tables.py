"""Frames as a pandas table: one row a frame, and in `.attrs` what the numbers are and whose.

Pandas is imported by who asks for a table, never by a server that only passes frames on.
"""

import io
import json
from collections.abc import Hashable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from engine import __version__
from engine.runs.job import Job
from engine.runs.results.identity import source_hash, versions
from sims import spec
from sims.spec import Frame, Value

if TYPE_CHECKING:
    from pandas import DataFrame

SEED = "seed"
OF_FRAMES = "_frame"  # ends the name of a column that a parameter of the same name stands beside
Part = tuple[Mapping[str, Value], Sequence[Frame]]  # what tells a run from the others; its frames


def table(parts: Sequence[Part]) -> "DataFrame":
    """The rows of several runs, one after the other. What tells the runs apart (varied parameters,
    the seed) becomes the first columns; where the frames have a column of that name, theirs gets
    `_frame` behind it."""
    import pandas as pd

    keys = list(dict.fromkeys(name for told, _ in parts for name in told))
    made = []
    for told, frames in parts:
        rows = pd.DataFrame.from_records(list(frames))
        rows = rows.rename(columns={name: f"{name}{OF_FRAMES}" for name in told})
        made.append(rows.assign(**told).reindex(columns=[*told, *rows.columns]))
    joined = pd.concat(made, ignore_index=True) if made else pd.DataFrame()
    return joined.reindex(columns=list(dict.fromkeys([*keys, *joined.columns])))


def identity(jobs: Sequence[Job], columns: Iterable[str] = ()) -> dict[Hashable, Any]:
    """What `.attrs` of a table say: the simulation, the parameters that all runs share, the unit
    and the meaning of each column, and what decided the numbers. Plain JSON."""
    sim, every = jobs[0].sim, [dict(job.params) for job in jobs]
    shared = {
        name: value
        for name, value in every[0].items()
        if all(params[name] == value for params in every)
    }
    known = {column.name: column for column in spec.columns(sim)}
    known |= {f"{name}{OF_FRAMES}": column for name, column in known.items()}
    units = {name: known[name].unit for name in columns if name in known and known[name].unit}
    fields = {field.name: field for field in spec.fields(sim)}
    units |= {name: fields[name].unit for name in columns if name in fields and fields[name].unit}
    return {
        "sim": sim,
        "params": shared,
        "units": units,
        "meanings": {name: known[name].meaning for name in columns if name in known},
        "source": source_hash(sim),
        "versions": {"practicum": __version__, **versions()},
    }


def of_jobs(
    jobs: Sequence[Job], frames: Sequence[Sequence[Frame]], varied: Sequence[str] = ()
) -> "DataFrame":
    """The table of several runs of one simulation: the `varied` parameters come first, then others
    that differ between the runs, then the seed, if it has one, then what its frames hold."""
    every = [dict(job.params) for job in jobs]
    others = [name for name in every[0] if any(one[name] != every[0][name] for one in every)]
    seed = [SEED] if SEED in every[0] else []
    told = [*(one for one in dict.fromkeys([*varied, *others]) if one != SEED), *seed]
    parts = [
        ({name: params[name] for name in told}, rows)
        for params, rows in zip(every, frames, strict=True)
    ]
    made = table(parts)
    made.attrs = identity(jobs, made.columns)
    return made


def write(rows: "DataFrame", target: Path | BinaryIO, kind: str) -> None:
    """Write a table as "csv" or "parquet"; a cell that holds a list is JSON in CSV, and in Parquet
    where that has no type for it. Raises OSError."""
    lists = [name for name in rows.columns if _holds_list(rows[name])]
    if kind == "parquet":
        lists = [name for name in lists if not _fits_parquet(rows.filter([name]))]
    plain = rows.assign(**{name: rows[name].map(json.dumps) for name in lists})
    if kind == "parquet":
        plain.to_parquet(target, index=False)
    else:
        plain.to_csv(target, index=False)


def packed(rows: "DataFrame", kind: str) -> bytes:
    """What `write` writes."""
    target = io.BytesIO()
    write(rows, target, kind)
    return target.getvalue()


def _holds_list(cells: Any) -> bool:
    return cells.dtype == object and cells.map(lambda cell: isinstance(cell, list | dict)).any()


def _fits_parquet(rows: "DataFrame") -> bool:
    import pyarrow

    try:
        pyarrow.Table.from_pandas(rows, preserve_index=False)
    except pyarrow.ArrowException:
        return False
    return True
