"""The process that speaks to Ray for a server: joins the cluster, passes on orders and events."""

import asyncio
import contextlib
import json
import os
import secrets
import signal
import sys
from multiprocessing.connection import Connection
from typing import Any

from engine import portable
from engine.runs.cluster.engine import ClusterError, Plan
from engine.runs.cluster.start import start_ray

BEAT_SECONDS = 1.0
START_SECONDS = 60.0  # a new hub imports what it needs
PATIENCE = 15.0  # seconds; a beat is answered in a millisecond, else the hub or its machine hangs
LEAVE_SECONDS = 2.0


def main() -> None:
    """Serve until the server has gone, the hub does not answer, or Ray ends this process."""
    config = json.loads(sys.argv[1])
    pipe = Connection(portable.take_line(config).detach())
    os.dup2(2, 1)  # for everything else that writes to standard output
    address, plan = config["address"], Plan(**config["plan"])
    try:
        start_ray(address, plan.workers)
    except ClusterError as error:
        return say(pipe, str(error))
    say(pipe, "")
    try:
        asyncio.run(Relay(pipe, plan).serve())
    except* EOFError:  # the server leaves, or was killed
        pass
    except* Exception as error:
        print(f"practicum: {error.exceptions[0]!r}"[:300], file=sys.stderr, flush=True)
    finally:
        if address is None:  # all of our cluster is in our group; Ray would take 3 s to end it
            os.killpg(0, signal.SIGKILL)
        os._exit(0)  # Ray has threads that would go on


def say(pipe: Connection, message: Any) -> None:
    """Report to the server. JSON: nothing of what others have put into the cluster is unpickled
    there."""
    pipe.send_bytes(json.dumps(message).encode())


class Relay:
    """Follows runs at the hub for the server at the other end of `pipe`."""

    def __init__(self, pipe: Connection, plan: Plan) -> None:
        from engine.runs.cluster.hub import hub_of  # it imports Ray

        self._pipe, self._name = pipe, secrets.token_hex(8)
        self._hub: Any = hub_of(plan)

    async def serve(self) -> None:
        """Raises an ExceptionGroup: EOFError when the server has gone, or what else ended it."""
        await asyncio.wait_for(self._hub.beat.remote(self._name), START_SECONDS)
        try:
            async with asyncio.TaskGroup() as tasks:  # the end of one is the end of all
                tasks.create_task(self._beat())
                tasks.create_task(self._take_orders(tasks))
        finally:
            with contextlib.suppress(Exception):
                await asyncio.wait_for(self._hub.leave.remote(self._name), LEAVE_SECONDS)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            await asyncio.wait_for(self._hub.beat.remote(self._name), PATIENCE)

    async def _take_orders(self, tasks: asyncio.TaskGroup) -> None:
        loop, readable = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._pipe.fileno(), readable.set)
        while True:
            await readable.wait()
            readable.clear()
            while self._pipe.poll():
                kind, attempt, *what = self._pipe.recv()
                if kind == "cancel":
                    self._hub.cancel.remote(self._name, attempt)
                else:
                    tasks.create_task(self._follow(attempt, *what))

    async def _follow(self, attempt: str, *what: Any) -> None:
        follow = self._hub.follow.options(num_returns="streaming")
        async for events in follow.remote(self._name, attempt, *what):
            for event in await events:
                say(self._pipe, event)


if __name__ == "__main__":
    main()
