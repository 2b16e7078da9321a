"""A course of one's own: its settings, and that nothing of ours is taken for part of it."""

import os
from pathlib import Path

import pytest

from engine import cli, paths
from engine.claims.validate import check as claim_faults
from engine.deck.course import Course, course_of, here, lectures_in, repository_path
from engine.publish.check import check

DECK = "## A\n\n<!-- notes: Say it. 1 minute. -->\n\nSo [@ames2020].\n"
BIB = "@book{ames2020, author={Ames, A.}, title={T}, year={2020}, publisher={P}}\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "lectures").mkdir()
    (tmp_path / "lectures" / "a.md").write_text(DECK)
    (tmp_path / "practicum.toml").write_text('title = "Mine"\nbibliography = "content/works.bib"\n')
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "works.bib").write_text(BIB)
    return tmp_path


def said(course: Course) -> list[str]:
    return [f"{one.line}: {one.message} {one.fix}" for one in course.problems]


def test_its_settings_and_files_are_its_own(root: Path) -> None:
    course = course_of(root / "lectures")
    assert (course.title, course.root) == ("Mine", root)
    assert course.ledger == root / "content" / "claims.yaml"  # where it would be
    assert check([root / "lectures"]) == [], "decks cite the bibliography that the course names"
    assert lectures_in(root) == root / "lectures" == lectures_in(root / "lectures")


def test_decks_may_lie_beside_the_settings(root: Path) -> None:
    (root / "lectures" / "a.md").rename(root / "a.md")
    (root / "lectures").rmdir()
    course = course_of(root)
    assert (course.title, course.lectures, course.content) == ("Mine", root, root / "content")
    assert check([root]) == []


def test_our_content_is_not_that_of_a_folder_beside_our_lectures() -> None:
    """`my-lectures` in a checkout: its recordings and claims never go into ours."""
    beside = paths.ROOT / "my-lectures"
    course = course_of(beside)
    assert course.content == beside / "content"
    assert course.ledger == beside / "content" / "claims.yaml"
    assert (course.title, course.is_declared) == ("Lectures", False)


def test_what_is_wrong_is_said_with_its_line(root: Path) -> None:
    (root / "practicum.toml").write_text(
        'titel = "x"\nrepository = "github.com/a/b"\nbibliography = "../none.bib"\n'
        '[theme.light]\naccent = "url(x)"\nacent = "red"\npaper = "white"\n'
        '[check]\nalt-text = "eror"\nalttext = "error"\nlink = "off"\n'
    )
    course = course_of(root / "lectures")
    assert said(course) == [
        "1: practicum.toml has no setting 'titel'. Did you mean 'title'?",
        "2: 'github.com/a/b' is not an address. "
        'Write an address such as "https://github.com/OWNER/NAME".',
        '9: \'alt-text\' is \'eror\'. Write "error", "warning" or "off".',
        "10: There is no check 'alttext'. Did you mean 'alt-text'?",
        '5: \'url(x)\' is not a colour. Write one like "teal" or "#" and six digits.',
        "6: There is no colour 'acent'. Did you mean 'accent'?",
        "3: The bibliography '../none.bib' cannot be read: "
        "it is outside of the lectures' folder. Put a copy beside the deck and name that.",
    ]
    assert course.colours() == {"paper": "white"}
    assert (course.severity("link"), course.severity("alt-text")) == ("off", "")


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("title = 'a\n", "Fix that line."),
        ("a = = 1", "Fix that line."),
        ("\udcff\udcfet\0", "Save it as UTF-8."),
        (f"title = {'9' * 4301}", "Quote it if it is text."),
        (f"title = {'[' * 5000}", "Write its values without brackets."),
    ],
    ids=["unclosed", "twice =", "UTF-16", "digits", "deep"],
)
def test_a_file_that_is_no_toml_costs_nothing_but_its_settings(
    root: Path, text: str, fix: str
) -> None:
    (root / "practicum.toml").write_bytes(text.encode("utf-8", "surrogateescape"))
    course = course_of(root / "lectures")
    assert [one.fix for one in course.problems] == [fix]
    assert course.title == "Lectures"


def test_settings_may_begin_with_the_mark_of_an_editor(root: Path) -> None:
    (root / "practicum.toml").write_bytes(b"\xef\xbb\xbftitle = 'M'\r\n[check]\r\nlink = 'off'\r\n")
    course = course_of(root / "lectures")
    assert (course.problems, course.title, course.severity("link")) == ((), "M", "off")


def test_commands_mean_the_course_around_them(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert here().lectures == paths.LECTURES
    monkeypatch.chdir(root / "lectures")
    assert here().lectures.resolve() == root / "lectures"
    monkeypatch.chdir(root)
    (root / "lectures" / "a.md").write_text("## A\n\n[B](#nowhere)\n")
    assert cli.main(["check"]) == 1
    assert "lectures/a.md:3:3: error" in capsys.readouterr().out


def test_decks_in_lectures_are_a_course_without_settings(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "practicum.toml").unlink()
    monkeypatch.chdir(root)
    (root / "lectures" / "a.md").write_text("## A\n\n[B](#nowhere)\n")
    assert cli.main(["check"]) == 1  # and not 0, as our own lectures have no error
    assert "lectures/a.md:3:3: error" in capsys.readouterr().out
    (root / "lectures" / "a.md").unlink()
    assert here().lectures == paths.LECTURES


def test_a_deck_names_claims_of_its_own_ledger_alone(root: Path) -> None:
    deck = root / "lectures" / "a.md"
    deck.write_text("## A\n\n```sim\nsim: bandit\nclaims: [C77]\n```\n")
    (fault,) = claim_faults([deck])
    assert (fault.line, fault.message) == (5, "There is no claim 'C77'.")
    ledger = root / "content" / "claims.yaml"
    ledger.write_text("- {id: C77, sentence: S, slide: b, status: cited, references: [x]}\n")
    messages = {one.message for one in claim_faults([deck])}
    assert messages == {
        "There is no slide 'b'.",
        f"There is no work 'x' in {root}/content/works.bib.",
    }


def test_the_path_in_a_repository(root: Path) -> None:
    deck, course = root / "lectures" / "a.md", course_of(root / "lectures")
    assert repository_path(deck, course) == "lectures/a.md"
    (root.parent / ".git").mkdir(exist_ok=True)
    assert repository_path(deck, course) == f"{root.name}/lectures/a.md"
    (root.parent / ".git").rmdir()
    odd = root / "lectures" / os.fsdecode(b"caf\xe9.md")  # as Latin-1 has it
    assert repository_path(odd, course) == "lectures/caf\ufffd.md"
