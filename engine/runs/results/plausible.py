"""Whether what a file of a finished run says can be true: nothing of it is shown unchecked.

Anything else than a worker would have let through (`frames.stream`) raises ValueError.
"""

import json
import math
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from engine.runs.frames import MAX_FRAME_BYTES, is_share
from engine.runs.job import Job

DATE = "%Y-%m-%d %H:%M"
LONGEST_NUMBER = 308  # digits
TEXTS = ("sim", "source", "date")
FIGURES = ("seconds", "cpu_seconds", "peak_mb")  # the latter two where they could be measured


def check_about(about: Any, job: Job) -> dict[str, Any]:
    """The first line of a file, if it is that of a run of `job` and holds all that it must."""
    if not isinstance(about, dict):
        raise ValueError("its first line is not an object")
    known = {*TEXTS, *FIGURES, "params", "versions"}
    if lacks := known - {"cpu_seconds", "peak_mb"} - about.keys() or about.keys() - known:
        raise ValueError(f"its first line lacks or adds {', '.join(sorted(map(str, lacks)))}")
    if not all(isinstance(about[name], str) for name in TEXTS):
        raise ValueError("its first line names no simulation, source or date")
    datetime.strptime(about["date"], DATE)
    for name in FIGURES:
        figure = about.get(name, 0)
        if not isinstance(figure, int | float) or isinstance(figure, bool) or figure < 0:
            raise ValueError(f"its {name} is not a figure")
    versions = about["versions"]
    if not isinstance(versions, dict) or not all(isinstance(one, str) for one in versions.values()):
        raise ValueError("its versions are not texts")
    if about["sim"] != job.sim or _typed(about["params"]) != _typed(dict(job.params)):
        raise ValueError("it is the run of another job")
    return about


def check_frames(texts: Sequence[str]) -> None:
    """Objects of finite numbers with equal keys, whose steps count 0, 1, 2, …"""
    keys = None
    for index, text in enumerate(texts):
        frame = parse(text) if len(text) <= MAX_FRAME_BYTES else None
        if not isinstance(frame, dict):
            raise ValueError(f"frame {index} is not an object, or too long")
        if isinstance(frame.get("step"), bool) or frame.get("step") != index:
            raise ValueError(f"frame {index} has another step")
        if not is_share(frame.get("progress", 0)):
            raise ValueError(f"frame {index} has a progress that is not a share")
        if keys is not None and frame.keys() != keys:
            raise ValueError(f"frame {index} has other keys than the one before")
        keys = frame.keys()
    if keys is None:
        raise ValueError("it has no frame")


def parse(text: str) -> Any:
    """JSON as the browser reads it: no NaN and nothing that overflows. Raises ValueError."""
    try:
        return json.loads(text, parse_float=_finite, parse_int=_whole, parse_constant=_finite)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _whole(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise ValueError(f"{text[:20]}… is infinite in a browser")
    return int(text)


def _finite(text: str) -> float:
    if not math.isfinite(number := float(text)):
        raise ValueError(f"{text} is not finite")
    return number


def _typed(params: Any) -> str:
    """`1`, `1.0` and `true` are equal in Python, and not the same parameter."""
    return json.dumps(params, sort_keys=True)
