"""The README's tree is the disk's tree, and its commands exist."""

import contextlib
import re
import subprocess
from pathlib import Path

import pytest

from engine.cli import main

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def tree() -> dict[str, str]:
    """Path of every line of the README's tree, and its description."""
    block = README.split("```text\n")[1].split("```")[0]
    stack: list[str] = []
    found = {}
    for line in block.splitlines():
        name, _, words = line.strip().partition("  ")
        depth = (len(line) - len(line.lstrip())) // 2
        stack = [*stack[:depth], name]
        found["".join(stack)] = words.strip()
    return found


def tracked() -> list[str]:
    shown = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [path for path in shown.stdout.splitlines() if (ROOT / path).exists()]


def test_every_line_of_the_tree_exists_and_says_something() -> None:
    for path, words in tree().items():
        assert (ROOT / path).exists(), f"README names {path}, which does not exist"
        assert words or path in ("engine/", "sims/"), f"README says nothing of {path}"


def test_every_module_has_a_line() -> None:
    listed = tree()
    code = [path for path in tracked() if path.startswith(("engine/", "sims/"))]
    missing = [path for path in code if path not in listed and not path.endswith("__init__.py")]
    assert not missing, f"README has no line for {missing}"


def test_every_top_level_entry_has_a_line() -> None:
    top = {path.split("/")[0] for path in tracked() if not path.startswith(".")}
    listed = {path.split("/")[0] for path in tree()}
    assert top - listed == {"README.md"}


def test_every_command_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    with contextlib.suppress(SystemExit):
        main(["--help"])
    offered = re.findall(r"^    (\w+) +", capsys.readouterr().out, re.MULTILINE)
    assert len(offered) >= 5
    for command in offered:
        assert f"`practicum {command} " in README


def test_every_key_is_explained() -> None:
    table = (ROOT / "engine/app/web/commands.js").read_text(encoding="utf-8")
    rows = re.findall(r'shown: "([^"]+)", words: "([^"]+)"', table)
    assert len(rows) == table.count("{ action:")
    for shown, words in rows:
        keys = " ".join(f"`{key}`" for key in shown.split())
        assert f"| {keys} | {words} |" in README
