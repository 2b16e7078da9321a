"""Faults in Python code, put in by mutmut.

A fixed sample is tried: the mutants whose number ends in 3 (one in ten), or those whose names
match the patterns. Which files and which tests: [tool.mutmut] in pyproject.toml.
"""

import re
import subprocess
import sys
from fnmatch import fnmatch

from tools.mutants.reasons import LEAST_NOTICED, REASONS, ROOT, is_listed

SAMPLE = ("*__mutmut_*3",)


def main(patterns: list[str]) -> int:
    """Run the sample and compare what survives with the list of reasons; the exit code."""
    patterns = patterns or list(SAMPLE)
    subprocess.run([*_mutmut("run"), "--max-children", "1", *patterns], cwd=ROOT, check=False)
    states = {
        name: state for name, state in results().items() if any(fnmatch(name, p) for p in patterns)
    }
    noticed = [name for name, state in states.items() if state in ("killed", "timeout")]
    survivors = [name for name, state in states.items() if state in ("survived", "no tests")]
    if len(noticed) + len(survivors) < len(states) or not states:
        print(f"{len(states) - len(noticed) - len(survivors)} mutants could not be tried")
        return 1
    reasons = REASONS.read_text(encoding="utf-8")
    unknown = [name for name in survivors if not is_listed(change(name)[1][1:], reasons)]
    for name in unknown:
        print(f"\n{name}\n" + "\n".join(change(name)))
    share = len(noticed) / len(states)
    print(f"\n{len(noticed)} of {len(states)} mutants noticed ({share:.0%})", end="; ")
    print(f"{len(unknown)} of the others without a reason in docs/mutants.md")
    return int(bool(unknown) or share < LEAST_NOTICED)


def results() -> dict[str, str]:
    """Name and state of every mutant that has been tried."""
    shown = subprocess.run(
        [*_mutmut("results"), "--all", "true"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    rows = re.findall(r"^\s+(\S+__mutmut_\d+): (.+)$", shown.stdout, re.MULTILINE)
    return {name: state.strip() for name, state in rows}


def change(name: str) -> tuple[str, str]:
    """The line before and the line with the fault, as `-…` and `+…`."""
    shown = subprocess.run(
        [*_mutmut("show"), name], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    lines = [line for line in shown.splitlines() if re.match(r"[-+](?![-+]{2})", line)]
    return lines[0], lines[-1]


def _mutmut(command: str) -> list[str]:
    return [sys.executable, "-m", "mutmut", command]
