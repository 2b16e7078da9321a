"""Sources and names of files that mean the same on every system."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted([*(ROOT / "engine").rglob("*.py"), *(ROOT / "sims").rglob("*.py")])
RESERVED = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{name}{i}" for name in ("com", "lpt") for i in range(10)),
}


def test_every_tracked_name_is_possible_on_windows() -> None:
    listing = ["git", "ls-files", "-z"]
    shown = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True, encoding="utf-8")
    names = [name for name in shown.stdout.split("\0") if name]
    assert len({name.lower() for name in names}) == len(names)
    for name in names:
        for part in name.split("/"):
            assert not re.search(r'[<>:"\\|?*\x00-\x1f]|[ .]$', part), name
            assert part.split(".")[0].lower() not in RESERVED, name


def text_without_encoding(path: Path) -> list[int]:
    """Lines on which a file is opened as text and no encoding is named."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func)
        if not re.search(r"^open$|[.](read_text|write_text|fdopen)$", name):
            continue
        modes = [one.value for one in [*node.args, *(key.value for key in node.keywords)]
                 if isinstance(one, ast.Constant) and isinstance(one.value, str)]  # fmt: skip
        is_binary = any(re.fullmatch(r"[rwxa]?b\+?", mode) for mode in modes)
        has_encoding = any(key.arg == "encoding" for key in node.keywords)
        if not (is_binary or has_encoding):
            found.append(node.lineno)
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_text_file_has_its_encoding_named(path: Path) -> None:
    assert not text_without_encoding(path)
