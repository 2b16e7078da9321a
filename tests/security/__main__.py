"""Take each defence of SECURITY.md away and see its test fail: `make prove-security`.

    python -m tests.security [WORD …]

Works in a copy of this folder. First every test must pass there; then, one row after the other, the
defence goes and its test must fail. With words, only the rows are tried whose test holds one.
Each run of tests has a limit of its own: one that reaches it is ended, and that is said.
Exits with 1 when a row stays green, is red with its defence, has no end, or cannot be tried.
"""

import argparse
import contextlib
import itertools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as xml
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psutil

from tests.security.defences import (
    ROOT,
    Defence,
    Outdated,
    defences,
    modules,
    name_of,
    rows,
    without,
)

LEFT_OUT = (".git", ".venv", ".*_cache", ".hypothesis", "__pycache__", "node_modules", "build")
# Without its defence a test has no end that takes longer, and so many times its own.
LEAST_SECONDS, TIMES, MOST_SECONDS = 180.0, 10.0, 600.0
START_SECONDS, EACH_SECONDS = 120.0, 180.0  # of the tests of one file with all defences
GREEN, RED, ENDLESS, BROKEN = "green", "red", "no end", "broken"
PROVED, NOT_PROVED = "proved", "NOT PROVED"


def main() -> int:
    """0 when each row is red without its defence and green with it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("words", nargs="*", metavar="WORD", help="in the names of tests to try")
    words = parser.parse_args().words
    wanted = [test for test in rows() if not words or any(word in test for word in words)]
    begin, known = time.monotonic(), {one.test: one for one in defences()}
    verdicts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="without-") as folder:
        copy = Path(folder) / "practicum"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*LEFT_OUT), symlinks=True)
        print(f"{len(wanted)} rows", flush=True)
        for _, tests in itertools.groupby(sorted(wanted, key=file_of), file_of):
            verdicts.update(file_tried(copy, list(tests), known))
    said = ", ".join(f"{number} {verdict}" for verdict, number in verdicts.items())
    print(f"{said}; {(time.monotonic() - begin) / 60:.1f} minutes")
    return int(set(verdicts) != {PROVED})


def file_of(test: str) -> str:
    return test.partition("::")[0]


def file_tried(copy: Path, tests: list[str], known: dict[str, Defence]) -> Iterator[str]:
    """Whether each row of a file is proved: with all defences, then without each."""
    took, bad = passed(copy, tests)
    for test in tests:
        defence = known[name_of(test)]
        if test in bad:
            print(f"NOT GREEN WITH ITS DEFENCE: {bad[test]}  {test}", flush=True)
            yield NOT_PROVED
            continue
        limit = min(MOST_SECONDS, max(LEAST_SECONDS, TIMES * took[test]))
        verdict, seconds = tried(copy, test, defence, limit)
        mark = "" if is_proof(verdict, defence) else "  <-- NOT PROVED"
        times = f"{took[test]:4.0f} s {verdict:6} {seconds:4.0f} s of {limit:3.0f}"
        print(f"green {times}  {test}  [{defence.without}]{mark}", flush=True)
        yield NOT_PROVED if mark else PROVED


def is_proof(verdict: str, defence: Defence) -> bool:
    return verdict == RED or (verdict == ENDLESS and defence.may_hang)


def passed(copy: Path, tests: list[str]) -> tuple[dict[str, float], dict[str, str]]:
    """Seconds of each test of a file with all defences, and what is said of those that fail."""
    report = copy.parent / "all.xml"
    report.unlink(missing_ok=True)
    limit = START_SECONDS + EACH_SECONDS * len(tests)
    if not run(copy, tests, report, seconds=limit):
        return {}, dict.fromkeys(tests, f"no end after {limit:.0f} s,")
    if not report.exists():
        return {}, dict.fromkeys(tests, "pytest cannot begin,")
    took: dict[str, float] = {}
    fine: Counter[str] = Counter()
    for case in xml.parse(report).getroot().iter("testcase"):
        name = named(case, tests)
        took[name] = took.get(name, 0.0) + float(case.get("time", 0))
        fine[name] += 1 if case.find("failure") is None and case.find("error") is None else -(10**6)
    return took, {test: "it fails," for test in tests if fine[test] <= 0}


def named(case: xml.Element, tests: list[str]) -> str:
    """The test, as pytest takes it, of a line of its report."""
    file = case.get("classname", "").replace(".", "/") + ".py"
    name = f"{file}::{case.get('name', '').partition('[')[0]}"
    return next((test for test in tests if test.endswith(name)), name)


def tried(copy: Path, test: str, defence: Defence, limit: float) -> tuple[str, float]:
    """What the test of a row says without the defence, and how many seconds that took; a test that
    takes longer than `limit` has no end."""
    start, report = time.monotonic(), copy.parent / "one.xml"
    texts = modules(copy)
    try:
        changed = without(defence, texts)
    except Outdated as error:
        print(error)
        return BROKEN, 0.0
    report.unlink(missing_ok=True)
    for path, text in changed.items():
        path.write_text(text, encoding="utf-8")
    try:
        ended = run(copy, [test], report, "-x", seconds=limit)
        verdict = judged(report) if ended else ENDLESS
    finally:
        for path in changed:
            path.write_text(texts[path], encoding="utf-8")
    return verdict, time.monotonic() - start


def judged(report: Path) -> str:
    """What pytest's report says. A test that cannot even begin shows nothing about a defence."""
    if not report.exists():
        return BROKEN
    cases = list(xml.parse(report).getroot().iter("testcase"))
    if any(case.find("failure") is not None for case in cases):
        return RED
    is_whole = bool(cases) and all(case.find("error") is None for case in cases)
    return GREEN if is_whole else BROKEN


def run(copy: Path, tests: list[str], report: Path, *options: str, seconds: float) -> bool:
    """Run tests in the copy; whether they came to an end in time. All that they start ends."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--junitxml={report}"]
    process = subprocess.Popen(
        [*command, *options, *tests],
        cwd=copy,
        env=os.environ | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    finally:
        end(process)
    return True


def end(process: "subprocess.Popen[bytes]") -> None:
    """End a test process and whatever it has started."""
    with contextlib.suppress(psutil.NoSuchProcess):
        for child in psutil.Process(process.pid).children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


if __name__ == "__main__":
    sys.exit(main())
