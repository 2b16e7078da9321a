"""Each row of SECURITY.md can be tried without its defence; `make prove-security` tries them."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from tests.security import __main__ as proof
from tests.security.defences import Defence, Outdated, defences, modules, name_of, rows, without

TEXTS = modules()
ALL = defences()


def test_each_row_has_one_entry_and_each_entry_a_row() -> None:
    assert Counter(map(name_of, rows())) == Counter(one.test for one in ALL)


@pytest.mark.parametrize("defence", ALL, ids=lambda one: one.test)
def test_each_defence_can_be_taken_away(defence: Defence) -> None:
    made = without(defence, TEXTS)
    assert made
    assert all(text != TEXTS[path] for path, text in made.items())


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("nowhere at all", "", "is nowhere"),
        ("x = 1", "", "stands 2 times"),
        ("y = 2", "y = (", "is not Python then"),
    ],
)
def test_an_entry_that_no_longer_fits_is_said(old: str, new: str, why: str) -> None:
    texts = {Path("a.py"): "x = 1\ny = 2\n", Path("b.py"): "x = 1\n"}
    with pytest.raises(Outdated, match=why):
        without(Defence("a test", "x", ((old, new),)), texts)


@pytest.mark.parametrize(
    ("cases", "verdict"),
    [
        ("<testcase/>", proof.GREEN),
        ("<testcase/><testcase><failure/></testcase>", proof.RED),
        ("<testcase><error/></testcase>", proof.BROKEN),  # it could not begin
        ("", proof.BROKEN),  # no test of that name
    ],
)
def test_only_a_test_that_ran_and_failed_proves_a_defence(
    tmp_path: Path, cases: str, verdict: str
) -> None:
    report = tmp_path / "report.xml"
    report.write_text(f"<testsuites><testsuite>{cases}</testsuite></testsuites>", encoding="utf-8")
    assert proof.judged(report) == verdict


def test_tests_that_reach_their_limit_are_ended_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof, "START_SECONDS", 0.0)
    monkeypatch.setattr(proof, "EACH_SECONDS", 0.0)
    (copy := tmp_path / "copy").mkdir()
    assert proof.passed(copy, ["tests/a.py::a"]) == ({}, {"tests/a.py::a": "no end after 0 s,"})
    [defence] = [one for one in ALL if one.test == "test_coloured_code"]
    assert proof.is_proof(proof.ENDLESS, defence)
    assert not proof.is_proof(proof.ENDLESS, replace(defence, may_hang=False))
