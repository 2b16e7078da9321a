"""Running demonstrations: every seed of every claim, in worker processes, and what came out.

A seed holds when every expectation holds for its frames; a claim holds when four of five seeds do.
A simulation that breaks off, and a column that is not there, count as not held and say why.
"""

import json
import math
import statistics
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.claims.expect import ExpectError
from engine.claims.ledger import Claim, Demo, Ledger
from engine.claims.measure import Finding, gather, measure
from engine.runs.runner import Runner
from sims.spec import Frame

SHARE = (4, 5)  # of the seeds that must hold
AHEAD = 3  # runs asked for beyond those that can run now, so that no core waits
OWNER = "claims"


@dataclass(frozen=True)
class Outcome:
    """What came of one claim's demonstration."""

    claim: Claim
    held: int  # seeds for which everything held …
    seeds: int  # … of so many
    figure: str  # what the first test measured, the median over seeds, in words
    seconds: float  # of processor time for one seed, all its runs one after the other
    why: str = ""  # the first reason for which a seed did not hold
    findings: tuple[tuple[Finding, ...], ...] = ()  # by seed, in the order of the tests

    @property
    def is_held(self) -> bool:
        return self.held * SHARE[1] >= self.seeds * SHARE[0]


@dataclass
class _Trial:
    """One claim while its runs come in: rows and seconds by seed."""

    claim: Claim
    demo: Demo
    num_seeds: int
    runs: dict[int, list[tuple[dict[str, Any], list[Frame]]]] = field(default_factory=dict)
    seconds: float = 0.0
    why: dict[int, str] = field(default_factory=dict)


class _Asked:
    """A run that is asked for, on behalf of one seed of one trial."""

    def __init__(self, runner: Runner, trial: _Trial, seed: int, varied: dict[str, Any]) -> None:
        self.trial, self.seed, self.varied = trial, seed, varied
        params = {**trial.demo.params, **varied, "seed": seed}
        self.run = runner.submit(trial.demo.sim, params, OWNER, watch=True)

    def note(self) -> None:
        """Wait for the end, and leave the frames with the trial."""
        frames = [json.loads(text) for text in self.run.texts()]
        state = self.run.wait()
        self.run.unwatch()
        trial = self.trial
        trial.runs.setdefault(self.seed, []).append((self.varied, frames))
        # processor time: what else the machine does meanwhile does not count
        usage = self.run.usage or self.run.about  # `about` for what ran before
        trial.seconds += usage.get("cpu_seconds", 0.0)
        if state != "done":
            trial.why.setdefault(self.seed, self.run.message or f"The run was {state}.")
        elif not frames:
            trial.why.setdefault(self.seed, f"{trial.demo.sim} yields no frame.")


def num_seeds(demo: Demo, wanted: int | None) -> int:
    """How many seeds to run: as many as are wanted, but never more than the demo asks for when
    it asks for fewer than usual."""
    return demo.seeds if wanted is None else min(wanted, max(demo.seeds, 1))


def demonstrate(
    ledger: Ledger,
    claims: Sequence[Claim],
    runner: Runner,
    seeds: int | None = None,
    tell: Callable[[int, int, str], None] = lambda done, total, name: None,
) -> Iterator[Outcome]:
    """Each claim's outcome, in order. `tell(done, total, claim)` hears of every finished run.

    Claims without a demo are left out; a run that several share is made once.
    """
    plan: deque[tuple[_Trial, int, dict[str, Any]]] = deque()
    asked: deque[_Asked] = deque()
    trials: list[_Trial] = []
    for claim in claims:
        if claim.demo is None:
            continue
        trial = _Trial(claim, claim.demo, num_seeds(claim.demo, seeds))
        trials.append(trial)
        variants = claim.demo.variants()
        plan.extend((trial, seed, one) for seed in range(trial.num_seeds) for one in variants)
    total, done = len(plan), 0
    for trial in trials:
        for _ in range(len(trial.demo.variants()) * trial.num_seeds):
            while plan and len(asked) < runner.engine.capacity + AHEAD:
                asked.append(_Asked(runner, *plan.popleft()))
            asked.popleft().note()
            done += 1
            tell(done, total, trial.claim.id)
        yield _judge(ledger, trial)


def _judge(ledger: Ledger, trial: _Trial) -> Outcome:
    found: list[tuple[Finding, ...]] = []
    for seed, runs in trial.runs.items():
        if seed in trial.why:
            continue
        try:
            rows = gather(runs)
            findings = tuple(measure(test, rows) for test in trial.demo.tests)
        except ExpectError as error:
            place = ledger.place(trial.claim, "demo", "expect", *error.path)
            trial.why[seed] = f"{place}: {error}"
            continue
        found.append(findings)
        wrong = [one.words for one in findings if not one.is_held]
        if wrong:
            trial.why[seed] = f"seed {seed}: {'; '.join(wrong)}"
    held = trial.num_seeds - len(trial.why)
    seconds = trial.seconds / trial.num_seeds
    why = trial.why[min(trial.why)] if trial.why else ""
    figure = in_words(trial.demo, [one[0] for one in found]) if found else ""
    return Outcome(trial.claim, held, trial.num_seeds, figure, seconds, why, tuple(found))


def in_words(demo: Demo, findings: Sequence[Finding]) -> str:
    """The median figure in the ledger's words, else in those of the seed in the middle."""
    middle = sorted(findings, key=lambda one: one.figure)[(len(findings) - 1) // 2]
    if not demo.figure:
        return middle.words
    figure = statistics.median(one.figure for one in findings)
    if not math.isfinite(figure):  # the sum of the two in the middle overflows
        figure = middle.figure
    return demo.figure.replace("{}", short(figure))


def short(number: float) -> str:
    """Three figures, as a reader writes them: 0.0123, 1.23, 12.3, 1,230."""
    text = f"{number:.3g}"
    if abs(number) >= 1e15:  # nobody counts so many noughts
        return text
    return f"{number:,.0f}" if "e+" in text or abs(number) >= 1000 else text
