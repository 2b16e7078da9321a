"""The runs that there are, by id and by job, and which of the finished ones are still kept.

Not safe by itself: the runner holds its lock around every call.
"""

from collections import OrderedDict

from engine.runs.job import Budget, Job
from engine.runs.run import Run


def _may_take(run: Run, budget: Budget) -> bool:
    """Whether a run may take as much as `budget`: nobody's run ends at another's."""
    own = (run.budget.seconds, run.budget.memory_mb)
    mine = (budget.seconds, budget.memory_mb)
    return all(
        limit is None or (wanted is not None and wanted <= limit)
        for limit, wanted in zip(own, mine, strict=True)
    )


class RunIndex:
    """Keeps finished runs while there are at most `keep_runs` with `keep_bytes` of frames."""

    def __init__(self, keep_runs: int, keep_bytes: int) -> None:
        self.keep_runs, self.keep_bytes = keep_runs, keep_bytes
        self._runs: OrderedDict[str, Run] = OrderedDict()  # by id; least recently asked for first
        self._done: dict[Job, Run] = {}  # what a new request is answered from
        self._going: dict[Job, list[Run]] = {}  # what it may join: waiting or running

    def __len__(self) -> int:
        return len(self._runs)

    @property
    def num_bytes(self) -> int:
        """Of the frames of all runs."""
        return sum(run.num_bytes for run in self._runs.values())

    def all(self) -> list[Run]:
        return list(self._runs.values())

    def going(self) -> list[Run]:
        """Those that others may join."""
        return [run for going in self._going.values() for run in going]

    def get(self, run_id: str) -> Run | None:
        return self._runs.get(run_id)

    def finished(self, job: Job) -> Run | None:
        """The run that has done `job`."""
        return self._done.get(job)

    def joinable(self, job: Job, budget: Budget) -> Run | None:
        """The youngest run of `job` under way that may take as much as `budget`."""
        going = reversed(self._going.get(job, []))
        return next((one for one in going if _may_take(one, budget)), None)

    def has(self, job: Job) -> bool:
        """Whether `job` is done or under way, other than for somebody who wanted it made again."""
        going = self._going.get(job, ())
        return job in self._done or any(not run.is_fresh for run in going)

    def add(self, run: Run) -> None:
        """A new run, which others may join from now on."""
        self._runs[run.id] = run
        self._going.setdefault(run.job, []).append(run)

    def close(self, run: Run) -> None:
        """Nobody joins `run` from now on."""
        going = [one for one in self._going.pop(run.job, ()) if one is not run]
        if going:
            self._going[run.job] = going

    def finish(self, run: Run) -> None:
        """`run` has done its job; new requests are answered from it."""
        self._runs[run.id] = self._done[run.job] = run

    def touch(self, run: Run) -> None:
        """Somebody has asked for `run`."""
        self._runs.move_to_end(run.id)

    def evict(self) -> None:
        """Forget the finished runs that were longest not asked for, until the rest fits."""
        num_bytes = self.num_bytes
        for run in self.all():
            if len(self._runs) <= self.keep_runs and num_bytes <= self.keep_bytes:
                return
            if run.has_ended:
                num_bytes -= run.num_bytes
                del self._runs[run.id]
                if self._done.get(run.job) is run:
                    del self._done[run.job]
