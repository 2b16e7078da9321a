"""docs/sources.md says what every work, and every slide with a number of one, was compared with."""

import re
from collections.abc import Iterator

from engine.paths import BIBLIOGRAPHY, ROOT

PAGE = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
LECTURE = (ROOT / "lectures" / "01-overview.md").read_text(encoding="utf-8")
HOW = re.compile(
    r"notes|abstract|excerpt|page|memory|record|secondary|derived again|model card|documentation"
)
UNSEEN = re.compile(  # comments, citations, alternative texts and blocks that hold no text
    r"<!--.*?-->|\[@.*?\]|```(?:sim|label|play)\n.*?```|!\[.*?\]\(.*?\)|class=\"[^\"]*\"", re.DOTALL
)


def rows(heading: str) -> list[list[str]]:
    part = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    found = [line.strip("|").split("|") for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in found[2:]]


def numbered() -> Iterator[str]:
    """Ids of the slides that cite a work and show a digit, but those of the recorded real model."""
    for text in LECTURE.split("\n---\n"):
        if "model: real" in text:
            continue
        name = re.search(r"<!-- id: (\S+) -->", text)
        if name and re.search(r"<!-- cite|\[@", text) and re.search(r"\d", UNSEEN.sub("", text)):
            yield name[1]


def test_every_work_says_how_it_was_read() -> None:
    works = rows("Works")
    keys = re.findall(r"^@\w+\{([^,]+),", BIBLIOGRAPHY.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(row[0] for row in works) == sorted(keys)
    assert not [row[0] for row in works if not row[1] or not HOW.match(row[2])]


def test_every_slide_with_a_number_of_a_work_says_what_it_was_compared_with() -> None:
    slides = rows("Slides")
    assert len({row[0] for row in slides}) == len(slides)
    ids = re.findall(r"^<!-- id: (\S+) -->", LECTURE, re.MULTILINE)
    assert not [row[0] for row in slides if row[0] not in ids]
    missing = set(numbered()) - {row[0] for row in slides}
    assert not missing, f"docs/sources.md has no row for {sorted(missing)}"
    assert all(row[1] and row[2] for row in slides)
