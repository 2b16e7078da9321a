"""What is found out while one deck is read: its problems, the files and the works that it names."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from engine.deck.blocks import simulation
from engine.deck.content import named_files
from engine.deck.markup.state import MOST_PROBLEMS
from engine.deck.model import Problem
from engine.deck.slides.slide import shifted


@dataclass
class Reading:
    """One deck while it is put together."""

    path: Path
    stamp: simulation.Stamp
    problems: dict[Problem, None] = field(default_factory=dict)  # a set that keeps their order
    more: list[Problem] = field(default_factory=list)  # one of those that are too many, if any
    works: named_files.Works = field(default_factory=named_files.Works)
    block_ids: dict[str, int] = field(default_factory=dict)  # and the last number behind each
    files: set[str] = field(default_factory=set)

    def note(self, problem: Problem) -> None:
        problem = problem if problem.file else replace(problem, file=str(self.path))
        if problem in self.problems:
            return
        if not self.is_full:
            self.problems[problem] = None
        elif not self.more or self.more[0].severity == "warning":
            fix = "Fix these first."
            message = f"There are more than {MOST_PROBLEMS} problems here."
            self.more = [Problem(message, fix, problem.line, 1, problem.severity, str(self.path))]

    def in_order(self) -> tuple[Problem, ...]:
        """The deck's own by line, then those of other files, and whether there are more."""
        found = sorted(self.problems, key=lambda one: (one.file != str(self.path), one.line))
        return (*found, *self.more)

    @property
    def is_full(self) -> bool:
        """Whether no more problems are noted, so that none needs to be looked into."""
        return len(self.problems) >= MOST_PROBLEMS


@dataclass
class SlideFindings:
    """Takes the problems of one slide, whose lines count from its first."""

    reading: Reading
    line: int

    def note(self, problem: Problem) -> None:
        self.reading.note(shifted(problem, self.line, str(self.reading.path)))
