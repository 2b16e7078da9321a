"""Frames on their way out of a simulation: checked once, written as JSON once.

The text that `stream` yields is the text that the browser gets: no process in between parses it.
Worker processes and the command line share this file, so both refuse the same frames.
"""

import json
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sims.spec import Simulation

MAX_FRAME_BYTES = 1_000_000  # a scene of 10,000 points is about a tenth of this


class FrameError(ValueError):
    """A frame that breaks the contract of simulations; the message says which part and why."""


def stream(module: Simulation, params: Any) -> Iterator[str]:
    """Every frame of one run as a line of JSON (ASCII, without the line feed).

    Raises FrameError for a frame that is no dict, does not count its steps, changes its keys,
    holds something that is not JSON or not finite, or is larger than MAX_FRAME_BYTES.
    """
    frames, keys = module.run(params), None
    for index, frame in enumerate(frames):
        try:
            text = _encode(frame, index, keys)
        except FrameError as error:
            line = getattr(getattr(frames, "gi_frame", None), "f_lineno", 0)
            file = getattr(module, "__file__", None)
            raise FrameError(f"{place(file, line)}: {error}" if file and line else error) from None
        keys = frame.keys()
        yield text


def explain(error: BaseException, sim: str, num_frames: int) -> tuple[str, str]:
    """What went wrong, as a sentence for a viewer and as a traceback for the author."""
    detail = "".join(traceback.format_exception(error))
    if isinstance(error, FrameError):
        return f"{sim} broke off: {error}", detail
    if isinstance(error, MemoryError) or "allocate memory" in str(error):
        return f"{sim} asked for more memory than a run may use. Try smaller numbers.", detail
    what = str(error).strip().rstrip(".").split("\n")[0] or "no reason given"
    where = _own_place(error, sim)
    return f"{sim} broke off at step {num_frames}: {what} ({type(error).__name__}{where}).", detail


def place(file: str, line: int) -> str:
    """`sims/bandit.py:42`: the last folder and the file, never where this machine keeps them."""
    path = Path(file)
    parts = path.parts[-3:] if path.name == "__init__.py" else path.parts[-2:]
    return f"{'/'.join(parts)}:{line}"


def _own_place(error: BaseException, sim: str) -> str:
    """The innermost line of the simulation itself: what it called is rarely to blame."""
    for entry in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(entry.filename)
        if sim in (path.stem, path.parent.name):
            return f", {place(entry.filename, entry.lineno or 0)}"
    return ""


def _encode(frame: Any, index: int, keys: Any) -> str:
    if not isinstance(frame, dict):
        raise FrameError(f"frame {index} is of type {type(frame).__name__}; frames are dicts.")
    if frame.get("step") != index:
        found = frame.get("step", "missing")
        raise FrameError(f"frame {index} has step {found}; steps count 0, 1, 2, …")
    if keys is not None and frame.keys() != keys:
        changed = ", ".join(sorted(map(str, frame.keys() ^ keys)))
        raise FrameError(f"frame {index} differs from the one before in its keys: {changed}.")
    try:
        text = _dumps(frame)
    except (TypeError, ValueError, RecursionError):
        raise FrameError(_blame(frame, index)) from None
    if len(text) > MAX_FRAME_BYTES:
        size = f"{len(text) / 1e6:.1f} MB"
        raise FrameError(
            f"frame {index} is {size} long; the limit is {MAX_FRAME_BYTES / 1e6:g} MB."
        )
    return text


def _dumps(value: Any) -> str:
    return json.dumps(value, allow_nan=False, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> Any:
    """NumPy scalars and arrays and torch tensors as plain numbers and lists."""
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(type(value).__name__)


def _blame(frame: dict[Any, Any], index: int) -> str:
    """Name the entry that could not be written."""
    for key, value in frame.items():
        if not isinstance(key, str):
            return f"frame {index} has the key {key!r}; keys are strings."
        try:
            _dumps(value)
        except ValueError as error:  # not finite, or a list that holds itself
            if "circular" in str(error).lower():
                return f"frame {index}: '{key}' contains itself."
            shown = f"{value}" if isinstance(value, float) else "in part infinite or not a number"
            return f"frame {index}: '{key}' is {shown}; frames hold finite numbers."
        except (TypeError, RecursionError) as error:
            return f"frame {index}: '{key}' cannot be written as JSON ({error})."
    return f"frame {index} cannot be written as JSON."
