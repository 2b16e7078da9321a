"""The path through the lecture: what → walks in about an hour, and the asides that ↓ opens."""

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from engine.deck.content import transcript
from engine.deck.document import load
from engine.deck.parse import parse
from engine.publish.order import undefined

ROOT = Path(__file__).resolve().parents[1]
SLIDES: list[dict[str, Any]] = [
    one
    for one in load(ROOT / "lectures" / "01-overview.md")["slides"]
    if not one["id"].startswith("references")
]
PATH = [one for one in SLIDES if not one["is_aside"]]
LIVE = ("sim", "play", "label", "vote")
# "the slide before" means another one to whom the asides are skipped, and so does a count of them.
NEIGHBOURS = re.compile(
    r"\b(?:(?:last|next|previous) slides?|slides? (?:ago|before|back)|(?:one|two|three) slides)\b"
)

WORDS_ARE_THE_SUBJECT = {
    "how-to-read": "the legend of the marks",
    "probability": "the counts that are multiplied",
    "base-and-tuned": "two texts to compare",
    "log-derivative": "a derivation",
    "preference-data": "two answers to choose from",
}
ACT = re.compile(r"\b(?:Press|Run|Set|Choose|Switch|Move|Point|Click|Type|Slide|Let the room)\b")


def sections() -> dict[str, list[dict[str, Any]]]:
    """The slides of the lecture by their chapter, asides among them."""
    found: dict[str, list[dict[str, Any]]] = {}
    for one in SLIDES:
        if one["section"]:
            found.setdefault(one["section"], []).append(one)
    return found


def kinds(slide: dict[str, Any]) -> list[str]:
    """The kinds of the live blocks of a slide."""
    return [block["kind"] for block in slide["blocks"]]


def test_the_path_fits_a_lecture() -> None:
    assert 50 <= len(PATH) <= 64
    assert 60 <= sum(one["minutes"] for one in PATH) <= 75
    live = [one for one in PATH if set(kinds(one)) & set(LIVE)]
    assert 18 <= len(live) <= 25, [one["id"] for one in live]


@pytest.mark.parametrize(("talk", "least"), [(20, 17), (45, 40)])
def test_the_shorter_talks_fit_their_time(talk: int, least: int) -> None:
    shown = [one for one in PATH if one["talk"] is not None and one["talk"] <= talk]
    assert least <= sum(one["minutes"] for one in shown) <= talk
    assert {one["talk"] for one in SLIDES} == {None, 20.0, 45.0}
    assert not [one["id"] for one in SLIDES if one["talk"] and one["is_aside"]]


def test_the_path_shows_pictures_and_few_tables() -> None:
    of_charts = re.compile(r'data-kind="\w+"><table')  # numbers for those who see no picture
    tables = [one["id"] for one in PATH if "<table" in of_charts.sub("", one["html"])]
    assert len(tables) <= 3, tables
    bare = {one["id"] for one in PATH if not (one["blocks"] or re.search("<img|quiz", one["html"]))}
    assert bare == set(WORDS_ARE_THE_SUBJECT)


def test_every_slide_says_what_to_say_and_for_how_long() -> None:
    assert not [one["id"] for one in SLIDES if not one["notes"].strip()]
    assert not [one["id"] for one in SLIDES if not one["minutes"]]


def test_the_notes_of_a_live_block_say_what_to_click() -> None:
    live = [one for one in SLIDES if set(kinds(one)) & set(LIVE)]
    assert len(live) > 30
    assert not [one["id"] for one in live if not ACT.search(one["notes"])]


def test_whoever_speaks_on_the_path_knows_how_to_begin_and_to_go_on() -> None:
    """An opening sentence on each slide, and on all but the last what comes next."""
    assert not [one["id"] for one in PATH if 'Say: "' not in one["notes"]]
    assert [one["id"] for one in PATH if "Next: " not in one["notes"]] == [PATH[-1]["id"]]


def test_a_live_block_on_the_path_has_a_fallback() -> None:
    """What to do in front of a class when a run is slow, or comes out otherwise."""
    live = [one for one in PATH if set(kinds(one)) & set(LIVE)]
    assert not [one["id"] for one in live if "Fallback: " not in one["notes"]]


def test_no_minute_holds_more_than_can_be_said() -> None:
    """Notes are read beside the slide: 110 words a minute leave time to look and to run."""
    hurried = {
        one["id"]: round(len(one["notes"].split()) / one["minutes"])
        for one in PATH
        if one["layout"] != "section-break" and len(one["notes"].split()) > 110 * one["minutes"]
    }
    assert hurried == {}


def test_pictures_use_no_term_before_its_definition() -> None:
    """The words of a picture count as its slide's; one spells "policy" as an example of letters."""
    path = ROOT / "lectures" / "01-overview.md"

    def words(picture: re.Match[str]) -> str:
        drawn = (path.parent / picture[1]).read_text(encoding="utf-8")
        found = re.findall(r"<text\b[^>]*>(.*?)</text>", drawn, re.DOTALL)
        return "; ".join(re.sub(r"<[^>]+>", "", one) for one in found)

    text = re.sub(r"!\[[^]]*\]\(([^)]+\.svg)\)", words, path.read_text(encoding="utf-8"))
    said = [one.message for one in undefined(parse(text, path))]
    assert said == ["'policy' is used on 'tokens' and defined only later, on 'mdp'."]


def test_asides_hang_below_something() -> None:
    assert not PATH[0]["is_aside"]
    assert len(SLIDES) - len(PATH) >= 60
    for before, one in pairwise(SLIDES):
        if one["is_aside"]:
            assert before["layout"] not in ("title", "section-break"), one["id"]
            assert one["layout"] == "content", one["id"]


@pytest.mark.parametrize("section", sections())
def test_each_section_asks_a_question(section: str) -> None:
    asked = [one["id"] for one in sections()[section] if 'class="quiz"' in one["html"]]
    assert len(asked) == 1, f"{section} has {len(asked)} quizzes"


def test_every_old_address_of_a_part_leads_to_its_first_slide() -> None:
    firsts = [slides[0] for slides in sections().values()]
    assert len(firsts) == 14
    assert [len(one["aliases"]) for one in firsts] == [1] * 14
    assert not [one["id"] for one in firsts if one["is_aside"]]


def test_the_notes_of_a_slide_do_not_count_slides() -> None:
    said = {one["id"]: NEIGHBOURS.findall(one["notes"] + one["html"]) for one in SLIDES}
    assert {name: found for name, found in said.items() if found} == {}


def test_a_count_of_slides_is_seen() -> None:
    assert NEIGHBOURS.search("as on the last slide")
    assert NEIGHBOURS.search("the tilt two slides ago")
    assert not NEIGHBOURS.search("the slide about flattery")


def test_the_recording_is_mapped_to_its_end() -> None:
    """The recorded lecture has 129 spoken paragraphs; tests/deck/test_transcript.py sees gaps."""
    assert transcript.load(ROOT / "lectures").passages[-1].last == 129
