"""Frames on their way out of a simulation: checked once, written as JSON once.

The text that `stream` yields is the text that the browser gets: no process in between parses it.
Worker processes and the command line share this file, so both refuse the same frames.
"""

import json
import numbers
import os
import re
import sys
import traceback
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from sims.declarations import PROGRESS, STEP, Column, columns_of
from sims.nearest import nearest
from sims.spec import Simulation

MAX_FRAME_BYTES = 1_000_000  # a scene of 10,000 points is about a tenth of this
LONGEST_MESSAGE, LONGEST_DETAIL = 300, 20_000  # characters of what a simulation raised


REFUSED = "bad input"  # stands for the traceback where a simulation refused what it was given
_LARGEST = sys.float_info.max  # a browser reads a larger whole number as infinite
_CONTROL = re.compile("[\\0-\\x08\\x0b-\\x1f\\x7f-\\x9f]")
_ROUNDING = 1e-6  # of a share that was summed up
YIELD = "it must yield at least one frame: a dict with `step` and the values to draw."


class FrameError(ValueError):
    """A frame that breaks the contract of simulations; the message says which part and why."""


def stream(module: Simulation, params: Any) -> Iterator[str]:
    """Every frame of one run as a line of JSON (ASCII, without the line feed).

    Numbers are Python's, NumPy's (arrays too) or torch's: all are written as JSON has them. Raises
    FrameError for a run without frames, and for a frame that is not a dict, does not count its
    steps, has other keys than the simulation's `Columns` (if it declares any) or than the frame
    before, holds something that is not JSON or not finite, or is larger than MAX_FRAME_BYTES.
    """
    frames, keys, index = module.run(params), None, -1
    if not isinstance(frames, Iterable):
        raise FrameError(f"`run` returned {_type(frames)}; {YIELD}")
    for index, frame in enumerate(frames):
        try:
            text = _encode(frame, index, keys)
            if keys is None:
                _hold(frame, columns_of(module), params)
        except FrameError as error:
            line = getattr(getattr(frames, "gi_frame", None), "f_lineno", 0)
            file = getattr(module, "__file__", None)
            raise FrameError(f"{place(file, line)}: {error}" if file and line else error) from None
        keys = frame.keys()
        yield text
    if index < 0:
        raise FrameError(f"`run` ended without a frame; {YIELD}")


def _hold(frame: dict[str, Any], declared: tuple[Column, ...], params: Any) -> None:
    """Hold the keys of a frame to the columns that a run with these parameters has."""
    if not declared:
        return
    named = vars(params)
    wanted = {column.name for column in declared if column.is_of(named)}
    for key in frame.keys() - wanted - {STEP.name, PROGRESS.name}:
        near = nearest(str(key), sorted(wanted - frame.keys()), "Declare it, or do not yield it.")
        raise FrameError(f"frame 0 has '{key}', which `Columns` does not declare. {near}")
    for key in sorted(wanted - frame.keys()):
        raise FrameError(f"frame 0 has no '{key}', which `Columns` declares.")


def is_refusal(error: BaseException) -> bool:
    """Whether a simulation refused its parameters or its model with a SpecError, a sentence.

    By name: a worker that has imported the simulations again has another class of that name.
    """
    return any(kind.__name__ == "SpecError" for kind in type(error).__mro__)


def _without_place(text: str) -> str:
    """Without the folder of the server's model, which is none of a visitor's business."""
    model = os.environ.get("PRACTICUM_MODEL")
    return text.replace(model, "the model") if model else text


def explain(
    error: BaseException, sim: str, num_frames: int, names_model: bool = False
) -> tuple[str, str]:
    """What went wrong, as a sentence for a viewer and as a traceback for the author.

    `names_model`: the sentence is for the person who started the program, so it says where the
    model lies.
    """
    sentence, detail = _explain(error, sim, num_frames)
    return sentence if names_model else _without_place(sentence), detail


def _explain(error: BaseException, sim: str, num_frames: int) -> tuple[str, str]:
    detail = "".join(traceback.format_exception(error))
    if len(detail) > LONGEST_DETAIL:
        detail = f"{detail[: LONGEST_DETAIL // 2]} … {detail[-LONGEST_DETAIL // 2 :]}"
    words = _words(error)
    if isinstance(error, FrameError):
        return f"{sim} broke off: {words}", detail
    if is_refusal(error):
        first = (words.strip().splitlines() or ["it refused its parameters."])[0]
        return f"{sim}: {first[:LONGEST_MESSAGE]}", REFUSED
    if isinstance(error, MemoryError) or "allocate memory" in words:
        return f"{sim} asked for more memory than a run may use. Try smaller numbers.", detail
    what = words.strip().rstrip(".").split("\n")[0][:LONGEST_MESSAGE] or "no reason given"
    if isinstance(error, SystemExit):
        what = f"it called sys.exit({words[:LONGEST_MESSAGE]}); let `run` return instead"
    where = _own_place(error, sim)
    return f"{sim} broke off at step {num_frames}: {what} ({type(error).__name__}{where}).", detail


def _words(error: BaseException) -> str:
    """What it says, without half characters and what gives orders to a terminal."""
    try:
        text = str(error)
    except Exception:  # its own words are broken as well
        return ""
    return _CONTROL.sub("?", text[:LONGEST_DETAIL]).encode("utf-8", "replace").decode()


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
        raise FrameError(f"frame {index} is of type {_type(frame)}; frames are dicts.")
    step = frame.get("step")
    if not isinstance(step, numbers.Real) or isinstance(step, bool) or step != index:
        found = "step " + _shown(step) if "step" in frame else "no step"
        raise FrameError(f"frame {index} has {found}; steps count 0, 1, 2, …")
    share = frame.get(PROGRESS.name, 0)
    if not is_share(share):
        raise FrameError(f"frame {index} has progress {_shown(share)}; it goes from 0 to 1.")
    if keys is None and (other := [key for key in frame if not isinstance(key, str)]):
        raise FrameError(f"frame {index} has the key {other[0]!r}; keys are strings.")
    if keys is not None and frame.keys() != keys:
        changed = ", ".join(sorted(map(str, frame.keys() ^ keys)))[:LONGEST_MESSAGE]
        raise FrameError(
            f"frame {index} differs from the one before in its keys: {changed}. "
            "Give every frame the same keys."
        )
    try:
        if any(isinstance(value, int) and abs(value) > _LARGEST for value in frame.values()):
            raise ValueError
        text = _dumps(frame)
    except (TypeError, ValueError, RecursionError):
        raise FrameError(_blame(frame, index)) from None
    if len(text) > MAX_FRAME_BYTES:
        largest = max(frame, key=lambda key: len(_dumps(frame[key])))
        raise FrameError(
            f"frame {index} is {len(text) / 1e6:.1f} MB long, most of it in '{largest[:40]}'; "
            f"the limit is {MAX_FRAME_BYTES / 1e6:g} MB. Yield fewer numbers a frame."
        )
    return text


def _shown(value: Any) -> str:
    """What stands where a number should, in a sentence."""
    if isinstance(value, int) and abs(value) > _LARGEST:
        return "of more than 300 digits"  # too many for Python to write
    is_short = isinstance(value, numbers.Real | str)
    return repr(value)[:40] if is_short else f"of type {_type(value)}"


def is_share(value: Any) -> bool:
    """Whether `progress` may have this value: a number from 0 to 1, but for rounding."""
    if isinstance(value, bool | str):
        return False
    try:
        return -_ROUNDING <= float(value) <= 1 + _ROUNDING
    except (TypeError, ValueError, OverflowError, RuntimeError):
        return False


def _dumps(value: Any) -> str:
    return json.dumps(value, allow_nan=False, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> Any:
    """NumPy scalars and arrays and torch tensors as plain numbers and lists."""
    try:
        made = value.tolist()
        return float(made) if type(made) is type(value) else made  # of `numpy.longdouble`
    except Exception:  # no array at all, or one without numbers (sparse, on another device)
        raise TypeError(_type(value)) from None


def _type(value: Any) -> str:
    return type(value).__name__


def _blame(frame: dict[Any, Any], index: int) -> str:
    """Name the entry that could not be written."""
    for key, value in frame.items():
        if not isinstance(key, str):
            return f"frame {index} has the key {key!r}; keys are strings."
        if isinstance(value, int) and abs(value) > _LARGEST:
            return f"frame {index}: '{key}' {_fault(value, 'digits')}"
        try:
            _dumps(value)
        except ValueError as error:  # not finite, too many digits, or a list that holds itself
            return f"frame {index}: '{key}' {_fault(value, str(error))}"
        except (TypeError, RecursionError) as error:
            return (
                f"frame {index}: '{key}' cannot be written as JSON ({error}). "
                "Frames hold numbers, texts, and lists and dicts of them."
            )
    return f"frame {index} cannot be written as JSON."


def _fault(value: Any, error: str) -> str:
    if "circular" in error.lower():
        return "contains itself. Yield a copy of it."
    if "digits" in error:
        return "has more digits than JSON can carry. Yield its logarithm, or a float."
    shown = "in part infinite or not a number"
    if isinstance(value, numbers.Real):  # of NumPy too
        shown = f"{float(value)}"
    return f"is {shown}; frames hold finite numbers."
