"""The judge of mutants: what counts as noticed, and what is listed with a reason."""

import pytest

from tools.mutants import reasons, web

SOURCE = "const a = 1\nif (a > 0 &&\n    b) go()\n"


def mutant(status: str, replacement: str, start: tuple[int, int], end: tuple[int, int]) -> dict:
    place = {
        "start": {"line": start[0], "column": start[1]},
        "end": {"line": end[0], "column": end[1]},
    }
    return {"status": status, "replacement": replacement, "location": place}


def tried(*mutants: dict) -> list[web.Mutant]:
    files = {"engine/app/web/lib/x.js": {"source": SOURCE, "mutants": list(mutants)}}
    return list(web.mutants({"files": files}))


def test_a_fault_is_shown_in_its_line() -> None:
    [one, two] = tried(
        mutant("Survived", "false", (2, 5), (3, 6)), mutant("Killed", "2", (1, 11), (1, 12))
    )
    assert (one.changed, one.line, one.folder) == ("if (false) go()", 2, "lib")
    assert two.changed == "const a = 2"
    [gone] = tried(mutant("Survived", ";", (1, 1), (1, 12)))
    assert gone.changed == "; // without const a = 1"


def test_a_fault_that_cannot_be_tried_does_not_count() -> None:
    assert tried(mutant("RuntimeError", "2", (1, 11), (1, 12))) == []


@pytest.mark.parametrize(
    ("noticed", "listed", "code"), [(9, True, 0), (9, False, 1), (8, True, 1), (0, True, 1)]
)
def test_nine_of_ten_must_be_noticed_and_the_others_have_a_reason(
    noticed: int, listed: bool, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed = [mutant("Killed", "2", (1, 11), (1, 12))] * noticed
    missed = [mutant("NoCoverage", "false", (2, 5), (3, 6))] * (1 if noticed == 9 else 2)
    monkeypatch.setattr(web, "is_listed", lambda line, *_: listed and line == "if (false) go()")
    assert web.verdict(tried(*killed, *missed)) == code


def test_a_table_of_markdown_may_hold_a_bar() -> None:
    assert reasons.is_listed("  a || b ", r"| f | `a \|\| b` | equal |")
    assert not reasons.is_listed("a", "| f | `a || b` | equal |")


def test_a_row_counts_for_its_own_module() -> None:
    rows = "| `lib/x.js` | `if (false) go()` | equal |"
    assert reasons.is_listed("if (false) go()", rows, "lib/x.js")
    assert not reasons.is_listed("if (false) go()", rows, "lib/y.js")
