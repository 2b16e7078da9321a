"""Where several servers meet: a job that viewers of any of them ask for is run once.

Each server ("member") has a Runner for its own viewers and follows a run once, however many of them
watch. The hub has one Runner for all members: it queues their viewers fairly, replays to those who
join later, and cancels a run when the last member leaves it.
"""

import threading
import time
from collections.abc import Callable
from typing import Any

from engine.runs.cluster.mailbox import Mailbox, Message
from engine.runs.engine import Engine
from engine.runs.job import Budget, Job
from engine.runs.run import ENDED, Run
from engine.runs.runner import QueueFull, Runner

SILENCE = 5.0  # seconds without a sign of a member; then it is gone (it fetches every second)
NO_MACHINE_AFTER = 60.0  # seconds that a run waits while no machine takes any
NO_MACHINE = "No machine of the cluster takes runs. Whoever keeps the cluster can add one."


class Hub:
    """An actor. `silence`: seconds until a silent member counts as gone, whose runs then wait the
    Runner's `abandon_after` for its viewers to come over from elsewhere."""

    def __init__(self, engine: Engine, silence: float = SILENCE, **limits: Any) -> None:
        limits.setdefault("abandon_after", 10.0)
        self.runner = Runner(engine, **limits)
        self._silence = silence
        self._members: dict[str, Member] = {}
        self._lock = threading.Lock()
        self._has_room_since = self.last_seen = time.monotonic()
        threading.Thread(target=self._sweep, name="practicum-hub", daemon=True).start()

    def tell(self, name: str, orders: list[Message]) -> None:
        """Carry out the orders of a member, in their order."""
        member = self._member(name)
        for kind, *what in orders:
            if kind == "start":
                member.start(*what)
            elif kind == "cancel":
                member.cancel(what[0])
            elif kind == "bye":
                self._dismiss(name)

    async def fetch(self, name: str, seconds: float) -> list[Message]:
        """What there is to tell a member. Raises LookupError when it counts as gone."""
        with self._lock:
            member = self._members.get(name)
        if member is None:
            raise LookupError("the hub has not heard of this server for too long")
        member.heard_at = self.last_seen = time.monotonic()
        return await member.mailbox.fetch(seconds)

    def stats(self) -> dict[str, int]:
        counts = {"members": len(self._members), "capacity": self.runner.engine.capacity}
        return self.runner.stats() | counts

    def _member(self, name: str) -> "Member":
        with self._lock:
            if name not in self._members:
                self._members[name] = Member(name, self.runner)
            return self._members[name]

    def _dismiss(self, name: str) -> None:
        with self._lock:
            member = self._members.pop(name, None)
        if member:
            member.end_all()
            member.mailbox.put("bye", "")  # a program that is fetching need not wait

    def _sweep(self) -> None:
        while True:
            time.sleep(self._silence / 10)
            now = time.monotonic()
            for name, member in list(self._members.items()):
                if now - member.heard_at > self._silence:
                    self._dismiss(name)
            if self.runner.engine.capacity:
                self._has_room_since = now
            elif now - self._has_room_since > NO_MACHINE_AFTER:
                for member in list(self._members.values()):
                    member.stop_waiting(NO_MACHINE)


class Member:
    """One server at the hub: the runs that it follows, and what it has not fetched yet."""

    def __init__(self, name: str, runner: Runner) -> None:
        self.name = name
        self.mailbox = Mailbox()
        self.heard_at = time.monotonic()
        self._runner = runner
        self._follows: dict[str, Follow] = {}  # by the member's own name of the run

    def start(self, attempt: str, job: Job, budget: Budget, owner: str, fresh: bool) -> None:
        """Follow a run of `job`; `owner` is the viewer whose turn it takes in the queue."""
        try:
            owner = f"{owner}/{self.name}"  # the viewer's address stays in front
            run = self._runner.share(job, owner, watch=True, fresh=fresh, budget=budget)
        except QueueFull as error:
            self.mailbox.put("end", attempt, "failed", str(error), "", {})
            return
        follow = Follow(run, self._sayer(attempt), lambda: self._follows.pop(attempt, None))
        self._follows[attempt] = follow
        follow.begin()

    def _sayer(self, attempt: str) -> Callable[..., None]:
        return lambda kind, *what: self.mailbox.put(kind, attempt, *what)

    def cancel(self, attempt: str) -> None:
        """Leave a run. It ends for this member at once if others watch, else when it has ended."""
        if follow := self._follows.get(attempt):
            self._runner.leave(follow.run)
            follow.is_watching = False
            if follow.run.watchers > 0:
                follow.end("cancelled", "", "", {})

    def end_all(self) -> None:
        """Let go of every run; each waits a while for its viewers to come back."""
        for follow in list(self._follows.values()):
            follow.end("lost", "", "", {})

    def stop_waiting(self, sentence: str) -> None:
        """End what waits in vain."""
        for follow in list(self._follows.values()):
            if follow.run.state == "queued":
                follow.end("failed", sentence, "", {})


class Follow:
    """Tells a member, through `say`, all that happens to a run from its start on."""

    def __init__(self, run: Run, say: Callable[..., None], on_end: Callable[[], object]) -> None:
        self.run = run
        self.is_watching = True  # counts as a viewer of the run
        self._say, self._on_end = say, on_end
        self._has_ended = False
        self._num_told = 0
        self._place: tuple[int, int] | None = None
        self._lock = threading.Lock()

    def begin(self) -> None:
        self.run.listen(self._on_change)
        self._on_change()

    def end(self, *how: Any) -> None:
        """The last thing that the member hears of it: state, message, detail, usage."""
        with self._lock:
            self._finish(*how)

    def _on_change(self) -> None:
        """Called from any thread, and by two at a time when the queue moves."""
        run = self.run
        with self._lock:
            if self._has_ended:
                return
            state, place = run.state, (run.position, run.starts_in)  # before the look at frames
            if state == "queued" and not run.position:
                return  # its place comes in a moment
            if place != self._place:
                self._place = place
                self._say("place", *place)
            if new := run.frames[self._num_told :]:
                self._num_told += len(new)
                self._say("frames", new)
            if state in ENDED:
                self._finish(state, run.message, run.detail, run.usage)

    def _finish(self, *how: Any) -> None:
        if self._has_ended:
            return
        self._has_ended = True
        self.run.unlisten(self._on_change)
        if self.is_watching:
            self.run.unwatch()
        self._say("end", *how)
        self._on_end()
