"""How far every numeric bound of the tests lies from what is measured, over seeds and processors.

    python -m tests.spread [--seeds 10 or 3-5] [--processors default,avx2] [--threads 1,2] [PATH …]

The tests run once for each seed, instruction set and number of threads. Every seed that they or a
simulation name is moved by the same amount, so that each time is another draw of the same
experiment. For each assertion that compares numbers the table says in how many draws it held, the
median and the standard deviation of what is compared, and how many deviations lie between the
median and the bound. A bound of fewer than three deviations will fail for somebody; a number that
never varies was exact.
"""

import argparse
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.processors import environment

ROOT = Path(__file__).resolve().parents[1]
MOVE = 1_009  # from one draw's seeds to the next
SIDES = re.compile(r"^(.+?) (<=|>=|<|>|==) (.+?)(?: ± (\S+))?$")
Row = tuple[str, float, float]  # assertion, distance from the bound, what is compared


def move_seeds(by: int) -> None:
    """From now on every seed that is named in this process is another one."""

    class Generator(torch.Generator):
        def manual_seed(self, seed: int) -> torch.Generator:
            return super().manual_seed(seed + by)

    class SeedSequence(np.random.SeedSequence):
        def __init__(self, entropy: Any = None, **others: Any) -> None:
            super().__init__(_moved(entropy, by), **others)

    class Random(random.Random):
        def __init__(self, seed: Any = None) -> None:
            super().__init__(f"{seed} {by}" if isinstance(seed, str) else _moved(seed, by))

    made: Callable[..., np.random.Generator] = np.random.default_rng
    torch.Generator = Generator  # type: ignore[misc]
    np.random.SeedSequence = SeedSequence  # type: ignore[misc]
    np.random.default_rng = lambda seed=None: made(_moved(seed, by))
    random.Random = Random  # type: ignore[misc]


def _moved(seed: Any, by: int) -> Any:
    if isinstance(seed, int):
        return seed + by
    return [by, *seed] if isinstance(seed, list | tuple) else seed


class Notes:
    """A plugin of pytest that writes down every comparison of numbers, held or not."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def note(self, place: str, words: str, is_held: bool) -> None:
        line = words.split("\n")[0].removeprefix("AssertionError: ").removeprefix("assert ")
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps([place, line, is_held]) + "\n")

    def pytest_assertion_pass(self, item: pytest.Item, lineno: int, orig: str, expl: str) -> None:
        self.note(f"{item.nodeid}:{lineno}", expl, True)

    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        if call.excinfo is not None:
            within = [entry for entry in call.excinfo.traceback if entry.path == item.path]
            line = within[-1].lineno + 1 if within else 0
            self.note(f"{item.nodeid}:{line}", str(call.excinfo.value), False)


def sides(words: str) -> tuple[float, float, float] | None:
    """Left, right and tolerance of `0.3 < 0.5` or `0.3 == 0.31 ± 0.02`, as pytest explains it."""
    words = re.sub(r"tensor\(([^,()]+)[^()]*\)", r"\1", words)
    found = SIDES.match(re.sub(r"np\.\w+\(([^()]+)\)", r"\1", words))
    if not found:
        return None
    left, _, right, tolerance = found.groups()
    try:
        numbers = [_number(one) for one in (left, right, tolerance or "0")]
    except (ValueError, ArithmeticError):
        return None
    return numbers[0], numbers[1], numbers[2]


def _number(words: str) -> float:
    if not re.fullmatch(r"[\d.e+\-*/() ]+", words):
        raise ValueError(words)
    try:
        return float(eval(words, {"__builtins__": {}}))  # digits and signs alone
    except (SyntaxError, TypeError) as error:
        raise ValueError(words) from error


def line(place: str, found: list[tuple[str, bool]]) -> str:
    """One assertion over all draws."""
    held = sum(is_held for _, is_held in found)
    shown = f"{held:>4}/{len(found):<4}"
    read = [one for one in (sides(words) for words, _ in found) if one]
    if len(read) < 2:
        return f"{shown} {'':>8}  {place}"
    gaps = [left - right for left, right, _ in read]
    spread = statistics.stdev(gaps)
    room = read[0][2] - abs(statistics.median(gaps)) if read[0][2] else statistics.median(gaps)
    far = f"{abs(room) / spread:8.1f}" if spread > 1e-12 else "   exact"
    values = [left for left, _, _ in read]
    middle, deviation = statistics.median(values), statistics.stdev(values)
    ends = f"{min(values):.4g} to {max(values):.4g}"
    return f"{shown} {far}  {place}  {middle:.4g} ± {deviation:.2g} ({ends}): {found[0][0]}"


def measure(args: argparse.Namespace, notes: Path) -> None:
    """Run the tests in every way that is asked for; what they compare is added to `notes`."""
    for name in args.processors.split(","):
        for threads in args.threads.split(","):
            made = environment(name, int(threads))
            made["PYTHONPYCACHEPREFIX"] = str(notes.parent / "compiled")  # with the hook in it
            options = ["--inside", "--notes", str(notes), "--seeds", args.seeds]
            command = [sys.executable, "-m", "tests.spread", *options, *args.paths]
            subprocess.run(command, cwd=ROOT, env=made, check=False)


def draw(args: argparse.Namespace) -> None:
    """In the environment of one processor: a child for each draw, so that nothing is kept."""
    for seed in seeds(args.seeds):
        if child := os.fork():
            os.waitpid(child, 0)
            continue
        move_seeds(seed * MOVE)
        hook = ["-o", "enable_assertion_pass_hook=true", "-p", "no:cacheprovider"]
        pytest.main([*hook, "--tb=no", "-rN", *args.paths], plugins=[Notes(args.notes)])
        os._exit(0)


def seeds(words: str) -> range:
    """`10` is ten draws from 0, which are the tests as they stand; `3-5` is three."""
    first, _, last = words.rpartition("-")
    return range(int(first), int(last) + 1) if first else range(int(last))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("paths", nargs="*", default=["tests/sims"])
    parser.add_argument("--seeds", default="10", help="10, or 3-5")
    parser.add_argument("--processors", default="default,avx2")
    parser.add_argument("--threads", default="1")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--notes", type=Path, help="where the comparisons are kept")
    args = parser.parse_args()
    if args.inside:
        return draw(args)
    with tempfile.TemporaryDirectory() as folder:
        notes = args.notes or Path(folder) / "notes.jsonl"
        measure(args, notes)
        found: dict[str, list[tuple[str, bool]]] = defaultdict(list)
        for text in notes.read_text(encoding="utf-8").splitlines():
            place, words, is_held = json.loads(text)
            found[place].append((words, is_held))
    for place, each in found.items():
        print(line(place, each))


if __name__ == "__main__":
    main()
