"""Every file of engine/ and sims/, folder by folder, with the first sentence of its own comment."""

import ast
import re
import subprocess
from pathlib import Path

from tools.docs.sections import plain

ROOT = Path(__file__).resolve().parents[2]

# What a folder is for, where it is not Python package whose docstring says so.
FOLDERS = {
    "engine/app/site/templates": "the HTML of the pages around the lectures",
    "engine/app/web/blocks": "what a reader operates on a slide, by kind",
    "engine/app/web/charts": "curves and bars, drawn by Plotly",
    "engine/app/web/lecture": "the parts of a lecture: slides, path, keys, cards, drawers, dialogs",
    "engine/app/web/lib": "the page, the server, numbers, words and runs: used by all others",
    "engine/app/web/player": "the `sim` block: its panel, its runs and what they show",
    "engine/app/web/scenes": "what a simulation looks like, drawn on a canvas",
    "engine/app/web/styles": "style sheets",
    "engine/app/web/views": "ways to see a lecture: stage, reading, presenter window, paper",
    "engine/new/templates": "what `practicum new` writes",
    "engine/deploy": "one server to several: containers, proxy and cluster",
}
# Files that carry no comment of their own.
FILES = {"py.typed": "says to type checkers that the package is annotated"}
_COMMENTS = {
    ".js": re.compile(r"\s*/\*\*?(.*?)\*/", re.DOTALL),
    ".css": re.compile(r"\s*/\*(.*?)\*/", re.DOTALL),
    ".ts": re.compile(r"\s*/\*\*?(.*?)\*/", re.DOTALL),
    ".jinja": re.compile(r"\{#-?(.*?)-?#\}", re.DOTALL),
    ".html": re.compile(r"\s*(?:<!doctype html>)?\s*(?:<!--|\{#)(.*?)(?:-->|#\})", re.S | re.I),
}
_HASHES = re.compile(r"((?:#[^\n]*\n)+)")


def section() -> str:
    """One heading for each folder, one line for each file."""
    folders: dict[str, list[Path]] = {}
    for path in files():
        folders.setdefault(path.parent.relative_to(ROOT).as_posix(), []).append(path)
    return "\n\n".join(_folder(name, found) for name, found in sorted(folders.items()))


def files() -> list[Path]:
    """What git tracks (or would track) in engine/ and sims/, less packages' `__init__.py`."""
    shown = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "engine", "sims"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    paths = [ROOT / line for line in sorted(set(shown.stdout.splitlines()))]
    return [path for path in paths if path.is_file() and path.name != "__init__.py"]


def _folder(name: str, found: list[Path]) -> str:
    words = FOLDERS.get(name) or description(ROOT / name / "__init__.py")
    lines = [f"### `{name}/`", *([plain(_sentence(words))] if words else [])]
    rows = "\n".join(f"- `{path.name}`: {plain(_start(description(path)))}" for path in found)
    return "\n\n".join([*lines, rows])


def description(path: Path) -> str:
    """The first sentence of the comment at the top of a file; empty if it has none."""
    if path.name in FILES:
        return FILES[path.name]
    if not path.is_file() or path.suffix in (".json", ".svg", ".png"):
        return ""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        found = ast.get_docstring(ast.parse(text)) or ""
    elif comment := _COMMENTS.get(path.suffix, _HASHES).match(text):
        found = re.sub(r"(?m)^\s*(?:\*|#+)\s?", "", comment[1]).strip()
    else:
        return ""
    paragraph = " ".join(re.split(r"\n\s*\n", found)[0].split())
    return re.split(r"\.(?= [A-Z`])|\.$", paragraph)[0]


def _start(words: str) -> str:
    """A description after a colon: a small letter, unless the first word is a name."""
    first = words.split(" ")[0]
    return words if first[1:] != first[1:].lower() or first in ("I", "React") else _lowered(words)


def _lowered(words: str) -> str:
    return words[:1].lower() + words[1:]


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."
