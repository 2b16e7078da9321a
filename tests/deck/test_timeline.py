"""The timeline block: its entries, its sections, and the slips in both."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.publish.check import check

Build = Callable[[str], dict[str, Any]]
Faults = Callable[[str], list[tuple[int, int, str, str]]]


def test_a_timeline_holds_its_entries_and_cites_their_works(build: Build) -> None:
    deck = build("## T\n\n```timeline\nsource: models\nfrom: 2018\n```\n")
    data = deck["slides"][0]["blocks"][0]["data"]
    assert [(one["year"], one["title"]) for one in data["entries"]] == [
        (2020, "GPT-3"),
        (2022, "ChatGPT"),
    ]
    assert data["entries"][1]["refs"] == ["bradley1952rank"]
    assert data["entries"][1]["refs_labels"] == ["Bradley & Terry, 1952"]
    assert deck["slides"][0]["citations"] == ["bradley1952rank"]
    assert [work["key"] for work in deck["references"]] == ["bradley1952rank"]


@pytest.mark.parametrize(
    ("text", "message", "fix"),
    [
        ("source: modles", "no file content/timelines/modles.yaml", "'models'"),
        ("source: ../references", "needs a source", "content/timelines"),
        ("from: 2018", "needs a source", ""),
        ("source: models\nfrom: soon", "'soon' is not a year", ""),
        ("source: models\nto: 1900", "no entry", ""),
        ("source: models\nsection: x", "no sections", ""),
        ("source: models\nform: 2018", "no field 'form'", "'from'"),
    ],
)
def test_slips_in_timelines(faults: Faults, text: str, message: str, fix: str) -> None:
    found = faults(f"## T\n\n```timeline\n{text}\n```\n")[0]
    assert message in found[2]
    assert fix in found[3]


@pytest.mark.parametrize(
    ("entry", "message", "fix"),
    [
        ("{year: soon, title: A}", "odd.yaml:2: 'soon' is not a year.", "2019"),
        ("{title: A}", "odd.yaml:2: 'year' is missing.", "2019"),
        ("{year: 2001, titel: A, title: A}", "has no field 'titel'", "'title'"),
        ("{year: 2001, title: A, refs: ouyang}", "'refs' is 'ouyang'.", "[key, key]"),
        ("word", "holds no 'name: value' lines", "{year: 2019"),
    ],
)
def test_slips_in_the_entries_of_a_timeline(
    faults: Faults, folder: Path, entry: str, message: str, fix: str
) -> None:
    path = folder.parent / "content" / "timelines" / "odd.yaml"
    path.write_text(f"- {{year: 2000, title: Good}}\n- {entry}\n")
    [found] = faults("## T\n\n```timeline\nsource: odd\n```\n")
    assert message in found[2]
    assert fix in found[3]


def test_a_timeline_file_may_have_sections(build: Build, folder: Path) -> None:
    path = folder.parent / "content" / "timelines" / "two.yaml"
    path.write_text(
        "meta: {a: 1}\none:\n- {year: 2001, title: A}\ntwo:\n- {year: 2002, title: B}\n"
    )
    deck = build("## T\n\n```timeline\nsource: two\nsection: two\n```\n")
    assert [one["title"] for one in deck["slides"][0]["blocks"][0]["data"]["entries"]] == ["B"]
    deck = build("## T\n\n```timeline\nsource: two\nsection: tow\n```\n")
    assert deck["problems"][0]["fix"] == "Did you mean 'two'?"


TWO = """\
one:
- {year: 2001, title: A, refs: [bradley1952rank]}
two:
- {year: 2002, title: B}
"""


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "message", "fix"),
    [
        ("title: A", "tilte: A, title: A", 2, 16, "has no field 'tilte'", "'title'"),
        ("title: B", "tilte: B, title: B", 4, 16, "has no field 'tilte'", "'title'"),
        ("2001", "soon", 2, 4, "'soon' is not a year", "2019"),
        ("[bradley1952rank]", "[bradley1952rnk]", 2, 33, "no work 'bradley1952rnk'", "'bradl"),
        ("{year: 2002, title: B}", "B", 4, 3, "holds no 'name: value' lines", "{year: 2019"),
        (TWO, "one: 1\n", 1, 1, "has no list of entries", "'- year: …'"),
    ],
)
def test_a_fault_of_a_timeline_is_told_once_at_its_own_place(
    folder: Path, old: str, new: str, line: int, column: int, message: str, fix: str
) -> None:
    """Also in a section that no slide shows, and not a second time at the block."""
    path = folder.parent / "content" / "timelines" / "two.yaml"
    path.write_text(TWO.replace(old, new))
    deck = folder / "dated.md"
    deck.write_text("## T\n\n```timeline\nsource: two\nsection: one\n```\n")
    found = [one for one in check([deck]) if one.file == str(path)]
    assert [(one.line, one.column) for one in found] == [(line, column)]
    assert message in found[0].message
    assert fix in found[0].fix
    at_block = [one.message for one in check([deck]) if one.file != str(path)]
    assert not [one for one in at_block if "two.yaml" in one or "no work" in one]
