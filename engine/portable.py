"""What one operating system has and another lacks, each with a plain fallback.

Linux has all of it. macOS has no /proc and no signal at a parent's death. Windows has neither, nor
`resource`, nice values, process groups or files that a child inherits by their number. Whatever is
missing is left out: a simulation's memory is then not limited, a line to a child is a connection
within this machine, and a worker that hangs outlives a server that was killed.
"""

import contextlib
import ctypes
import hmac
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

try:
    import resource
except ImportError:  # Windows
    resource = None

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36  # linux/prctl.h
SECRET = "PRACTICUM_LINE_SECRET"  # in a child's environment, which other users cannot read
START_SECONDS = 60.0  # until a child must have connected
NICE = 5  # slides flip while simulations run

# For `Popen`: Ctrl-C in the terminal is not for this child.
DETACHED: dict[str, Any] = {"start_new_session": True}
if sys.platform == "win32":
    FLAGS = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.BELOW_NORMAL_PRIORITY_CLASS
    DETACHED = {"creationflags": FLAGS}


def working_folder() -> str | None:
    """The folder in which this process stands; None when somebody has deleted it."""
    try:
        return os.getcwd()
    except OSError:
        return None


def start_with_line(
    command: Sequence[str], config: Mapping[str, Any], **options: Any
) -> tuple[subprocess.Popen[bytes], socket.socket]:
    """Start a process, `command` and then `config` as JSON, with a line to it: it calls
    `take_line(config)`. `options` are those of `Popen`. Raises OSError."""
    if hasattr(os, "fork"):  # so a child inherits files
        with contextlib.suppress(AssertionError, NotImplementedError, ValueError):
            return _start_with_inherited(command, config, options)
    return _start_with_connection(command, config, options)


def take_line(config: Mapping[str, Any]) -> socket.socket:
    """In the child: the other end of the line."""
    if "fd" in config:
        line = socket.socket(fileno=config["fd"])
        line.set_inheritable(False)  # not for what a simulation starts
        return line
    line = socket.create_connection(("127.0.0.1", config["port"]), START_SECONDS)
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    line.sendall(os.environ.pop(SECRET).encode())
    line.settimeout(None)
    return line


def _start_with_inherited(
    command: Sequence[str], config: Mapping[str, Any], options: Mapping[str, Any]
) -> tuple[subprocess.Popen[bytes], socket.socket]:
    ours, theirs = socket.socketpair()
    with theirs:
        handed = json.dumps({**config, "fd": theirs.fileno()})
        try:
            process: Any = subprocess.Popen(
                [*command, handed], pass_fds=[theirs.fileno()], **options
            )
        except BaseException:
            ours.close()
            raise
    return process, ours


def _start_with_connection(
    command: Sequence[str], config: Mapping[str, Any], options: Mapping[str, Any]
) -> tuple[subprocess.Popen[bytes], socket.socket]:
    """Any program of this machine can connect, so that only the one that knows the secret counts.

    Waits for the child's connection: about as long as Python takes to start.
    """
    secret = secrets.token_hex(32)
    environment = {**(options.get("env") or os.environ), SECRET: secret}
    with socket.create_server(("127.0.0.1", 0)) as listener:
        handed = json.dumps({**config, "port": listener.getsockname()[1]})
        process: Any = subprocess.Popen([*command, handed], **{**options, "env": environment})
        try:
            return process, _accept(listener, secret.encode(), process)
        except OSError:
            process.kill()
            process.communicate()
            raise


def _accept(
    listener: socket.socket, secret: bytes, process: subprocess.Popen[bytes]
) -> socket.socket:
    listener.settimeout(0.2)
    until = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < until:
        with contextlib.suppress(TimeoutError):
            line, _ = listener.accept()
            line.settimeout(1.0)
            with contextlib.suppress(OSError):
                if hmac.compare_digest(_read(line, len(secret)), secret):
                    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    line.settimeout(None)
                    return line
            line.close()
    raise OSError(f"it did not connect (exit code {process.returncode})")


def _read(line: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size and (more := line.recv(size - len(data))):
        data += more
    return data


def die_with(parent: int) -> None:
    """Ask Linux for SIGKILL when the parent ends: a call that holds the GIL hears nothing else.

    And to be the parent of whatever its children leave behind, so that it is noticed.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            library = ctypes.CDLL(None)
            library.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            library.prctl(PR_SET_CHILD_SUBREAPER, 1)
    # On Windows the parent of a Python in a virtual environment is that environment's launcher.
    if sys.platform != "win32" and os.getppid() != parent:  # it ended before we could ask
        os._exit(0)


def be_background() -> None:
    """Leave the processor to others that want it, and leave no memory dump behind."""
    if hasattr(os, "nice"):
        os.nice(NICE)
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def forget_peak() -> None:
    """Have the peak of memory counted from now on; elsewhere than on Linux it never goes down."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def peak_mb() -> float:
    """The most memory that this process has had resident, in MiB; 0 where nobody counts it."""
    with contextlib.suppress(OSError, IndexError, ValueError):
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return int(status.split("VmHWM:")[1].split()[0]) / 1024
    if resource is None:
        try:
            import psutil  # 20 ms, which the start of a worker need not wait for
        except ImportError:  # it needs `resource` on the systems that have it
            return 0.0
        memory = psutil.Process().memory_info()
        return getattr(memory, "peak_wset", memory.rss) / 2**20
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def waited_seconds(pid: int) -> float:
    """For how long the main thread of a process could have run and had no processor.

    0 where the system does not tell (macOS, Windows) or the process is gone.
    """
    try:
        text = Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii")
        return int(text.split()[1]) / 1e9  # time on a processor, time waiting for one, turns
    except (OSError, ValueError, IndexError):
        return 0.0


def limit_memory(megabytes: int) -> None:
    """Let the process grow by so much and no more (0: without limit), where the system can."""
    if resource is None:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    soft = hard
    if megabytes:
        try:
            pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        except (OSError, IndexError, ValueError):  # not Linux: no cap
            return
        soft = pages * resource.getpagesize() + megabytes * 2**20
        soft = soft if hard == resource.RLIM_INFINITY else min(soft, hard)
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def allow_many_files(most: int) -> None:
    """Let this process open `most` files, or as many as its user may."""
    if resource is None:  # Windows has no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = most if hard == resource.RLIM_INFINITY else min(hard, most)
    with contextlib.suppress(ValueError, OSError):  # a system that wants it smaller still
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
