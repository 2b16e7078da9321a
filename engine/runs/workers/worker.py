"""A worker process: takes one job at a time over a socket and writes its frames back.

Started as `python -P -m engine.runs.workers.worker CONFIG`, never imported by the web process.
Lines in (JSON): {"do": "run", "attempt", "sim", "params", "source", "memory_mb", "last_resort"},
{"do": "cancel", "attempt"} and {"do": "preload"}. Lines out: `R 1` ready and warm (or `R 0`),
`F {frame}`, `E {state, message, detail, left}`. The end of the socket means that the parent is
gone, and then so is the worker. It also ends after a run that has left something behind, and is
replaced.
"""

import contextlib
import faulthandler
import importlib
import importlib.util
import json
import os
import queue
import signal
import sys
import threading
import time
from typing import Any

from engine import portable
from engine.runs.frames import explain, stream
from engine.runs.workers import leftovers
from sims import foreign


class Worker:
    """The main thread runs simulations; a second one reads the socket, so that it hears a cancel
    between two frames. What neither can hear (a hang) the parent ends with SIGKILL."""

    def __init__(self, config: dict[str, Any]) -> None:
        self.config = config
        self.socket = portable.take_line(config)
        self.pid = os.getpid()
        self.inbox: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self.cancelled: set[str] = set()
        self.source = ""  # of the simulations that are imported now
        self.num_frames = 0  # of the run that is under way

    def serve(self) -> None:
        threading.Thread(target=self._read, daemon=True).start()
        importlib.import_module("numpy")  # 0.1 s; torch takes 1 s and waits for an idle moment
        while True:
            is_warm = all(name in sys.modules for name in self.config["preload"])
            self._write("R", int(is_warm))
            message = self.inbox.get()
            if message["do"] == "preload":
                self._preload()
            else:
                end = self._execute(message)
                self._write("E", end)
                if end.get("left"):
                    os._exit(0)
                self.cancelled.discard(message["attempt"])

    def _read(self) -> None:
        with contextlib.suppress(OSError), self.socket.makefile("rb") as lines:
            for line in lines:
                message = json.loads(line)
                if message["do"] == "cancel":
                    self.cancelled.add(message["attempt"])
                else:
                    self.inbox.put(message)
        os._exit(0)  # the parent is gone, and the main thread may be deep in a simulation

    def _write(self, kind: str, value: Any) -> None:
        self._send(f"{kind} {json.dumps(value)}\n")

    def _send(self, line: str) -> None:
        if os.getpid() != self.pid:  # a simulation has called fork: its copy comes out here too
            os._exit(0)
        try:
            self.socket.sendall(line.encode())
        except OSError:  # closed by the simulation, or there is no parent any more
            os._exit(leftovers.CONNECTION_CLOSED)

    def _preload(self) -> None:
        for name in self.config["preload"]:
            with contextlib.suppress(ImportError):  # the simulation that needs it will say so
                importlib.import_module(name)
        _use_one_thread()

    def _execute(self, job: dict[str, Any]) -> dict[str, Any]:
        """Run one simulation; returns how it ended, and what it has left behind."""
        portable.forget_peak()
        before = leftovers.state()
        self.num_frames = 0
        try:
            module = self._load(job["sim"], job["source"])
            before = leftovers.state()  # what a module does when it is imported, it does once
            end = self._run(module, job)
        except BaseException as error:  # SystemExit too: a simulation must not end the worker
            portable.limit_memory(0)  # first: telling takes memory as well
            names_model = self.config.get("names_model", False)
            message, detail = explain(error, job["sim"], self.num_frames, names_model)
            end = {"state": "failed", "message": message, "detail": detail}
        finally:
            faulthandler.cancel_dump_traceback_later()
            portable.limit_memory(0)
        return end | {"left": leftovers.left_behind(before)}

    def _run(self, module: Any, job: dict[str, Any]) -> dict[str, Any]:
        cpu_seconds = time.process_time()
        _use_one_thread()
        portable.limit_memory(job["memory_mb"])
        # In C, without the GIL: ends a hang even when the parent could not.
        faulthandler.dump_traceback_later(job["last_resort"], exit=True)
        for text in stream(module, module.Params(**job["params"])):
            if job["attempt"] in self.cancelled:
                return {"state": "cancelled", "message": "", "detail": ""}
            self._send(f"F {text}\n")
            self.num_frames += 1
        usage = {"cpu_seconds": time.process_time() - cpu_seconds, "peak_mb": portable.peak_mb()}
        return {"state": "done", "message": "", "detail": "", "usage": usage}

    def _load(self, sim: str, source: str) -> Any:
        """The simulation's module, imported again when any source has changed since the last."""
        package = self.config["package"]
        if source != self.source:
            ours = {package, *(entry.package for entry in foreign.entries().values())}
            for name in [
                name for name in sys.modules if "." in name and name.split(".")[0] in ours
            ]:
                del sys.modules[name]
            importlib.invalidate_caches()
            self.source = source
        entry = foreign.entries().get(sim) if package == "sims" else None
        if entry and importlib.util.find_spec(f"{package}.{sim}") is None:
            return importlib.import_module(entry.module)
        return importlib.import_module(f"{package}.{sim}")


def _use_one_thread() -> None:
    """As many runs as cores, so one thread each; more would only wait for one another."""
    if torch := sys.modules.get("torch"):
        torch.set_num_threads(1)


def main() -> None:
    config = json.loads(sys.argv[1])
    portable.die_with(config["parent"])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent
    os.dup2(2, 1)  # what a simulation prints goes to the parent's log, not to its terminal
    portable.be_background()
    faulthandler.enable()
    sys.path[:0] = config["path"]
    Worker(config).serve()


if __name__ == "__main__":
    main()
