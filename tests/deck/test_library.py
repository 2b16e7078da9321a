"""The lectures of a folder, and the search over them."""

from pathlib import Path

import pytest

from engine.deck import library as module
from engine.deck.library import Library, UnknownLecture

FIRST = """---
title: Overview
---

<!-- notes: Mention Sutton's bitter lesson. -->
## A baseline lowers variance

The expected step stays the same [@williams1992simple].

$$\\nabla_\\theta J$$

---

## Reward models compare answers

Two answers and one winner [@bradley1952rank].
"""
SECOND = "## Études in variance\n\nMore on baselines. [@williams1992simple]\n"


@pytest.fixture
def library(folder: Path) -> Library:
    (folder / "01-overview.md").write_text(FIRST)
    (folder / "02-more.md").write_text(SECOND)
    (folder / "README.md").write_text("# Not a lecture\n")
    return Library(folder)


def test_lectures_in_order_with_their_slugs(library: Library) -> None:
    found = [(one.slug, one.title, one.path.name) for one in library.lectures()]
    assert found == [
        ("overview", "Overview", "01-overview.md"),
        ("more", "Études in variance", "02-more.md"),
    ]


def test_a_document_by_slug(library: Library) -> None:
    assert library.document("overview")["title"] == "Overview"
    with pytest.raises(LookupError, match=r"no lecture 'overveiw'\. Did you mean 'overview'"):
        library.document("overveiw")
    with pytest.raises(UnknownLecture, match="There are: overview, more"):
        library.document("zzzz")


def test_a_saved_file_is_read_again(library: Library, folder: Path) -> None:
    before = library.document("more")
    assert library.document("more") is before, "unchanged: the same object"
    (folder / "02-more.md").write_text("## New\n")
    assert library.document("more")["title"] == "New"


def test_a_changed_neighbour_is_noticed(library: Library, folder: Path) -> None:
    assert library.document("overview")["problems"] == []
    bib = folder.parent / "content" / "references.bib"
    bib.write_text(bib.read_text().replace("bradley1952rank", "other"))
    assert len(library.document("overview")["problems"]) == 1
    (folder / "02-more.md").write_text("## A\n\n![x](new.png)\n")
    assert len(library.document("more")["problems"]) == 1
    (folder / "new.png").write_bytes(b"\x89PNG\r\n\x1a\n IEND")
    assert library.document("more")["problems"] == []


@pytest.mark.parametrize(
    ("query", "where", "slides"),
    [
        ("baseline variance", "title", ["a-baseline-lowers-variance", "etudes-in-variance"]),
        ("etudes", "title", ["etudes-in-variance"]),
        ("EXPECTED", "text", ["a-baseline-lowers-variance"]),
        ("bitter", "notes", ["a-baseline-lowers-variance"]),
        ("nabla_\\theta", "math", ["a-baseline-lowers-variance"]),
        ("biometrika", "", []),
        ("bradley", "text", ["reward-models-compare-answers"]),
        ("connectionist", "", []),
        ("incomplete block", "works", ["reward-models-compare-answers"]),
        ("", "", []),
        ("nowhere", "", []),
    ],
)
def test_search_finds_words_wherever_they_stand(
    library: Library, query: str, where: str, slides: list[str]
) -> None:
    hits = [hit for hit in library.search(query).hits if hit.kind == "slide"]
    assert [hit.slide for hit in hits] == slides
    if slides:
        assert hits[0].where == where
        shown = "".join(hits[0].snippet).lower()
        assert where == "title" or query.split()[0].lower()[:4] in shown


def test_a_work_is_found_with_the_slide_that_cites_it(library: Library) -> None:
    (hit,) = library.search("biometrika").hits
    assert (hit.kind, hit.slide) == ("work", "reward-models-compare-answers")


def test_a_live_block_is_found_by_its_words(tmp_path: Path) -> None:
    block = '```sim\nsim: bandit\nchart: {x: step, y: [p_best], x_label: "pulls so far"}\n```'
    (tmp_path / "01-one.md").write_text(f"# T\n\n---\n\n## S\n\n{block}\n")
    hit = Library(tmp_path).search("pulls far").hits[0]
    shown = "".join(hit.snippet)
    assert "pulls so far" in shown
    assert not set('{}[]":') & set(shown)
    assert Library(tmp_path).search("x_label").hits == ()


def test_search_is_limited(library: Library) -> None:
    assert len(library.search("baseline", limit=1).hits) == 1


def test_works_know_the_slides_that_cite_them(library: Library) -> None:
    works = {work["key"]: work for work in library.works()}
    assert list(works) == ["bradley1952rank", "williams1992simple"]
    assert works["williams1992simple"]["cited_by"] == [
        {
            "slug": "overview",
            "slide": "a-baseline-lowers-variance",
            "title": "A baseline lowers variance",
        },
        {"slug": "more", "slide": "etudes-in-variance", "title": "Études in variance"},
    ]
    assert works["bradley1952rank"]["title"] == "Rank Analysis of Incomplete Block Designs"


def test_a_search_reads_the_slides_of_one_version_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A visitor may search again and again."""
    deck = tmp_path / "talk.md"
    deck.write_text("# A lecture\n\n---\n\n## Rewards\n\nÜber alles\n", encoding="utf-8")
    read, entries = [], module.of_document
    monkeypatch.setattr(module, "of_document", lambda *of: read.append(of) or entries(*of))
    library = Library(tmp_path)
    for _ in range(3):
        assert [hit.title for hit in library.search("uber").hits] == ["Rewards"]
    assert len(read) == 1
    deck.write_text("# A lecture\n\n---\n\n## Returns\n\nÜber alles\n", encoding="utf-8")
    assert [hit.title for hit in library.search("uber").hits] == ["Returns"]
