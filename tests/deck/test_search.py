"""The search finds what students type: `search_queries.yaml` says where each query should lead."""

from pathlib import Path

import pytest
import yaml

from engine.deck.library import Library
from engine.deck.search import words
from engine.deck.search.entries import of_document
from engine.deck.search.index import Index, SearchAnswer

ROOT = Path(__file__).parents[2]
QUERIES = yaml.safe_load(Path(__file__).with_name("search_queries.yaml").read_text("utf-8"))
KNOWN = {"cart", "pole", "optimised", "optimization", "colour", "reward", "model", "modeling"}


@pytest.fixture(scope="module")
def library() -> Library:
    return Library(ROOT / "lectures")


def keys(answer: SearchAnswer) -> set[str]:
    return {one.key if one.kind == "slide" else f"{one.kind}:{one.key}" for one in answer.hits}


def test_what_students_type_is_among_the_first_three(library: Library) -> None:
    assert len(QUERIES) >= 60
    missed, sought = [], 0
    for one in QUERIES:
        found = keys(library.search(one["query"], 3))
        sought += len(one["expected"])
        missed += [(one["query"], key) for key in one["expected"] if key not in found]
    assert len(missed) <= 0.1 * sought, missed


def test_the_expected_places_exist(library: Library) -> None:
    entries = list(of_document("overview", library.document("overview"), {}))
    known = {one.key if one.kind == "slide" else f"{one.kind}:{one.key}" for one in entries}
    assert {key for one in QUERIES for key in one["expected"]} <= known


@pytest.mark.parametrize(
    ("typed", "ways"),
    [
        ("cartpole", (("cart", "pole"),)),  # one word for two
        ("optimisation", (("optimization",),)),  # both sides of the Atlantic
        ("color", (("colour",),)),
        ("modelling", (("modeling",),)),
        ("rewrad", (("reward",),)),  # two letters changed places
        ("modle", (("model",),)),
        ("rewa", (("reward",),)),  # still being typed
        ("zzzz", ()),
        ("mo", (("model",), ("modeling",))),
    ],
)
def test_a_word_is_read_in_every_way_that_the_lectures_have(
    typed: str, ways: tuple[tuple[str, ...], ...]
) -> None:
    assert words.read(typed, KNOWN)[0].ways == ways


def test_words_of_a_question_are_left_out_but_not_all_of_them() -> None:
    assert [one.typed for one in words.read("How does the Reward model work?", KNOWN)] == [
        "reward",
        "model",
    ]
    assert [one.typed for one in words.read("what is it", KNOWN)] == ["what", "is", "it"]
    assert len(words.read("reward " * 100, KNOWN)) <= words.MOST_WORDS


def test_a_correction_is_said(library: Library) -> None:
    assert library.search("sychophancy").read_as == "sycophancy"
    assert library.search("sycophancy").read_as == ""
    assert library.search("RLFH").read_as == "rlhf"
    assert library.search("is RLHF dead").read_as == ""  # a short word is no typo of another
    assert (
        library.search("") == library.search("   ") == library.search('"*^:-()') == SearchAnswer()
    )


def test_words_that_no_lecture_has_are_said_and_do_not_hide_the_others(library: Library) -> None:
    answer = library.search("quetzal overfitting xylophone")
    assert answer.unknown == ("quetzal", "xylophone")
    assert "not-overfit" in keys(answer)
    assert library.search("xylophone") == SearchAnswer(unknown=("xylophone",))


@pytest.mark.parametrize(
    "query", ['reward" OR "policy', "NEAR(a b)", "title:reward", "a*", "-reward"]
)
def test_a_query_is_only_text(library: Library, query: str) -> None:
    """What is an operator in the language of the table is a word here, or nothing."""
    hits = library.search(query).hits
    assert all(len(one.snippet) >= 1 for one in hits)


def test_words_that_were_sought_are_marked_and_no_key_is_shown(library: Library) -> None:
    answer = library.search("reward hacking")
    assert any(
        piece.lower().startswith("hack") for hit in answer.hits for piece in hit.snippet[1::2]
    )
    shown = " ".join(piece for hit in library.search("kl estimators").hits for piece in hit.snippet)
    assert "ziegler2019" not in shown
    assert "num_tokens" not in shown


def test_what_changed_or_went_is_found_no_more() -> None:
    index = Index()
    slide = {
        "id": "a",
        "title": "Apples",
        "html": "<p>pears</p>",
        "is_aside": False,
        "defines": [],
        "keywords": ["fruit"],
        "citations": [],
        "blocks": [],
        "notes": "",
    }
    document = {"slides": [slide], "glossary": [], "references": []}
    index.put("one", document, of_document("one", document, {}))
    assert index.holds("one", document)
    assert keys(index.search("fruit", 5)) == {"a"}
    changed = {**document, "slides": [{**slide, "keywords": []}]}
    assert not index.holds("one", changed)
    index.put("one", changed, of_document("one", changed, {}))
    assert keys(index.search("fruit", 5)) == set()
    index.keep_only([])
    assert keys(index.search("pears", 5)) == set()
