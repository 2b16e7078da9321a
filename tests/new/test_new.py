"""`practicum new`: what it makes is a working start, and what is there is never overwritten."""

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from engine import cli
from engine.claims.ledger import load
from engine.deck.course import course_of
from engine.deck.parse import parse
from engine.publish.check import check

New = Callable[..., int]


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new course, in a folder whose name is none that a shell likes; commands are given in it."""
    folder = tmp_path / "Über Bandits"
    assert cli.main(["new", "course", str(folder), "--title", 'Bandits: "for" [beginners]']) == 0
    monkeypatch.chdir(folder)
    return folder


def texts(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def module(path: Path, name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    made = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def test_each_made_thing_passes_the_check(course: Path) -> None:
    deck = course / "lectures" / "01-first-lecture.md"
    assert cli.main(["new", "lecture", "What is *exploration*?"]) == 0
    assert cli.main(["new", "slide", "first-lecture", "A greedy agent", "--after", "title"]) == 0
    assert cli.main(["new", "slide", str(deck), "At the end", "--sim", "bandit"]) == 0
    assert cli.main(["new", "claim", 'It says "stuck".', "--slide", "a-greedy-agent"]) == 0
    assert cli.main(["new", "claim", "It is so.", "--slide", "at-the-end", "--sim", "bandit"]) == 0
    assert check([course / "lectures"]) == []
    ledger = load(course / "content" / "claims.yaml")
    assert ledger.problems == []
    assert [claim.id for claim in ledger.claims] == ["C1", "C2", "C3"]
    assert course_of(course / "lectures").problems == ()
    slides = parse(deck.read_text(encoding="utf-8"), deck).slides
    assert [one.id for one in slides] == ["title", "a-greedy-agent", "first-claim", "at-the-end"]
    assert all(one.notes and one.minutes for one in slides)
    assert all(one.citations and one.blocks for one in slides[1:])
    second = parse((course / "lectures" / "02-what-is-exploration.md").read_text(), deck)
    assert (second.title, second.slides[0].title) == ("What is *exploration*?",) * 2


def test_the_test_of_a_new_simulation_knows_its_answer(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli.main(["new", "sim", "coin_flips"]) == 0
    monkeypatch.setitem(sys.modules, "coin_flips", module(course / "sims/coin_flips.py", "coin"))
    tests = module(course / "tests/test_coin_flips.py", "test_coin")
    names = [name for name in vars(tests) if name.startswith("test_")]
    assert len(names) == 3
    for name in names:
        getattr(tests, name)()


def test_a_command_given_twice_changes_nothing(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    commands = [
        ["new", "course", ".", "--title", 'Bandits: "for" [beginners]'],
        ["new", "lecture", "Exploration"],
        ["new", "slide", "exploration", "A greedy agent"],
        ["new", "sim", "coin_flips"],
    ]
    claim = ["new", "claim", "It gets stuck.", "--slide", "a-greedy-agent"]
    for command in [*commands, claim]:
        assert cli.main(command) == 0
    before = texts(course)
    capsys.readouterr()
    for command in [*commands[1:], claim]:
        assert cli.main(command) == 0
        assert "there already" in capsys.readouterr().out
    assert texts(course) == before


def test_what_is_there_is_not_overwritten(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = texts(course)
    assert cli.main(["new", "course", ".", "--title", "Another"]) == 2
    assert "practicum.toml is there already and is not overwritten" in capsys.readouterr().err
    (course / "tests").mkdir()
    mine = course / "tests" / "test_coin_flips.py"
    mine.write_text("mine")
    assert cli.main(["new", "sim", "coin_flips"]) == 2
    assert texts(course) == before | {mine: b"mine"}, "nothing of it is written"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["lecture", "  "], "the title is empty"),
        (["lecture", "a" * 201], "201 characters"),
        (["slide", "nosuch", "A"], "There are: first-lecture"),
        (["slide", "first-lecture", "A", "--after", "titel"], "Did you mean 'title'?"),
        (["slide", "first-lecture", "A", "--sim", "bandti"], "Did you mean 'bandit'?"),
        (["sim", "../evil"], "is not a name"),
        (["sim", "bandit"], "is taken"),
        (["sim", "random"], "is taken"),
        (["sim", "torch"], "is taken"),  # its test would import this file
        (["sim", "sims"], "is taken"),
        (["claim", "A.", "--slide", "titel"], "Did you mean 'title'?"),
        (["claim", "A.", "--slide", "title", "--sim", "thermostat"], "has no switch"),
    ],
)
def test_bad_input_is_one_line(
    course: Path, command: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = texts(course)
    assert cli.main(["new", *command]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert texts(course) == before


def test_a_deck_keeps_its_line_ends(course: Path) -> None:
    deck = course / "lectures" / "01-first-lecture.md"
    deck.write_bytes(deck.read_bytes().replace(b"\n", b"\r\n"))
    assert cli.main(["new", "slide", "first-lecture", "In the middle", "--after", "title"]) == 0
    data = deck.read_bytes()
    assert data.count(b"\n") == data.count(b"\r\n")
    assert check([deck]) == []


def test_outside_of_a_course_it_says_how_to_make_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["new", "lecture", "A"]) == 2
    assert "practicum new course DIR" in capsys.readouterr().err
