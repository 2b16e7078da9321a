"""`content/transcript.yaml`: which slides cover what a recording speaks of, for the search."""

import functools
import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.deck.course import content_file
from engine.deck.model import Problem
from engine.deck.schema.content_models import PassageFields
from engine.deck.schema.validation import fit
from engine.deck.source import yamltext
from sims.nearest import nearest

_FORM = "Write 'lecture: NAME' and 'passages:' with '- {from: 1, to: 2, topic: …, slides: […]}'."


@dataclass(frozen=True)
class Passage:
    """Some paragraphs of a transcript: what they are about, and the slides that cover it."""

    first: int
    last: int
    topic: str
    slides: tuple[str, ...]
    line: int  # of its `slides`


@dataclass(frozen=True)
class Transcript:
    """The passages of one lecture in their order, and what is wrong with the file."""

    path: str = ""
    lecture: str = ""
    passages: tuple[Passage, ...] = ()
    problems: tuple[Problem, ...] = ()


def file_of(folder: Path) -> Path:
    """The file for decks in `folder`; it need not exist."""
    return content_file(folder, "transcript.yaml")


def load(folder: Path) -> Transcript:
    """What `content/transcript.yaml` says, nothing when there is none. Never raises."""
    path = file_of(folder)
    try:
        stat = path.stat()
        return _load(path, folder, stat.st_mtime_ns, stat.st_size)
    except (OSError, ValueError):  # none, or a link that leads nowhere
        return _load(path, folder, 0, 0) if os.path.lexists(path) else Transcript()


def topics(found: Transcript, lecture: str) -> dict[str, str]:
    """Slide id -> what the recording of `lecture` says there."""
    out: dict[str, str] = {}
    for passage in found.passages if found.lecture == lecture else ():
        for name in passage.slides:
            out[name] = f"{out[name]}; {passage.topic}" if name in out else passage.topic
    return out


def check(found: Transcript, lecture: str, slides: Collection[str]) -> Iterator[Problem]:
    """The file's own faults, and each slide that it names and `lecture` does not have."""
    if found.lecture not in (lecture, ""):
        return
    yield from found.problems
    for passage in found.passages:
        for name in passage.slides:
            if name not in slides:
                fix = nearest(name, slides, "Name the id of a slide.")
                message = f"There is no slide '{name}' in '{lecture}'."
                yield Problem(message, fix, passage.line, file=found.path)


@functools.lru_cache(maxsize=8)
def _load(path: Path, folder: Path, _mtime: int, _size: int) -> Transcript:
    found = yamltext.file(path, folder)
    if found.fault is not None:
        fault = found.fault.problem(str(path))
        return Transcript(str(path), problems=(fault,))
    value = found.value if isinstance(found.value, dict) else {}
    listed, lecture = value.get("passages"), value.get("lecture")
    if not isinstance(listed, list) or not isinstance(lecture, str):
        fault = Problem("A transcript names its lecture and passages.", _FORM, file=str(path))
        return Transcript(str(path), problems=(fault,))
    passages, before = [], 0
    problems = [note.problem(1, str(path)) for note in found.notes]
    for index, one in enumerate(listed):
        at = ("passages", str(index))
        passage = _passage(one, found.place(*at, "slides")[0] + 1)
        if passage is None or passage.first <= before:
            line, column = found.place(*at)
            message = (
                "This passage has no 'from', 'to', 'topic' and 'slides'."
                if passage is None
                else f"This passage begins before paragraph {before + 1}."
            )
            problems.append(Problem(message, _FORM, line + 1, column + 1, file=str(path)))
        else:
            passages.append(passage)
            before = passage.last
    return Transcript(str(path), lecture, tuple(passages), tuple(problems))


def _passage(one: Any, line: int) -> Passage | None:
    fields, faults = fit(PassageFields, one) if isinstance(one, dict) else ({}, True)
    if faults or fields["from"] > fields["to"]:
        return None
    topic, slides = " ".join(fields["topic"].split()), tuple(map(str, fields["slides"]))
    return Passage(fields["from"], fields["to"], topic, slides, line)
