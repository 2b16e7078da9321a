"""Work on what a stranger wrote, in a child process that may take so much and no more.

A child answers one question at a time: it calls one function of ours with a JSON value and sends
its JSON result back. It limits its own processor time and memory; its parent limits the time on
the clock and what is sent back. Whatever a question does, the asker gets an answer or `Refused`,
and the next question gets a fresh child. A child ends when its input does, so with its parent; one
that is at work ends at its limit of processor time.

Popen and not multiprocessing, whose children would run the page again that Streamlit has made
`__main__`.
"""

import contextlib
import importlib
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import traceback
from dataclasses import dataclass
from typing import Any

from engine import portable
from engine.paths import child_environment

_START_SECONDS = 30.0  # on the clock, for the imports of a fresh child on a busy machine


@dataclass(frozen=True)
class Limits:
    """What the answer to one question may take."""

    cpu_seconds: float
    clock_seconds: float
    memory_mb: int = 768  # of address space, above what the imports have taken
    output_mb: int = 32


class Refused(Exception):
    """There is no answer; the message is a clause that says why ("it takes more than …")."""

    def __init__(self, why: str, *, may_pass: bool = False) -> None:
        super().__init__(why)
        self.may_pass = may_pass  # the machine may be to blame: worth another try later


class Child:
    """One child process for the function `module:name`, started when it is first needed.

    Not for two threads at a time.
    """

    def __init__(self, function: str, limits: Limits) -> None:
        self._function = function
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def ask(self, value: Any) -> Any:
        """What the function says to `value`. Raises `Refused` when there is no answer."""
        is_fresh = self._process is None
        process = self._process = self._process or self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        clock = self._limits.clock_seconds + (_START_SECONDS if is_fresh else 0)
        is_late = threading.Event()
        timer = threading.Timer(clock, lambda: (is_late.set(), process.kill()))
        timer.daemon = True
        timer.start()
        try:
            with contextlib.suppress(OSError):  # it has ended: reading says how
                process.stdin.write(json.dumps([value, self._limits.cpu_seconds]).encode() + b"\n")
                process.stdin.flush()
            line = process.stdout.readline((self._limits.output_mb << 20) + 1)
        finally:
            timer.cancel()
        if not line.endswith(b"\n"):
            raise self._refused(is_late.is_set(), len(line))
        answer = json.loads(line)
        if "fault" in answer:
            if answer["detail"]:
                logging.getLogger(__name__).error("%s\n%s", answer["fault"], answer["detail"])
            raise Refused(answer["fault"])
        return answer["value"]

    def kill(self) -> None:
        """End the process from another thread; who waits for its answer is refused."""
        if process := self._process:
            process.kill()

    def close(self) -> None:
        """End the process; the next question starts another."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def _started(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [
                sys.executable,
                "-P",
                "-m",
                "engine.guard",
                self._function,
                str(self._limits.memory_mb),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=child_environment(),
        )

    def _refused(self, is_late: bool, num_bytes: int) -> Refused:
        """Why there was no whole line, once the child has ended."""
        limits, process = self._limits, self._process
        assert process is not None
        self.close()
        if num_bytes > limits.output_mb << 20:
            return Refused(f"it makes more than {limits.output_mb} MB of slides")
        if is_late:
            return Refused(f"it took more than {limits.clock_seconds:g} s", may_pass=True)
        if hasattr(signal, "SIGPROF") and process.returncode == -signal.SIGPROF:
            return Refused(f"it takes more than {limits.cpu_seconds:g} s of processor time")
        return Refused("the process that reads it has ended", may_pass=True)


def _answer(call: Any, value: Any) -> dict[str, Any]:
    try:
        return {"value": call(value)}
    except MemoryError:
        return {"fault": "it takes too much memory", "detail": ""}
    except RecursionError:
        return {"fault": "its parts are nested too deeply", "detail": ""}
    except Exception as error:
        detail = traceback.format_exc()
        return {"fault": f"the server failed on it ({type(error).__name__})", "detail": detail}


def _limit_time(seconds: float) -> None:
    """Let the system end this process after so much processor time from now; 0: no limit."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)  # SIGPROF, unhandled, ends a process


def main() -> None:
    """Answer questions until the input ends."""
    module, _, name = sys.argv[1].partition(":")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what is printed goes to the parent's log
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent
    call = getattr(importlib.import_module(module), name)
    portable.limit_memory(int(sys.argv[2]))
    for line in sys.stdin.buffer:
        value, seconds = json.loads(line)
        _limit_time(seconds)
        try:
            text = json.dumps(_answer(call, value))
        except (TypeError, ValueError, RecursionError, MemoryError) as error:
            fault = f"its slides cannot be sent ({type(error).__name__})"
            text = json.dumps({"fault": fault, "detail": ""})
        _limit_time(0)
        try:
            answers.write(text.encode() + b"\n")
            answers.flush()
        except BrokenPipeError:  # the parent is gone; closing the pipe would fail again
            os._exit(0)


if __name__ == "__main__":
    main()
