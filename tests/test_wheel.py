"""The wheel is whole: installed into an empty environment it does from an empty folder, whose name
has spaces and umlauts, what a checkout does."""

import contextlib
import json
import os
import site
import subprocess
import sys
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from engine import __version__, paths
from engine.app.addresses import free_port
from engine.cli import main
from tests.app.processes import answers, running, wait_for_start

ROOT = paths.ROOT
LEDGER_SIZE = len(json.loads(paths.MEASURED.read_text(encoding="utf-8")))
Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as it is published: built from the source distribution."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    made = subprocess.run(command, capture_output=True, text=True)
    assert made.returncode == 0, made.stdout + made.stderr
    [source] = folder.glob("*.tar.gz")
    assert source.name == f"practicum-{__version__}.tar.gz"
    [path] = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def place(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an environment that holds the wheel, and an empty folder to work in."""
    folder = tmp_path_factory.mktemp("ein Ort für alles")
    python = folder / "venv" / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    install = ["install", "--quiet", "--no-deps", "--no-compile", "--no-index", str(wheel)]
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(python)]
    subprocess.run([*pip, *install], check=True)
    # What it depends on is that of the tests' own environment; the editable install is not seen,
    # because a .pth file of another folder is not read.
    [packages] = (folder / "venv").glob("lib/python*/site-packages")
    (packages / "others.pth").write_text("\n".join(site.getsitepackages()), encoding="utf-8")
    (folder / "leerer Ordner").mkdir()
    return folder


@pytest.fixture(scope="module")
def practicum(place: Path) -> Command:
    """Runs the installed command in the empty folder."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [place / "venv" / "bin" / "practicum", *arguments],
            cwd=place / "leerer Ordner", env=os.environ | ours(place),
            capture_output=True, text=True,
        )  # fmt: skip

    return run


def ours(place: Path) -> dict[str, str]:
    """Variables that keep the checkout and the tests' own home out of sight."""
    return {"HOME": str(place / "Zuhause"), "PYTHONPATH": "", "PYTHONDONTWRITEBYTECODE": "1"}


def in_wheel(path: str) -> str:
    """Where a file of the repository lies in the wheel."""
    if path.startswith("assets/models/"):
        return path.replace("assets", "sims/data", 1)
    return (
        f"engine/data/{path}"
        if path.startswith(("assets/", "content/", "lectures/", "practicum.toml"))
        else path
    )


def test_it_holds_what_the_repository_holds_and_nothing_else(wheel: Path) -> None:
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    shipped = ("engine/", "sims/", "lectures/", "content/", "assets/", "practicum.toml")
    wanted = {
        in_wheel(path) for path in listed.split("\0")
        if path.startswith(shipped) and (ROOT / path).is_file()
    }  # fmt: skip
    found = set(zipfile.ZipFile(wheel).namelist())
    about = {path for path in found if path.split("/")[0].endswith(".dist-info")}
    assert found - about == wanted
    licences = {path.split("/licenses/")[1] for path in about if "/licenses/" in path}
    vendor = {f"assets/vendor/{name}" for name in ("LICENSES.txt", "perfect-freehand-LICENSE.txt")}
    others = {"assets/fonts/LICENSE.txt", "assets/fonts/OFL.txt", *vendor}
    assert licences == {"LICENSE", *others}
    assert {"engine/py.typed", "sims/py.typed"} <= found


def test_it_says_what_it_is(practicum: Command) -> None:
    assert practicum("--version").stdout == f"practicum {__version__}\n"


def test_it_checks_its_lectures(practicum: Command) -> None:
    shown = practicum("check")
    assert (shown.returncode, shown.stdout) == (0, "0 errors, 0 warnings\n"), shown.stderr


def test_it_runs_a_simulation_with_a_shipped_model(practicum: Command) -> None:
    shown = practicum("run", "next_token", "--jsonl")
    assert shown.returncode == 0, shown.stderr
    assert "step" in json.loads(shown.stdout.splitlines()[0])


def test_its_workers_hold_a_claim(practicum: Command) -> None:
    shown = practicum("claims", "C77", "--seeds", "1", "--json")
    assert shown.returncode == 0, shown.stderr
    [claim] = json.loads(shown.stdout)
    assert claim["holds"] is True


def test_it_prints_a_deck(practicum: Command, place: Path) -> None:
    [path] = (place / "venv").rglob("01-overview.md")
    deck = json.loads(practicum("deck", str(path), "--json").stdout)
    assert (len(deck["slides"]) > 100, deck["problems"]) == (True, [])


def test_it_says_that_a_checkout_alone_has_benchmarks(practicum: Command) -> None:
    shown = practicum("bench", "flip")
    assert (shown.returncode, shown.stdout) == (2, "")
    assert shown.stderr.count("\n") == 1
    assert "the benchmarks are not installed" in shown.stderr


def test_it_knows_its_lectures_by_name(practicum: Command) -> None:
    assert "There are: overview." in practicum("rehearse", "overvew").stderr


def test_it_serves(place: Path) -> None:
    before = sorted((place / "venv").rglob("*"))
    with served(place) as address:

        def get(path: str) -> bytes:
            with urllib.request.urlopen(address + path, timeout=30) as answer:
                return answer.read()

        assert len(json.loads(get("/api/claims"))["claims"]) >= LEDGER_SIZE
        assert b"<title>" in get("/overview")
        assert get("/api/web/now/theme.css")
        assert get("/api/web/now/views/stage.js")
        assert get("/files/assets/figures/byte-pairs.svg")
        assert json.loads(get("/api/source/bandit"))["file"] == "sims/bandit.py"
        recording = sorted(paths.RECORDED.iterdir())[0]
        assert get(f"/api/recorded/{quote(recording.name)}") == recording.read_bytes()
    assert sorted((place / "venv").rglob("*")) == before  # nothing is written beside the packages


@contextlib.contextmanager
def served(place: Path) -> Iterator[str]:
    port, log = free_port(23000 + os.getpid() % 400), place / "log"
    command = [place / "venv" / "bin" / "practicum", "serve", "--workers", "1", "--port", str(port)]
    with running(command, log, place / "leerer Ordner", **ours(place)) as process:
        wait_for_start(process, lambda: answers(port), log)
        yield f"http://127.0.0.1:{port}"


def test_the_command_line_is_a_module_too() -> None:
    for module in ("engine", "engine.cli"):
        shown = subprocess.run(
            [sys.executable, "-m", module, "--version"], capture_output=True, text=True
        )
        assert shown.stdout == f"practicum {__version__}\n"


def test_where_nothing_can_be_written_recording_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    for arguments in (["claims", "C77", "--record"], ["train-assets", "sentences"]):
        assert main(arguments) == 2
        assert "nothing can be written in" in capsys.readouterr().err
