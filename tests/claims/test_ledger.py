"""Faults of a ledger are named with line, column and fix; the project's own has none."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.claims import ledger as ledgers
from engine.claims.ledger import Ledger, load
from engine.claims.validate import check, unknown_claims, validate
from engine.deck.course import course_of
from engine.deck.parse import parse
from engine.paths import LECTURES
from tests.claims.sound import GOOD

ROOT = Path(__file__).resolve().parents[2]
LECTURE = ROOT / "lectures" / "01-overview.md"


def said(ledger: Ledger) -> list[str]:
    return [f"{one.line}:{one.column}: {one.message} {one.fix}" for one in ledger.problems]


def test_a_sound_ledger_has_no_problem(written: Callable[[str], Ledger]) -> None:
    ledger = written(GOOD)
    assert said(ledger) == []
    demo = ledger.claims[0].demo
    assert demo is not None
    assert (demo.sim, demo.params, demo.seeds) == ("climbs", {"height": 4.0}, 10)
    assert demo.null is not None
    assert (demo.null.without, demo.null.params) == ("height", {"height": 0.0})


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        (
            "sim: climbs",
            "sim: climb",
            "7:5: There is no simulation 'climb'. Did you mean 'climbs'?",
        ),
        ("{height: 4}", "{heigt: 4}", "8:14: climbs has no parameter 'heigt'. Did you mean"),
        ("{height: 4}", "{height: 400}", "8:14: height is 400.0, above its greatest value 100.0."),
        ("peaks_inside", "peaks_insid", "10:16: There is no expectation 'peaks_insid'. Did you"),
        ("shown here", "shown hear", "5:3: There is no status 'shown hear'. Did you mean"),
        ("shown here", "shown in part", "5:3: Nothing says which part of C1 is shown. Write the"),
        (
            "  status:",
            "  part: It comes down.\n  status:",
            "5:3: C1 is not a claim of which a part",
        ),
        (
            "    null: {without: height, params: {height: 0}}\n",
            "",
            "6:3: The demo of C1 has no null",
        ),
        (
            "{without: height, params: {height: 0}}",
            "{none: it is so}",
            "11:5: C1 needs a null. Only",
        ),
        ("height: 0}}", "height: 4}}", "11:5: This null takes nothing away. Write 'without: …'"),
        ("{without: height, p", "{p", "11:5: This null takes nothing away. Write 'without: …'"),
        ("height: 0}}", "height: 0}, none: x}", "11:5: This null is given, and is also 'none'."),
        ("height: 0}}", "heigt: 0}}", "11:38: climbs has no parameter 'heigt'. Did you mean"),
        ("params: {height: 0}}", "columns: {height: stp}}", "climbs has no column 'stp'. Did you"),
        ("params: {height: 0}}", "columns: {heigt: step}}", "climbs has no column 'heigt'. Did"),
        (
            "params: {height: 0}}",
            "columns: {step: height}}",
            "11:39: No test looks at 'step', so this changes nothing. There are: height.",
        ),
        (
            "params: {height: 0}}",
            "columns: {height: mood}}",
            "11:39: 'mood' cannot stand for 'height': only one of them holds numbers. Name two",
        ),
        (
            "params: {height: 0}}",
            "axis: log}",
            "'log' is not a value of 'axis'. Write one of: linear.",
        ),
        ("params: {height: 0}}", "axis: linear}", "11:5: This null takes nothing away."),
        ("  slide: probability\n", "", "1:3: A claim has no slide. Write 'slide: …'."),
        ("  sentence:", "  sentense:", "2:3: A claim has no field 'sentense'. Did you mean"),
        ("    params:", "    param:", "8:5: A demo has no 'param'. Did you mean 'params'?"),
        (
            "    params:",
            "    seeds: 0\n    params:",
            "8:5: '0' is not a count of seeds. Write 1 to",
        ),
        ("{height: 4}", "3", "8:5: 'params' is not a mapping. Write {name: value}."),
        ("params: {height: 4}", "vary: {height: [1], seed: [1, 2]}", "8:5: 'vary' names lists of"),
        ("params: {height: 4}", "vary: {height: [1, 900]}", "height is 900.0, above its greatest"),
        ("status: shown here", "status: corrected", "5:3: C1 is corrected by nothing. Write"),
        ("[radford2018gpt]", "radford2018gpt", "4:3: 'references' is not a list of keys. Write"),
        ("- id: C1", "- id: C1\n- id: C1", "2:3: C1 is here twice. Give the later one a new id."),
        ("- id: C1\n ", "- id: [C1\n ", ": This is not YAML"),
    ],
)
def test_faults(written: Callable[[str], Ledger], old: str, new: str, wanted: str) -> None:
    assert old in GOOD
    found = said(written(GOOD.replace(old, new, 1)))
    assert any(wanted in one for one in found), found


@pytest.mark.parametrize(
    ("expect", "wanted"),
    [
        ("{heigth: rises}", "9:14: climbs has no column 'heigth'. Did you mean 'height'?"),
        ("{height: {minus: hight, rises: true}}", "9:23: climbs has no column 'hight'. Did you"),
        ("{height: {where: {stp: 0}, rises: true}}", "9:31: climbs has no column 'stp'. Did you"),
        ("{height: {ends_above: hights}}", "9:23: climbs has no column 'hights'. Did you mean"),
        (
            "{height: {ends_above: {column: hights}}}",
            "9:36: climbs has no column 'hights'. Did you mean 'height'?",
        ),
        (
            "{height: {ends_above: {where: {stepp: 0}}}}",
            "9:44: climbs has no column 'stepp'. Did you mean 'step'?",
        ),
        ("{height: [{correlates_with: stp}]}", "9:24: climbs has no column 'stp'. Did you mean"),
        ("{mood: rises}", "9:14: 'mood' holds texts, not numbers. Name a column of numbers."),
        ("{height: {where: {step: two}, rises: true}}", "9:31: 'step' holds numbers, and never"),
        ("{height: {where: {mood: 2}, rises: true}}", "9:31: 'mood' holds texts. Write one of"),
        (
            "{steep: rises}",
            "9:14: climbs has no column 'steep' where odd is 'same'. It has it where odd is stays.",
        ),
    ],
)
def test_a_column_that_no_run_has(
    written: Callable[[str], Ledger], expect: str, wanted: str
) -> None:
    text = GOOD.replace("    expect:\n      height: {peaks_inside: true}", f"    expect: {expect}")
    [found] = said(written(text))
    assert found.startswith(wanted)


def test_each_fault_of_a_claim_is_told(written: Callable[[str], Ledger]) -> None:
    """None hides another: those of the parameters, of each test, of the figure and of the null."""
    text = """\
- id: C1
  sentence: What goes up comes down.
  slide: probability
  references: [radford2018gpt]
  status: shown here
  demo:
    sim: climbs
    params: {heigth: 4}
    vary: {ood: [same, stays]}
    expect:
      height: {peaks_insid: true}
      hight: rises
      step: [{where: {mod: calm}, rises: true}, {minus: stp, falls: true}]
    figure: "{} {}"
    null: {without: height, params: {heigt: 0}, columns: {height: stpe}}
"""
    assert [one.split(".")[0] for one in said(written(text))] == [
        "11:16: There is no expectation 'peaks_insid'",
        "8:14: climbs has no parameter 'heigth'",
        "9:12: climbs has no parameter 'ood'",
        "14:5: '{} {}' has no single place for a number",
        "12:7: climbs has no column 'hight'",
        "13:23: climbs has no column 'mod'",
        "13:50: climbs has no column 'stp'",
        "15:38: climbs has no parameter 'heigt'",
        "15:59: climbs has no column 'stpe'",
    ]


def test_what_is_varied_is_a_column(written: Callable[[str], Ledger]) -> None:
    vary = "    vary: {odd: [same, stays]}\n    expect:"
    tests = "{where: {odd: stays}, ends_above: {where: {odd: same}}}"
    text = GOOD.replace("    expect:", vary).replace("{peaks_inside: true}", tests)
    assert said(written(text)) == []
    assert said(written(text.replace("height: {w", "steep: {w"))) == []  # one of the runs has it


def test_two_claims_cannot_have_one_demo(written: Callable[[str], Ledger]) -> None:
    text = GOOD + GOOD.replace("- id: C1", "- id: C2")
    [found] = said(written(text))
    assert found.startswith("17:3: The demo of C2 is that of C1. Run, or look at, something of")
    other = text.replace("peaks_inside: true}\n    null", "falls: true}\n    null", 1)
    assert said(written(other)) == []  # another share of the same run


@pytest.mark.parametrize("badge", ledgers.RUN_HERE)
def test_what_a_run_shows_needs_a_demo(written: Callable[[str], Ledger], badge: str) -> None:
    text = GOOD.split("  demo:")[0].replace("shown here", badge)
    assert "5:3: Nothing shows C1. Give it a demo." in said(written(text))


def test_a_theorem_says_why_it_has_no_null(written: Callable[[str], Ledger]) -> None:
    text = GOOD.replace("shown here", "theorem")
    assert said(written(text)) == []  # or what it measures of a formula that is not the right one
    assert said(written(text.replace("{without: height, params: {height: 0}}", "{none: so}"))) == []
    [found] = said(written(text.split("    null:")[0]))
    assert found.startswith("6:3: The demo of C1 has no null. Write null: {without: …")


def test_a_null_may_be_written_in_quotes(written: Callable[[str], Ledger]) -> None:
    ledger = written(GOOD.replace("    null:", '    "null":'))
    assert said(ledger) == []
    assert ledger.claims == written(GOOD).claims


def test_slides_and_works_must_exist(written: Callable[[str], Ledger]) -> None:
    text = GOOD.replace("probability", "probabilty").replace("radford2018gpt", "radford2018gptt")
    ledger = written(text)
    found = [
        f"{one.line}:{one.column}: {one.message} {one.fix}"
        for one in validate(ledger, course_of(LECTURES))
    ]
    assert found == [
        "3:3: There is no slide 'probabilty'. Did you mean 'probability'?",
        "4:16: There is no work 'radford2018gptt' in content/references.bib. "
        "Did you mean 'radford2018gpt'?",
    ]
    assert ledger.problems == []  # asking twice does not count twice


def test_a_block_may_only_name_claims_of_the_ledger(
    written: Callable[[str], Ledger], tmp_path: Path
) -> None:
    deck = tmp_path / "deck.md"
    deck.write_text("# T\n\n---\n\n## S\n\n```sim\nsim: climbs\nclaims: [C1, C17]\n```\n")
    (found,) = unknown_claims(written(GOOD), [parse(deck.read_text(), deck)])
    assert str(found) == f"{deck}:9:14: There is no claim 'C17'. Did you mean 'C1'?"


def test_no_file_is_one_problem(tmp_path: Path) -> None:
    (found,) = load(tmp_path / "none.yaml").problems
    assert found.message == "There is no ledger of claims."


def test_the_ledger_of_this_project_has_no_problem() -> None:
    assert [str(one) for one in check([LECTURE])] == []


def test_claims_stand_in_order_and_where_the_notes_say() -> None:
    ledger = load()
    count = len(ledger.claims)
    assert [claim.id for claim in ledger.claims] == [f"C{i}" for i in range(1, count + 1)]
    slides = parse(LECTURE.read_text(encoding="utf-8"), LECTURE).slides
    for claim in ledger.claims:
        number = int(claim.id[1:])
        named = [slide.id for slide in slides if number in _numbers(slide.notes)]
        # The bridge to the next part announces what no slide has said yet.
        assert claim.slide in (named or ["next"]), f"{claim.id} stands on {named}"


def _numbers(notes: str) -> set[int]:
    """Every claim that notes name: "Claims C17 to C22 and C30", "for claims C71 and C83"."""
    found = {int(number) for number in re.findall(r"\bC(\d+)\b", notes)}
    for low, high in re.findall(r"\bC(\d+) to C(\d+)\b", notes):
        found |= set(range(int(low), int(high) + 1))
    return found


def test_enough_is_shown() -> None:
    # A run that an untrained network or noise would pass as well earns no badge: such are cited.
    demos = [claim for claim in load().claims if claim.demo]
    shown = [claim for claim in demos if claim.status in ledgers.RUN_HERE]
    assert len(shown) >= 90
    assert sum(claim.status == "shown here" for claim in demos) >= 60
    assert all(claim.demo and claim.demo.null for claim in demos)
    assert len(demos) >= 75
