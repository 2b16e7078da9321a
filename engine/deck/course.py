"""A course: a folder of lectures, its settings (`practicum.toml`), and where its own files lie.

    COURSE/practicum.toml    title, address of the repository, colours, which findings are errors
    COURSE/lectures/*.md     the decks; they may lie in COURSE itself
    COURSE/content/          references.bib, glossary.yaml, claims.yaml, timelines/, recorded/, …

A folder of decks without a `practicum.toml` is a course without settings. What is wrong with the
file is said with its line, and the rest of it counts.
"""

import functools
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import tinycss2.color4

from engine import palette
from engine.deck.model import Problem
from engine.deck.schema.course_models import CHECKS, CourseFields
from engine.deck.schema.validation import fit
from engine.deck.source import names
from engine.deck.source.inside import Refused, inside, real_path
from engine.paths import CONTENT, LECTURES, ROOT
from sims.nearest import nearest

FILE = "practicum.toml"
LARGEST = 1 << 16  # bytes of a practicum.toml
_COLOUR = re.compile(r"[#\w\s.,%()/+-]{1,64}")


@dataclass(frozen=True, eq=False)  # compared by identity: one object for one version of the file
class Course:
    """A folder of decks and its settings; every path is there or is where it would be."""

    root: Path
    lectures: Path
    settings: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    is_declared: bool = False  # has a practicum.toml

    def text(self, name: str) -> str:
        """A setting that is a text, "" when it is not set."""
        return str(self.settings.get(name, ""))

    def colours(self, *, dark: bool = False) -> dict[str, str]:
        """The colours that it sets, by their names in theme.css."""
        return dict(self.settings.get("theme", {}).get("dark" if dark else "light", {}))

    def judged(self, problems: Iterable[Problem]) -> list[Problem]:
        """The findings as severe as the course has them, without those that it switches off."""
        found = []
        for one in problems:
            severity = "" if one.rule == "deck" else self.severity(one.rule)
            if severity != "off":
                is_set = severity in ("error", "warning")
                found.append(replace(one, severity=severity) if is_set else one)
        return found

    def severity(self, rule: str) -> str:
        """What the course makes of a finding, a word of `Severity`; "" where it does not say."""
        return str(self.settings.get("check", {}).get(rule, ""))

    @property
    def content(self) -> Path:
        """The folder of its own data."""
        contents = self._contents()
        return next((folder for folder in contents if folder.is_dir()), contents[-1])

    def file(self, name: str) -> Path:
        """A file of its own data, or where it would be."""
        found = (folder / name for folder in self._contents())
        return next(filter(names.is_regular, found), self.content / name)

    def _contents(self) -> tuple[Path, ...]:
        """The folders of its own data, which ours is not for a folder beside our lectures."""
        folders = content_folders(self.lectures)
        is_ours = real_path(self.lectures) == real_path(LECTURES)
        own = [one for one in folders if is_ours or real_path(one) != real_path(CONTENT)]
        return tuple(own) or (self.lectures / "content",)

    @property
    def bibliography(self) -> Path:
        """The works that decks cite which name no bibliography of their own."""
        named = self.text("bibliography")
        return self.root / named if named else self.file("references.bib")

    @property
    def ledger(self) -> Path:
        """Its claims."""
        return self.file("claims.yaml")

    @property
    def title(self) -> str:
        return self.text("title") or "Lectures"


def content_folders(folder: Path) -> tuple[Path, ...]:
    """Where the data of decks in `folder` may lie, the first that has it wins."""
    if names.is_regular(folder / FILE):
        return (folder / "content",)
    return (folder.parent / "content", folder / "content")


def content_file(folder: Path, name: str) -> Path:
    """The file `name` in the content of decks in `folder`; it need not exist."""
    files = [content / name for content in content_folders(folder)]
    return next((file for file in files if names.is_regular(file)), files[0])


def lectures_in(folder: Path) -> Path:
    """The folder of the decks of a course that is given by its own folder."""
    below = folder / "lectures"
    is_root = names.is_regular(folder / FILE) or not names.decks(folder)
    return below if is_root and below.is_dir() else folder


def course_of(folder: Path) -> Course:
    """The course of the decks in `folder`. Never raises: faults are in `problems`."""
    root = next((one for one in _roots(folder) if names.is_regular(one / FILE)), None)
    if root is None:
        return _undeclared(folder, (folder.parent / "content").is_dir())
    stat = (root / FILE).stat()
    return _read(root, folder, stat.st_mtime_ns, stat.st_size)


def _roots(folder: Path) -> tuple[Path, ...]:
    """Where its practicum.toml may lie; ours says nothing of another folder beside ours."""
    is_beside_ours = real_path(folder.parent) == real_path(ROOT) and folder.name != LECTURES.name
    return (folder,) if is_beside_ours else (folder, folder.parent)


def here(given: Path | None = None) -> Course:
    """The course that a command means: the folder that is given, else the course around the folder
    where it is given, else the lectures that come with Practicum."""
    root = given if given is not None else around(Path.cwd())
    return course_of(lectures_in(root) if root is not None else LECTURES)


def repository_path(deck: Path, course: Course) -> str:
    """The path of a deck in its repository, with / between its parts: from the folder that git
    looks after, else from that of the course."""
    deck = real_path(deck)
    above = (folder for folder in deck.parents if (folder / ".git").exists())
    root = next(above, real_path(course.root))
    within = deck.relative_to(root) if deck.is_relative_to(root) else Path(deck.name)
    return names.shown(within.as_posix())


def find_root(start: Path) -> Path | None:
    """The nearest folder with a practicum.toml, from `start` upwards."""
    above = (start, *real_path(start).parents)
    return next((one for one in above if names.is_regular(one / FILE)), None)


def around(start: Path) -> Path | None:
    """The folder of the course around `start`: that of `find_root`, else `start` itself when decks
    lie in its `lectures`."""
    return find_root(start) or (start if names.decks(start / "lectures") else None)


@functools.lru_cache(maxsize=16)
def _undeclared(folder: Path, is_below: bool) -> Course:
    return Course(folder.parent if is_below else folder, folder)


@functools.lru_cache(maxsize=16)
def _read(root: Path, folder: Path, _mtime: int, _size: int) -> Course:
    path = root / FILE
    try:
        # Some editors begin a file with a mark.
        text = inside(root, path, LARGEST).read_text(encoding="utf-8-sig")
        written = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return Course(root, folder, problems=(_no_toml(error, path),), is_declared=True)
    except (OSError, ValueError, RecursionError) as error:
        fault = Problem(*_unread(error), file=str(path))
        return Course(root, folder, problems=(fault,), is_declared=True)
    settings, faults = fit(CourseFields, written)
    problems = [_problem(path, text, one.path, one.message, one.fix) for one in faults]
    for table, message, fix in _wrong(settings, root, folder):
        problems.append(_problem(path, text, table, message, fix))
    return Course(root, folder, settings, tuple(problems), is_declared=True)


def _wrong(
    settings: dict[str, Any], root: Path, folder: Path
) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """What a type cannot tell, with the path of its key; it is taken out of `settings`."""
    checks = settings.get("check", {})
    for rule in [one for one in checks if one not in CHECKS]:
        del checks[rule]
        yield ("check", rule), f"There is no check '{rule}'.", nearest(rule, CHECKS)
    for shade, colours in settings.get("theme", {}).items():
        for name, value in list(colours.items()):
            if fault := _colour_fault(name, value):
                del colours[name]
                yield ("theme", shade, name), *fault
    try:
        if "bibliography" in settings:
            inside(folder, root / settings["bibliography"])
    except Refused as error:
        message = f"The bibliography '{settings.pop('bibliography')}' cannot be read: {error}."
        yield ("bibliography",), message, error.fix or "Name a .bib file in content/."


def _colour_fault(name: str, value: str) -> tuple[str, str] | None:
    known = palette.colours()
    if name not in known:
        return f"There is no colour '{name}'.", nearest(name, known)
    if not _COLOUR.fullmatch(value) or tinycss2.color4.parse_color(value) is None:
        return f"'{value[:40]}' is not a colour.", 'Write one like "teal" or "#" and six digits.'
    return None


def _unread(error: Exception) -> tuple[str, str]:
    """(what, fix) of a file of settings from which nothing can be taken."""
    why, fix = str(error), getattr(error, "fix", "") or "Check the file."
    if isinstance(error, UnicodeDecodeError):
        why, fix = "it is not UTF-8", "Save it as UTF-8."
    elif isinstance(error, RecursionError):
        why, fix = "it nests too deeply", "Write its values without brackets."
    elif isinstance(error, ValueError):  # Python reads no number of more than 4,300 digits
        why, fix = "it holds a number of too many digits", "Quote it if it is text."
    return f"{FILE} cannot be read: {why}.", fix


def _no_toml(error: tomllib.TOMLDecodeError, path: Path) -> Problem:
    message, _, place = str(error).partition(" (at line ")
    line, column = re.findall(r"\d+", place)[:2] if place else ("1", "1")
    return Problem(f"{message}.", "Fix that line.", int(line), int(column), file=str(path))


def _problem(path: Path, text: str, keys: tuple[str, ...], message: str, fix: str) -> Problem:
    return Problem(message, fix, _line_of(text, keys), file=str(path))


def _line_of(text: str, keys: tuple[str, ...]) -> int:
    """The 1-based line of a key, or of its table; 1 where it is written in another way."""
    table, found = "", 1
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[([^\]]+)\]", line):
            table = header[1].strip()
            found = number if table == ".".join(keys) else found
            continue
        key = line.partition("=")[0].strip().strip("\"'")
        if key and ".".join(filter(None, (table, key))) == ".".join(keys):
            return number
    return found
