"""`make` installs what is missing, in a folder of any name, and nothing twice."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import HERE, LECTURE, LONG

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A checkout in which everything has been installed."""
    folder = tmp_path / "ein Ordner für Kurse"
    (folder / "engine").mkdir(parents=True)
    (folder / ".venv" / "bin").mkdir(parents=True)
    for name in (
        "Makefile",
        "pyproject.toml",
        "constraints.txt",
        "package.json",
        "package-lock.json",
    ):
        shutil.copy(ROOT / name, folder)
    (folder / ".venv" / ".serve").touch()
    return folder


def planned(folder: Path, imports: Path, target: str = "serve") -> str:
    """What `make` would do where `import engine` finds the package in `imports`."""
    python = folder / ".venv" / "bin" / "python"
    python.write_text(f'#!/bin/sh\n[ "{imports}" = "$PWD/engine" ] && echo True || echo False\n')
    python.chmod(0o755)
    command = ["make", "--dry-run", target]
    # The make that runs these tests hands down what it was given.
    ours = {name: text for name, text in os.environ.items() if "MAKE" not in name}
    environment = {name: text for name, text in ours.items() if name not in ("ARGS", "PYTHON")}
    shown = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment)
    assert shown.returncode == 0, shown.stderr
    return shown.stdout


def test_what_is_installed_is_not_installed_again(folder: Path) -> None:
    assert planned(folder, folder / "engine") == ".venv/bin/python -m engine serve \n"


@pytest.mark.parametrize("where", ["venv/lib/python3.11/site-packages/engine", "moved/engine"])
def test_a_copy_in_its_place_or_a_moved_folder_is_repaired(folder: Path, where: str) -> None:
    assert "--editable .\n" in planned(folder, folder / where)


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_new_requirements_are_installed(folder: Path, name: str) -> None:
    os.utime(folder / name, (2**32, 2**32))  # of the year 2106: newer than what is installed
    assert "--editable .\n" in planned(folder, folder / "engine")


def test_a_clean_clone_is_installed_once_for_its_tests(folder: Path) -> None:
    (folder / ".venv" / ".serve").unlink()
    steps = planned(folder, folder / "engine", ".venv/.test").splitlines()
    assert [step.split()[-1] for step in steps if " pip install " in step] == ["'.[test]'"]
    (folder / ".venv" / ".test").touch()
    (folder / ".venv" / ".serve").touch()
    for target in (".venv/.test", "serve"):
        assert " pip install " not in planned(folder, folder / "engine", target)


def test_no_target_names_a_script_whose_first_line_holds_the_path(folder: Path) -> None:
    """A `#!` line ends at the first space; `python -m` needs none."""
    targets = ("serve", "lint", "docs", "site", "test", "claims", "bench", "audit")
    for target in (*targets, "prove-security"):
        steps = planned(folder, folder / "engine", target).splitlines()
        used = {step.split()[0] for step in steps if step.startswith(".venv/bin/")}
        assert used == {".venv/bin/python"}


def test_the_suite_starts_with_the_long_files_that_there_are() -> None:
    missing = [name for name in LONG if not (ROOT / "tests" / name).is_file()]
    assert missing == []


def test_files_that_use_the_server_of_our_lectures_go_to_one_process() -> None:
    users = {
        path.relative_to(HERE).as_posix()
        for path in HERE.glob("*/test_*.py")
        if "lecture_server" in path.read_text(encoding="utf-8")
    }
    assert users - {"test_makefile.py"} == set(LECTURE)
