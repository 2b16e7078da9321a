"""The process that speaks to Ray for a server: joins the cluster, passes on orders and updates.

What the server gets is JSON: nothing that others have put into the cluster is unpickled there.
"""

import asyncio
import json
import os
import secrets
import signal
import socket
import sys
import traceback
from typing import Any

from engine import portable
from engine.runs.cluster.engine import ClusterError, HubPlan
from engine.runs.cluster.start import start_ray
from engine.runs.job import Budget, Job

BEAT_SECONDS = 1.0
START_SECONDS = 60.0  # a new hub imports what it needs
PATIENCE = 15.0  # seconds; a beat is answered in a millisecond, else the hub or its machine hangs
LONGEST = 1 << 20  # bytes of an order


def main() -> None:
    """Serve until the server has gone, the hub does not answer, or Ray ends this process."""
    config = json.loads(sys.argv[1])
    line, plan = portable.take_line(config), HubPlan(**config["plan"])
    try:
        start_ray(config["address"], plan.workers)
        line.sendall(_line(""))
        asyncio.run(_serve(line, plan))
    except ClusterError as error:
        line.sendall(_line(str(error)))
    except BaseException:  # for the server's log
        traceback.print_exc()
    finally:  # a cluster of our own is in our group; Ray would take 3 s to end it
        os.killpg(0, signal.SIGKILL)


def _line(message: Any) -> bytes:
    return f"M {json.dumps(message)}\n".encode()


async def _serve(line: socket.socket, plan: HubPlan) -> None:
    """Follow runs at the hub for the server at the other end of `line`."""
    from engine.runs.cluster.nodes import hub_of  # it imports Ray

    hub, server = hub_of(plan), secrets.token_hex(8)
    await asyncio.wait_for(hub.beat.remote(), START_SECONDS)
    hub.outlive.remote(server, [hub.attend.remote()])
    orders, updates = await asyncio.open_connection(sock=line, limit=LONGEST)

    async def beat() -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            await asyncio.wait_for(hub.beat.remote(), PATIENCE)

    async def follow(
        attempt: str, sim: str, params: Any, source: str, budget: Any, owner: str, fresh: bool
    ) -> None:
        job = Job(sim, tuple(map(tuple, params)), source)
        run = hub.follow.options(num_returns="streaming")
        async for update in run.remote(server, attempt, job, Budget(*budget), owner, fresh):
            updates.write(_line([attempt, *await update]))

    async with asyncio.TaskGroup() as tasks:  # the end of one is the end of all
        tasks.create_task(beat())
        while order := await orders.readline():
            attempt, *what = json.loads(order)["order"]
            if what:
                tasks.create_task(follow(attempt, *what))
            else:
                hub.cancel.remote(attempt)
        raise EOFError("the server has gone")


if __name__ == "__main__":
    main()
