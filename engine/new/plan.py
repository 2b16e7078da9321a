"""What `practicum new` is going to write: worked out whole, then written, or refused whole.

Nothing that is there is ever overwritten. A file that is there with the very same text, and a slide
or a claim that is there under its name, is said and left; so a command may be given twice.
"""

import functools
import json
import os
import re
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import jinja2

from engine.deck.source import names

TEMPLATES = Path(__file__).parent / "templates"
LONGEST = 200  # characters of a title or a sentence that a command line gives


class Refused(Exception):
    """What was asked for cannot be made; the message says why and what to do."""


@dataclass
class Plan:
    """New files with their text, and files with their whole new text where something is added."""

    new: dict[Path, str] = field(default_factory=dict)
    changed: dict[Path, tuple[str, str]] = field(default_factory=dict)  # path -> before, after
    there: list[str] = field(default_factory=list)  # what is there already, in words
    next: list[str] = field(default_factory=list)  # commands to go on with

    def make(self, path: Path, text: str) -> None:
        """Plan a new file. Raises `Refused` where another one has its name."""
        if not os.path.lexists(path):
            self.new[path] = text
        elif names.is_regular(path) and path.read_bytes() == text.encode():
            self.there.append(f"{shown(path)} is there already.")
        else:
            raise Refused(f"{shown(path)} is there already and is not overwritten. Move it first.")

    def change(self, path: Path, before: str, after: str) -> None:
        self.changed[path] = (before, after)

    def carry_out(self) -> list[str]:
        """Write everything; a line for each file. Raises OSError, `Refused`."""
        said = list(self.there)
        for path, text in self.new.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8", newline="\n") as file:  # never over another
                file.write(text)
            said.append(f"made {shown(path)}")
        for path, (before, after) in self.changed.items():
            replace(path, before.encode(), after.encode())
            said.append(f"added to {shown(path)}:{_first_change(before, after)}")
        return said


def _first_change(before: str, after: str) -> int:
    """The 1-based line at which two texts begin to differ."""
    pairs = enumerate(zip(before.splitlines(), after.splitlines(), strict=False), start=1)
    return next((line for line, (a, b) in pairs if a != b), before.count("\n") + 1)


def replace(path: Path, before: bytes, after: bytes) -> None:
    """Give a file another content at once, unless somebody has changed it since it was read.

    Raises OSError, `Refused`.
    """
    path = path.resolve()  # behind a link
    if path.read_bytes() != before:
        raise Refused(f"{shown(path)} has been changed meanwhile. Try again.")
    handle, name = tempfile.mkstemp(prefix=".practicum-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(after)
        os.chmod(name, path.stat().st_mode & 0o777)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def shown(path: Path) -> str:
    """A path as the reader would type it: from the folder where the command was given."""
    try:
        return names.shown(os.path.relpath(path))
    except ValueError:  # another drive
        return names.shown(path)


def trust(root: Path, sim: str) -> str:
    """The option without which a simulation of the course in `root` does not run."""
    return " --trust-sims" if sim and os.path.isfile(root / "sims" / f"{sim}.py") else ""


def one_line(text: str, what: str) -> str:
    """A title or a sentence of a command line. Raises `Refused`."""
    line = " ".join(text.split())
    if not line or not re.search(r"\w", line):
        raise Refused(f"the {what} is empty; write it in quotes.")
    if len(line) > LONGEST:
        raise Refused(f"the {what} has {len(line)} characters; {LONGEST} are the most.")
    if not line.isprintable():
        raise Refused(f"the {what} holds characters that cannot be printed; write plain text.")
    return line


def fill(template: str, **values: object) -> str:
    """The text of a template with these values."""
    return _templates().get_template(f"{template}.jinja").render(values)


@functools.cache
def _templates() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES, encoding="utf-8"),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # what is written is not HTML
    )
    made.filters["quoted"] = quoted
    return made


def quoted(text: str) -> str:
    """A text in double quotes, as YAML and TOML both read it."""
    return json.dumps(text, ensure_ascii=False)
