"""It starts without a locale, a home, temporary files or the right to write anywhere."""

import json
import os
import signal
import subprocess
import sys
import sysconfig
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from engine.app.addresses import free_port
from engine.paths import PACKAGES
from tests.app.processes import answers, running, wait_for_start

DECK = "# Größe\n\n---\n\n<!-- id: zwei -->\n\n## Zwei — „so“\n\n$x^2$\n"
BARE = {
    "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0",
    "HOME": "/proc/none", "XDG_CACHE_HOME": "", "TMPDIR": "/proc/none",
    "PYTHONPATH": f"{PACKAGES}{os.pathsep}{sysconfig.get_path('purelib')}",
    "PYTHONDONTWRITEBYTECODE": "1",
}  # fmt: skip
# Not the one of the virtual environment: in the C locale Python itself cannot read the path of an
# editable install whose folder has a letter with an accent.
PYTHON = os.path.realpath(sys.executable)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "Ein Örtchen"
    (folder / "lectures").mkdir(parents=True)
    (folder / "lectures" / "größe.md").write_text(DECK, encoding="utf-8")
    return folder


def test_a_deck_is_printed_as_utf_8_without_a_locale(folder: Path) -> None:
    command = [PYTHON, "-P", "-m", "engine", "deck", "lectures/größe.md"]
    shown = subprocess.run(command, cwd=folder, env=os.environ | BARE, capture_output=True)
    assert shown.returncode == 0, shown.stderr
    assert json.loads(shown.stdout.decode("utf-8"))["slides"][1]["title"] == "Zwei — „so“"


def test_a_folder_that_was_deleted_is_a_sentence(folder: Path) -> None:
    """A shell may stand in one: nothing that is named from there can be found."""
    (folder / "gone").mkdir()
    command = ["sh", "-c", 'cd gone && rmdir ../gone && exec "$@"', "sh", PYTHON, "-P"]
    environment = os.environ | {"PYTHONPATH": BARE["PYTHONPATH"]}
    shown = subprocess.run(
        [*command, "-m", "engine", "serve"],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert (shown.returncode, shown.stdout) == (2, "")
    assert shown.stderr == (
        "practicum: the folder in which it was started has been deleted; start it in another.\n"
    )


def test_the_server_starts_with_none_of_them(folder: Path) -> None:
    port, log = free_port(24000 + os.getpid() % 400), folder.parent / "log"
    serve = [PYTHON, "-P", "-m", "engine", "serve", "--workers", "1", "--port", str(port)]
    command = ["sh", "-c", 'umask 077; exec "$@"', "sh", *serve, "--lectures", "lectures"]
    with running(command, log, folder, **BARE) as process:
        wait_for_start(process, lambda: answers(port), log)
        address = f"http://127.0.0.1:{port}/{urllib.parse.quote('größe')}"
        with urllib.request.urlopen(address, timeout=30) as answer:
            assert answer.status == 200
    assert "Traceback" not in log.read_text(encoding="utf-8")


INTERRUPTED = """\
import os, signal, sys

class Interrupts:
    def find_spec(self, name, path, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupts())
signal.signal(signal.SIGINT, signal.{handler})
sys.argv = ["practicum", "deck", "nofile.md"]
from engine.start import main
sys.exit(main())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="os.kill ends a process there")
@pytest.mark.parametrize(
    ("module", "handler", "code"),
    [
        ("engine.cli", "default_int_handler", -signal.SIGINT),  # which a shell shows as 130
        ("engine.streams", "default_int_handler", -signal.SIGINT),
        ("engine.print_deck", "default_int_handler", 130),  # once the command line is there
        ("engine.cli", "SIG_IGN", 2),  # started by `nohup` or `&`: it is not to be ended
        ("engine.print_deck", "SIG_IGN", 2),
    ],
)
def test_ctrl_c_while_modules_are_imported_is_quiet(module: str, handler: str, code: int) -> None:
    text = INTERRUPTED.format(module=module, handler=handler)
    ended = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True)
    assert ended.returncode == code, ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.stderr == ("" if code != 2 else "practicum: there is no file nofile.md.\n")
