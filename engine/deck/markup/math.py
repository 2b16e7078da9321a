"""TeX to HTML with KaTeX, `trust` off. Formulas are rendered by a child process (see `katex`)."""

import atexit
import contextlib
import functools
import html
import importlib.util
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

LONGEST = 5_000  # characters of one formula
DEADLINE = 30.0  # seconds without an answer from the child, which limits its processor time itself
_MOST_KNOWN = 8_192
_MOST_AHEAD = 2_000  # formulas that may be asked for before they are needed
_UNTRUSTED = re.compile(r"\\(href|url|includegraphics|html(?:Class|Id|Style|Data))(?![A-Za-z])")
_CANDIDATE = re.compile(r"(?<!\\)(?:\$\$(.+?)\$\$|\$((?:\\.|[^$\\])+?)\$)", re.DOTALL)


@dataclass(frozen=True)
class Formula:
    """A rendered formula, and a sentence if it could not be rendered (then it shows as code)."""

    html: str
    fault: str = ""


_known: dict[tuple[str, bool], Formula] = {}  # a cache: formulas are the cost of a deck


def render(tex: str, display: bool) -> Formula:
    """HTML and MathML of a formula. Never raises, unless pykatex is not installed."""
    found = _known.get((tex, display))
    if found is None:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        found = _known[tex, display] = _render(tex, display)
    return found


def start() -> None:
    """Start KaTeX, so that it is ready by the first formula."""
    _KATEX.running()


def look_ahead(texts: Iterable[str]) -> None:
    """Let KaTeX begin with what look like the formulas of these texts, while we read Markdown.

    A wrong guess costs KaTeX's time only: what is shown is decided by `render`.
    """
    guesses = dict.fromkeys(one for text in texts for one in _guesses(text))
    _KATEX.ask_ahead([one for one in guesses if one not in _known])


@functools.lru_cache(maxsize=4096)
def _guesses(text: str) -> tuple[tuple[str, bool], ...]:
    if "$" not in text:
        return ()
    found = ((m[1] or m[2], m[1] is not None) for m in _CANDIDATE.finditer(text))
    return tuple(one for one in found if len(one[0]) <= LONGEST)


def _render(tex: str, display: bool) -> Formula:
    if len(tex) > LONGEST:
        return _failed(tex, f"This formula is longer than {LONGEST} characters.")
    if match := _UNTRUSTED.search(tex):
        return _failed(tex, f"\\{match[1]} is not allowed in a formula.")
    kind, text = _KATEX.ask(tex, display)
    if kind == "H":
        return Formula(text)
    reason = html.unescape(text).removeprefix("ParseError: ").removeprefix("KaTeX parse error: ")
    reason = re.sub(r"[\u0332\s]+", " ", reason).strip()  # without the marks under faulty letters
    return _failed(tex, f"This formula cannot be read: {reason[:160].rstrip('.')}.")


def _failed(tex: str, fault: str) -> Formula:
    return Formula(f'<code class="math-error">{html.escape(tex.strip())}</code>', fault)


Answer = tuple[str, str]  # "H" and HTML, "F" and a reason, or "L" and a reason from a dying child
_CRASHED: Answer = ("L", "KaTeX crashed on it")
_TOO_LONG: Answer = ("L", "KaTeX takes too long on it; a macro may be used too often")
_BEHIND: Answer = ("L", "the child ended on a formula before it")


class _Child:
    """One child process; a thread takes its answers, which come in the order of the questions."""

    def __init__(self) -> None:
        found = importlib.util.find_spec("pykatex")
        if found is None or found.origin is None:
            raise ModuleNotFoundError("Formulas need the package pykatex.")
        program = [sys.executable, "-I", "-S", str(Path(__file__).with_name("katex.py"))]
        self._process = subprocess.Popen(
            [*program, str(Path(found.origin).parent)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.pid = self._process.pid
        self._lock = threading.Lock()
        self._asked: list[Future[Answer]] = []
        self._gone = False
        self._is_late = False  # it was ended because it did not answer in time
        self._has_left = False  # it said that it ends
        self._heard_at = time.monotonic()  # its last answer, or its first question
        self._questions: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, name="katex", daemon=True)
        self._reader.start()
        # A thread of its own, because a pipe that is full would stop the caller.
        threading.Thread(target=self._write, name="katex-questions", daemon=True).start()

    def ask(self, tex: str, display: bool) -> Future[Answer]:
        """The answer to come; when the child is gone, the answer that it is."""
        question = ("D" if display else "I") + tex.replace("\0", " ").replace("\n", "\0") + "\n"
        future: Future[Answer] = Future()
        with self._lock:
            if self._gone:
                future.set_result(_BEHIND)
                return future
            if not self._asked:
                self._heard_at = time.monotonic()
            self._asked.append(future)
            self._questions.put(question.encode("utf-8", "replace"))
        return future

    def answer(self, future: Future[Answer]) -> Answer:
        """Wait for an answer; a child that gives none for too long (it may be stopped) is ended."""
        while True:
            try:
                return future.result(timeout=DEADLINE / 10)
            except TimeoutError:
                self._end_if_late()

    def _end_if_late(self) -> None:
        with self._lock:
            if self._asked and time.monotonic() - self._heard_at > DEADLINE:
                self._is_late = True
                self._process.kill()

    def _write(self) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(OSError, ValueError):  # it ended: the reader says so
            while question := self._questions.get():
                self._process.stdin.write(question)
                self._process.stdin.flush()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._lock:
                future, self._heard_at = self._asked.pop(0), time.monotonic()
            text = line.decode("utf-8", "replace").rstrip("\n").replace("\0", "\n")
            self._has_left = text[:1] == "L"
            future.set_result((text[:1], text[1:]))
        code = self._process.wait()
        with self._lock:
            self._gone, left = True, self._asked
            self._questions.put(None)
        is_late = self._is_late or (hasattr(signal, "SIGPROF") and code == -signal.SIGPROF)
        first = _BEHIND if self._has_left else _TOO_LONG if is_late else _CRASHED
        for place, future in enumerate(left):  # only the first of them was being worked on
            future.set_result(_BEHIND if place else first)

    def stop(self) -> None:
        """End the process and take leave of its pipes."""
        self._process.kill()
        self._reader.join()
        with contextlib.suppress(OSError):
            self._process.communicate()


class _Katex:
    """The child of this process, started again when a formula brought it down."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: _Child | None = None
        self._ahead: dict[tuple[str, bool], tuple[_Child, Future[Answer]]] = {}

    def ask(self, tex: str, display: bool) -> Answer:
        with self._lock:
            asked = self._ahead.pop((tex, display), None)
        num_crashes = 0
        while True:
            child, future = asked or self._asked(tex, display)
            asked, answer = None, child.answer(future)
            if answer[0] == "L":
                self._drop(child)
            # Each child that ends takes one formula with it, so there is an end to this waiting.
            if answer is _BEHIND:
                continue
            # A child may have been ended by somebody else: only a second crash is the formula's.
            num_crashes += answer is _CRASHED
            if answer is not _CRASHED or num_crashes > 1:
                return answer

    def ask_ahead(self, formulas: list[tuple[str, bool]]) -> None:
        if len(self._ahead) > _MOST_AHEAD:  # guesses that nobody asked for
            self._ahead.clear()
        for one in formulas[:_MOST_AHEAD]:
            if one not in self._ahead:
                self._ahead[one] = self._asked(*one)

    def _asked(self, tex: str, display: bool) -> tuple[_Child, Future[Answer]]:
        child = self.running()
        return child, child.ask(tex, display)

    def running(self) -> _Child:
        with self._lock:
            if self._child is None:
                self._child = _Child()
            return self._child

    def stop(self) -> None:
        if self._child is not None:
            self._drop(self._child)

    def _drop(self, child: _Child) -> None:
        with self._lock:
            if self._child is child:
                self._child = None
        child.stop()


_KATEX = _Katex()
atexit.register(_KATEX.stop)
