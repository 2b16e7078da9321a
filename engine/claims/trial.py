"""One claim, or its null, while it is tried: the runs that are asked for, and what came of them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.claims.demo import Demo, Null, Varied
from engine.claims.ledger import Claim
from engine.claims.measure import Finding, gather, measure
from engine.runs.runner import Runner
from sims.spec import Frame

OWNER = "claims"


@dataclass
class Trial:
    """The runs of a claim, or of its null, by seed."""

    claim: Claim
    demo: Demo
    num_seeds: int
    null: Null | None = None
    first: int = 0  # seed; the others follow it
    runs: dict[int, list[tuple[Varied, list[Frame]]]] = field(default_factory=dict)
    seconds: float = 0.0
    why: dict[int, str] = field(default_factory=dict)
    broken: str = ""  # the first reason for which a seed could not be measured at all

    def fail(self, seed: int, why: str, is_broken: bool = True) -> None:
        """This seed does not hold; `is_broken` when nothing could be measured."""
        self.why.setdefault(seed, why)
        if is_broken:
            self.broken = self.broken or why

    def asks(self) -> Iterator[tuple["Trial", int, Varied]]:
        """Its runs, as (trial, seed, what is varied): none where a null only reads others."""
        if self.null and not self.null.params:
            return
        for seed in range(self.first, self.first + self.num_seeds):
            for varied in self.demo.variants():
                yield self, seed, varied

    def measure(self, seed: int) -> tuple[Finding, ...]:
        """What the tests find in the runs of a seed. Raises ExpectError."""
        rows, tests = gather(self.runs[seed]), self.demo.tests
        if self.null:
            rows, tests = self.null.rows(rows), self.null.tests(tests)
        return tuple(measure(test, rows) for test in tests)


class AskedRun:
    """A run that is asked for, on behalf of one seed of one trial."""

    def __init__(self, runner: Runner, trial: Trial, seed: int, varied: Varied) -> None:
        self.trial, self.seed, self.varied = trial, seed, varied
        params = trial.demo.params | varied | {"seed": seed}
        if trial.null:  # its rows keep the values that the demonstration varies
            params |= dict(trial.null.params or {})
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
            trial.fail(self.seed, self.run.message or f"The run was {state}.")
        elif not frames:
            trial.fail(self.seed, f"{trial.demo.sim} yields no frame.")
