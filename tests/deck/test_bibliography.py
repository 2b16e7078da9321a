"""Works of a .bib file, by known answers."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.deck.content import bibliography
from engine.deck.content.bibliography import Work
from engine.deck.model import Problem

REFS = Path(__file__).parent / "decks" / "refs.bib"
Build = Callable[[str], dict[str, Any]]


def work(key: str) -> Work:
    found = bibliography.load(REFS, REFS.parent).work(key)
    assert isinstance(found, Work)
    return found


def test_fields_are_plain_text() -> None:
    found = work("kaiser2020unit")
    assert found.authors == "Kaiser, Ł., and Gödel, K."
    assert found.title == "BERT and Études"
    assert found.surnames == ("Kaiser", "Gödel")
    assert work("ouyang2022training").venue == "Proceedings of ACL"


@pytest.mark.parametrize(
    ("key", "style", "label"),
    [
        ("williams1992simple", "author-year", "Williams, 1992"),
        ("bradley1952rank", "author-year", "Bradley & Terry, 1952"),
        ("ouyang2022training", "author-year", "Ouyang et al., 2022"),
        ("ouyang2022training", "numeric", "7"),
        ("bradley1952rank", "title-year", "Rank Analysis of Incomplete..., 1952"),
    ],
)
def test_labels(key: str, style: str, label: str) -> None:
    assert bibliography.label(work(key), style, 7) == label


def test_a_reference_escapes_and_links() -> None:
    html = bibliography.reference(work("ouyang2022training"), "numeric", 2)
    assert html.startswith(
        '<div class="colloquium-reference" id="ref-ouyang2022training">[2] Ouyang'
    )
    assert 'href="https://example.org/ouyang"' in html
    evil = Work("k", ("A",), "A <b>", "<script>", "2000", "", "", 1)
    assert "<script" not in bibliography.reference(evil, "numeric", 1)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("@article{a, title={x}, year={2000}}\n@article{b, title={y}\n", 2, "never closed"),
        ("\n@article{a, title={x}}\n@article{a, title={y}}\n", 3, "used twice"),
        ("@article{title={x}}\n", 1, "no key"),
    ],
)
def test_faults_have_lines(tmp_path: Path, text: str, line: int, message: str) -> None:
    path = tmp_path / "x.bib"
    path.write_text(text)
    [problem] = bibliography.load(path, path.parent).problems
    assert (problem.line, problem.file) == (line, str(path))
    assert message in problem.message


def test_one_bad_entry_spares_the_others(tmp_path: Path) -> None:
    path = tmp_path / "x.bib"
    path.write_text("@article{a, title={x} year={2000}}\n\n@article{b, title={y}, year={2001}}\n")
    found = bibliography.load(path, path.parent)
    bad = found.work("a")
    assert isinstance(bad, Problem)
    assert bad.line == 1
    assert isinstance(found.work("b"), Work)
    assert found.work("c") is None


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "x.bib"
    path.write_text("@article{a, title={x}, year={2000}}\n")
    assert bibliography.load(path, path.parent).keys() == ["a"]
    path.write_text("@article{a, title={x}, year={2000}}\n@article{b, title={y}, year={2000}}\n")
    assert bibliography.load(path, path.parent).keys() == ["a", "b"]


def test_numbers_follow_first_appearance_over_the_deck(build: Build) -> None:
    head = "---\ncitation_style: numeric\n---\n"
    deck = build(
        f"{head}<!-- cite-right: bradley1952rank -->\n## A\n\n[@ouyang2022training]\n\n---\n\n"
        "## B\n\n[@williams1992simple; @ouyang2022training]\n"
    )
    assert [(one["key"], one["number"]) for one in deck["references"]] == [
        ("ouyang2022training", 1),
        ("bradley1952rank", 2),
        ("williams1992simple", 3),
    ]
    assert (
        '>[1]</a> <a class="colloquium-cite" href="#ref-williams1992simple"'
        in deck["slides"][1]["html"]
    )
    listed = deck["slides"][-1]["html"]
    assert listed.index("[1] Ouyang") < listed.index("[2] Bradley") < listed.index("[3] Williams")


def test_references_are_ordered_by_label_in_other_styles(build: Build) -> None:
    text = "## A\n\n[@williams1992simple] [@bradley1952rank]\n"
    keys = [one["key"] for one in build(text)["references"]]
    assert keys == ["bradley1952rank", "williams1992simple"]
    keys = [
        one["key"] for one in build(f"---\ncitation_order: appearance\n---\n{text}")["references"]
    ]
    assert keys == ["williams1992simple", "bradley1952rank"]


def test_long_lists_take_several_slides(build: Build, folder: Path) -> None:
    entries = [
        f"@article{{k{n}, title={{Title {n}}}, author={{A{n}, B}}, year={{2000}}}}"
        for n in range(40)
    ]
    (folder / "many.bib").write_text("\n".join(entries))
    cites = " ".join(f"[@k{n}]" for n in range(40))
    deck = build(f"---\nbibliography: many.bib\nfooter: {{right: auto}}\n---\n## A\n\n{cites}\n")
    # A work on one line needs 27 + 11 px, and a slide has 530: thirteen fit.
    assert [slide["title"] for slide in deck["slides"][1:]] == [
        f"References ({n}/4)" for n in (1, 2, 3, 4)
    ]
    assert deck["slides"][1]["html"].count('colloquium-reference"') == 13
    # All pages but the first are its asides, so that a talk ends there and the count says so.
    assert [slide["number"] for slide in deck["slides"]] == ["1", "2", "2a", "2b", "2c"]
    assert "1 / 2" in deck["slides"][0]["html"]


def test_a_lecture_without_a_bibliography_uses_the_house_one(build: Build, folder: Path) -> None:
    assert build("## A\n\n[@bradley1952rank]\n")["problems"] == []
    (folder.parent / "content" / "references.bib").unlink()
    [problem] = build("## A\n\n[@bradley1952rank]\n")["problems"]
    assert "no bibliography" in problem["message"]


def test_a_missing_file_is_said_once(build: Build) -> None:
    [problem] = build("---\nbibliography: nosuch.bib\n---\n## A\n\n[@a] [@b]\n")["problems"]
    assert "'nosuch.bib' cannot be read" in problem["message"]
