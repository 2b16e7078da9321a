"""A course of somebody else on the server: its words, works, claims and colours, not ours."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine import cli
from engine.app import lectures
from engine.app.site import claims_data
from engine.app.slide_source import markdown
from engine.deck.course import course_of, lectures_in
from engine.deck.library import Library


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "mine"
    assert cli.main(["new", "course", str(folder), "--title", "Bandits *for* all"]) == 0
    monkeypatch.setenv("PRACTICUM_LECTURES", str(folder))
    for kept in (lectures.library, lectures._packer):
        kept.cache_clear()
    yield folder
    for kept in (lectures.library, lectures._packer):
        kept.cache_clear()


def test_home_references_and_claims_show_theirs(course: Path) -> None:
    page = AppTest.from_function(_home).run(timeout=60)
    assert page.title[0].value == "Bandits \\*for\\* all"
    assert page.markdown[0].value.startswith("Slides whose claims are live experiments")
    works = lectures.library().works()
    assert [work["key"] for work in works] == ["sutton2018rl"]
    shown = claims_data.shown_claims()
    assert [claim["id"] for claim in shown["claims"]] == ["C1"]
    assert shown["claims"][0]["place"] == {
        "slug": "first-lecture",
        "title": "Say the claim of this slide in its title",
    }
    assert list(shown["works"]) == ["sutton2018rl"]
    assert lectures.recorded_folders()[0] == course / "content" / "recorded"
    terms = lectures.library().document("first-lecture")["glossary"]
    assert [term["term"] for term in terms] == ["policy"]


def _home() -> None:
    from engine.app.site.home import home

    home()


def test_every_file_of_the_course_changes_the_version_of_its_decks(course: Path) -> None:
    seen = [lectures.packed("first-lecture").hash]
    edits = {
        "practicum.toml": ("#0b6e4f", "#123456"),
        "content/claims.yaml": ("trial", "trials"),
        "content/glossary.yaml": ("chooses", "picks"),
        "content/references.bib": ("Second", "2nd"),
    }
    for name, (old, new) in edits.items():
        path = course / name
        path.write_text(path.read_text().replace(old, new))
        assert str(path) in {
            *map(str, lectures.course_files()),
            *lectures.library().files("first-lecture"),
        }
        seen.append(lectures.packed("first-lecture").hash)
    assert len(set(seen[:4])) == 4
    document = lectures.library().document("first-lecture")
    assert ".stage, .practicum { --accent: #123456 }" in lectures.css_of(document)


def test_one_file_is_a_library_of_its_own(
    course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli.main(["new", "lecture", "Another", "--course", str(course)]) == 0
    monkeypatch.setenv("PRACTICUM_LECTURES", str(course / "lectures" / "02-another.md"))
    lectures.library.cache_clear()
    assert list(lectures.library().paths()) == ["another"]
    assert lectures.course().title == "Bandits *for* all"
    assert list(Library(lectures_in(course)).paths()) == ["first-lecture", "another"]


def test_what_a_page_is_told_names_no_folder_of_this_machine(course: Path) -> None:
    source = lectures.source_of("first-lecture")
    assert source["path"] == "lectures/01-first-lecture.md"
    assert (source["repository"], source["branch"]) == ("", "main")
    assert source["course"] == course_of(course / "lectures").title
    assert str(course.parent) not in str(source)


def test_the_markdown_of_one_slide_is_as_it_was_written(course: Path) -> None:
    text = markdown("first-lecture", "first-claim")
    deck = (course / "lectures" / "01-first-lecture.md").read_text()
    assert text.startswith("<!-- id: first-claim -->\n")
    assert text.rstrip() in deck
    for name in ("references", "nosuch"):
        with pytest.raises(LookupError):
            markdown("first-lecture", name)
