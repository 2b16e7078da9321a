"""Running demonstrations: every seed of every claim, in worker processes, and what came out.

A seed holds when every expectation holds for its frames; a claim holds when four of five seeds do.
A simulation that breaks off, and a column that is not there, count as not held and say why. The
null of a demonstration runs with the same seeds, and must not hold in more than one of five.
"""

import math
import statistics
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from engine.claims.demo import Demo, Varied
from engine.claims.expect import ExpectError
from engine.claims.ledger import Claim, Ledger
from engine.claims.measure import Finding
from engine.claims.record import is_held, is_null_held
from engine.claims.trial import AskedRun, Trial
from engine.runs.runner import Runner

AHEAD = 3  # runs asked for beyond those that can run now, so that no core waits


@dataclass(frozen=True)
class NullOutcome:
    """What came of the null of a demonstration."""

    held: int  # seeds for which everything held all the same …
    seeds: int  # … of so many
    figure: str  # what the first test measured, the median over seeds
    why: str = ""  # why it could not be measured: then it is not a null

    @property
    def is_held(self) -> bool:
        """Whether the demonstration holds without what it is to show."""
        return is_null_held(self.held, self.seeds)


@dataclass(frozen=True)
class Outcome:
    """What came of one claim's demonstration."""

    claim: Claim
    held: int  # seeds for which everything held …
    seeds: int  # … of so many
    figure: str  # what the first test measured, the median over seeds, in words
    seconds: float  # of processor time for one seed, all its runs and the null's
    why: str = ""  # the first reason for which a seed did not hold
    findings: tuple[tuple[Finding, ...], ...] = ()  # by seed, in the order of the tests
    null: NullOutcome | None = None  # a theorem may have none

    @property
    def is_held(self) -> bool:
        return is_held(self.held, self.seeds)

    @property
    def is_shown(self) -> bool:
        """Whether it holds, and its null could be measured and does not."""
        return self.is_held and not (self.null and (self.null.is_held or self.null.why))


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
    first: int = 0,
) -> Iterator[Outcome]:
    """Each claim's outcome, in order. `tell(done, total, claim)` hears of every finished run;
    `first` is the first seed.

    Claims without a demo are left out; a run that several share is made once.
    """
    plan: deque[tuple[Trial, int, Varied]] = deque()
    asked: deque[AskedRun] = deque()
    trials: list[tuple[Trial, Trial | None]] = []
    for claim in claims:
        if claim.demo is None:
            continue
        pair = _trials(claim, claim.demo, num_seeds(claim.demo, seeds), first)
        trials.append(pair)
        for trial in filter(None, pair):
            plan.extend(trial.asks())
    total, done = len(plan), 0
    for trial, null in trials:
        for _ in range(sum(len(list(one.asks())) for one in (trial, null) if one)):
            while plan and len(asked) < runner.engine.capacity + AHEAD:
                asked.append(AskedRun(runner, *plan.popleft()))
            asked.popleft().note()
            done += 1
            tell(done, total, trial.claim.id)
        outcome = _judge(ledger, trial)
        yield _with_null(ledger, outcome, trial, null) if null else outcome


def _trials(claim: Claim, demo: Demo, num_seeds: int, first: int) -> tuple[Trial, Trial | None]:
    """A claim's trial, and that of its null when it has one."""
    null = demo.null if demo.null and not demo.null.none else None
    trial = Trial(claim, demo, num_seeds, first=first)
    return trial, Trial(claim, demo, num_seeds, null, first) if null else None


def _judge(ledger: Ledger, trial: Trial) -> Outcome:
    found = _findings(ledger, trial)
    held = trial.num_seeds - len(trial.why)
    seconds = trial.seconds / trial.num_seeds
    why = trial.why[min(trial.why)] if trial.why else ""
    figure = in_words(trial.demo, [one[0] for one in found]) if found else ""
    return Outcome(trial.claim, held, trial.num_seeds, figure, seconds, why, tuple(found))


def _with_null(ledger: Ledger, outcome: Outcome, trial: Trial, null: Trial) -> Outcome:
    """The outcome with that of the null beside it; a null may read the same runs otherwise."""
    if null.null and not null.null.params:
        null.runs = trial.runs
    found = _findings(ledger, null)
    held = null.num_seeds - len(null.why)
    figure = short(_median([one[0] for one in found])) if found else ""
    judged = NullOutcome(held, null.num_seeds, figure, null.broken)
    seconds = outcome.seconds + null.seconds / null.num_seeds
    return replace(outcome, null=judged, seconds=seconds)


def _findings(ledger: Ledger, trial: Trial) -> list[tuple[Finding, ...]]:
    """What was measured of each seed; those that do not hold say why in `trial`."""
    found: list[tuple[Finding, ...]] = []
    for seed in trial.runs:
        if seed in trial.why:
            continue
        try:
            findings = trial.measure(seed)
        except ExpectError as error:
            place = ledger.place(trial.claim, "demo", "expect", *error.path)
            trial.fail(seed, f"{place}: {error}")
            continue
        found.append(findings)
        wrong = [one.words for one in findings if not one.is_held]
        if wrong:
            trial.fail(seed, f"seed {seed}: {'; '.join(wrong)}", is_broken=False)
    return found


def in_words(demo: Demo, findings: Sequence[Finding]) -> str:
    """The median figure in the ledger's words, else in those of the seed in the middle."""
    middle = sorted(findings, key=lambda one: one.figure)[(len(findings) - 1) // 2]
    if not demo.figure:
        return middle.words
    return demo.figure.replace("{}", short(_median(findings)))


def _median(findings: Sequence[Finding]) -> float:
    figures = sorted(one.figure for one in findings)
    figure = statistics.median(figures)
    if not math.isfinite(figure):  # the sum of the two in the middle overflows
        figure = figures[(len(figures) - 1) // 2]
    return figure


def short(number: float) -> str:
    """Three figures, as a reader writes them: 0.0123, 1.23, 12.3, 1,230."""
    text = f"{number:.3g}"
    if abs(number) >= 1e15:  # nobody counts so many noughts
        return text
    return f"{number:,.0f}" if "e+" in text or abs(number) >= 1000 else text
