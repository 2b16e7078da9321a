"""Files that a course has under a usual name: `check` says of each that it cannot be read."""

import os
from pathlib import Path

import pytest

from engine.publish.check import across, check

NAMES = ["references.bib", "glossary.yaml", "transcript.yaml", "claims.yaml"]
DECK = "---\ntitle: A\n---\n\n## Good\n\nSo it is [@x].\n\n<!-- notes: Say it. 1 minute. -->\n"


def said(course: Path) -> list[str]:
    lectures = course / "lectures"
    found = [*check([lectures]), *across([lectures / "a.md"])]
    return [f"{one.message} {one.fix}" for one in found]


@pytest.fixture
def course(tmp_path: Path) -> Path:
    (tmp_path / "practicum.toml").write_text('title = "T"\n')
    for name in ("lectures", "content"):
        (tmp_path / name).mkdir()
    (tmp_path / "lectures" / "a.md").write_text(DECK)
    (tmp_path / "content" / "references.bib").write_text(
        "@book{x, author={Ames, A.}, title={One}, year={2020}, publisher={P}}\n"
    )
    return tmp_path


@pytest.mark.parametrize("name", NAMES)
def test_what_is_no_ordinary_file_is_named(course: Path, name: str) -> None:
    assert said(course) == []
    path = course / "content" / name
    for make in (path.mkdir, lambda: os.mkfifo(path), lambda: path.symlink_to(path)):
        path.unlink(missing_ok=True)
        make()
        [one] = said(course)
        assert "cannot be read" in one
        assert "folder" in one or "ordinary" in one or "link" in one
        if path.is_dir():
            path.rmdir()


@pytest.mark.parametrize("name", NAMES[1:])
@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-32-be"])
def test_another_encoding_is_named_with_its_fix(course: Path, name: str, encoding: str) -> None:
    (course / "content" / name).write_text("# café\n", encoding=encoding)
    assert said(course) == ["This file is not UTF-8. Save it as UTF-8."]


def test_links_that_lead_in_a_circle_stop_nothing(course: Path) -> None:
    (course / "content" / "references.bib").unlink()
    (course / "content").rmdir()
    for path in (course / "content", course / "lectures" / "b.md"):
        path.symlink_to(path)
    (course / "practicum.toml").unlink()  # so that both places of a content/ are looked at
    found = said(course)
    assert (
        "This lecture cannot be read: too many levels of symbolic links. Check the file." in found
    )
