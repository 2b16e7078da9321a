"""What has changed since a revision, as text, as Markdown and as one page with pictures."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2

from engine import palette
from engine.deck.course import Course
from engine.deck.slide_json import is_list_of_works
from engine.publish.diff.changes import Change, ChangedLecture
from engine.publish.diff.claims import Moved
from engine.publish.diff.revisions import Base

if TYPE_CHECKING:
    from engine.publish.diff.slide_pictures import Pictured


@dataclass(frozen=True)
class Row:
    """A slide that changed, as a reader is told of it."""

    name: str  # "overview: tokens (4)"
    title: str
    place: str  # "lectures/01-overview.md:95"
    words: str  # "text, picture"; "new"; "removed"
    looks: str  # "312 pixels differ", "looks the same", ""
    picture: "Pictured | None" = None


@dataclass(frozen=True)
class Report:
    """All that has changed."""

    base: Base
    course: Course
    lectures: tuple[ChangedLecture, ...]
    pictured: "tuple[Pictured, ...] | None"  # None: no pictures were asked for
    claims: tuple[Moved, ...]
    not_run: tuple[str, ...] = ()  # ids of claims whose simulation may not run

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The slides, in the order of the lectures."""
        drawn = {id(one.change): one for one in self.pictured or ()}
        return tuple(
            self._row(change, lecture, drawn.get(id(change)))
            for lecture in self.lectures
            for change in lecture.changes
        )

    def _row(self, change: Change, lecture: ChangedLecture, drawn: "Pictured | None") -> Row:
        side = lecture.after if change.after else lecture.before
        assert side is not None
        line = "" if is_list_of_works(change.slide) else f":{change.slide['line']}"
        words = ", ".join(change.what)
        if change.before is None or change.after is None:
            words = "removed" if change.after is None else "new"
        elif change.before["id"] != change.after["id"]:
            words += f"; it was called '{change.before['id']}'"
        return Row(
            name=f"{lecture.slug}: {change.slide['id']} ({change.slide['number']})",
            title=change.slide["title"] or "Untitled",
            place=self._path(side.place.path, is_new=bool(change.after)) + line,
            words=words,
            looks=self._looks(change, drawn),
            picture=drawn,
        )

    def _path(self, deck: Path, is_new: bool) -> str:
        root = self.course.root if is_new else self.base.folder
        deck, root = deck.resolve(), root.resolve()
        return deck.relative_to(root).as_posix() if deck.is_relative_to(root) else deck.name

    def _looks(self, change: Change, drawn: "Pictured | None") -> str:
        if self.pictured is None:
            return ""
        if drawn is None:
            return "looks the same"
        return "" if drawn.num_pixels is None else f"{drawn.num_pixels:,} pixels differ"

    @property
    def headline(self) -> str:
        """One sentence."""
        slides, claims = len(self.rows), len(self.claims)
        if not slides and not claims:
            return f"No slide and no claim has changed since {self.base.name}."
        number = len(self.pictured or ())
        look = "looks" if number == 1 else "look"
        drawn = "" if self.pictured is None else f", {number} {look} different"
        again = f"; {claims} claim{'' if claims == 1 else 's'} run again" if claims else ""
        count = f"{slides} slide{'' if slides == 1 else 's'}"
        return f"{count} changed since {self.base.name} ({self.base.commit}){drawn}{again}."

    @property
    def notes(self) -> list[str]:
        """What else a reader has to know."""
        found: list[str] = []
        if self.base.is_dirty:
            found.append("The working folder holds changes that are not committed: they are shown.")
        if self.not_run:
            names = ", ".join(self.not_run)
            found.append(
                f"Not run again: {names}, by a simulation of the course, which is code. If you "
                "trust it, add --trust-sims."
            )
        return found


def text(report: Report) -> str:
    """For a terminal."""
    lines = [report.headline, *report.notes]
    lines += [f"  {one.place}  {one.name}: {_words(one)}" for one in report.rows]
    lines += [f"  {' | '.join(cells)}" for cells in map(cells_of, report.claims)]
    return "\n".join(lines)


def markdown(report: Report) -> str:
    """For the summary of a job on GitHub, which shows no pictures of ours."""
    lines = [f"### {_safe(report.headline)}", "", *(f"{_safe(one)}\n" for one in report.notes)]
    if report.rows:
        lines += ["| slide | where | what changed |", "|---|---|---|"]
        lines += [
            f"| {_safe(one.title)} | `{_safe(one.place)}` | {_safe(_words(one))} |"
            for one in report.rows
        ]
    if report.claims:
        lines += ["", f"| {' | '.join(HEAD)} |", "|" + "---|" * len(HEAD)]
        lines += [f"| {' | '.join(map(_safe, cells_of(one)))} |" for one in report.claims]
    return "\n".join(lines) + "\n"


HEAD = ("claim", "what changed", "recorded before", "recorded now", "three fresh seeds", "null")


def cells_of(one: Moved) -> tuple[str, ...]:
    """A row of the table of claims, under the words of `HEAD`."""
    recorded = [
        f"{kept.figure} ({kept.held}/{kept.seeds})" if kept else "none"
        for kept in (one.before, one.now)
    ]
    fresh, null = one.fresh, one.fresh.null
    state = "" if one.is_borne_out else "NOT CONFIRMED: "
    figure = fresh.figure or fresh.why
    without = "none is declared" if null is None else f"{null.held}/{null.seeds}: {null.figure}"
    return (
        f"{one.claim.id}: {one.claim.sentence}",
        one.why,
        *recorded,
        f"{state}{figure} ({fresh.held}/{fresh.seeds})",
        without,
    )


def page(report: Report) -> str:
    """One HTML page that holds its pictures."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent, encoding="utf-8"),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["png"] = lambda data: f"data:image/png;base64,{base64.b64encode(data).decode()}"
    return made.get_template("page.html").render(
        colours=palette.style(),
        report=report,
        head=HEAD,
        claims=list(_claims(report)),
        words=_words,
    )


def _claims(report: Report) -> Iterator[tuple[bool, tuple[str, ...]]]:
    for one in report.claims:
        yield one.is_borne_out, cells_of(one)


def _words(row: Row) -> str:
    return f"{row.words} ({row.looks})" if row.looks else row.words


def _safe(text: str) -> str:
    """Text for a cell of a table of Markdown: what a deck says is not markup there."""
    line = " ".join(text.split())
    for mark in "\\`*_[]<>|#@":
        line = line.replace(mark, f"&#{ord(mark)};")
    return line
