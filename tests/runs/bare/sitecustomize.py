"""Python as it might be on another system: without what Linux alone has. Every process that has
this folder on its path of imports is like that; `tests/test_portable.py` puts it there."""

import builtins
import io
import os
import pathlib
import signal
import subprocess
import sys

sys.modules["resource"] = None  # type: ignore[assignment]  # `import resource` fails

for module, names in (
    (os, ("fork", "nice", "fchmod", "killpg", "waitid", "set_blocking", "register_at_fork")),
    (signal, ("setitimer", "getitimer", "SIGKILL", "SIGHUP", "SIGPROF")),
):
    for name in names:
        delattr(module, name)

_open, _listdir, _init = io.open, os.listdir, subprocess.Popen.__init__


def _refusing(function):
    def call(path, *arguments, **options):
        if str(path).startswith(("/proc", "/dev/fd")):
            raise PermissionError(13, "there is no such thing here", str(path))
        return function(path, *arguments, **options)

    return call


builtins.open = io.open = _refusing(_open)
pathlib.io.open = io.open  # type: ignore[attr-defined]
os.listdir = _refusing(_listdir)


def _without_files(self, *arguments, **options):
    if options.get("pass_fds"):
        raise ValueError("pass_fds is not supported here")
    _init(self, *arguments, **options)


subprocess.Popen.__init__ = _without_files
