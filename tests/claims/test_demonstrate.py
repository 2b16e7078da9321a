"""Demonstrations over toy simulations in real worker processes: held, not held, and why."""

from collections.abc import Callable

import pytest

from engine.claims.command import make_runner
from engine.claims.demonstrate import NullOutcome, Outcome, demonstrate, short
from engine.claims.ledger import Ledger
from engine.runs.runner import Runner
from sims import spec

LEDGER = """\
- id: C1
  sentence: What goes up comes down.
  slide: s
  status: shown here
  demo:
    sim: climbs
    params: {odd: SAME}
    seeds: 4
    expect:
      height: {falls_from_peak_at_least: 1}
    figure: "it falls by {} m"
    null: {without: height, params: {height: 0, odd: same}}
"""


def outcome(ledger: Ledger, runner: Runner, seeds: int | None = None) -> Outcome:
    assert ledger.problems == []
    (found,) = demonstrate(ledger, ledger.claims, runner, seeds)
    return found


def test_it_holds_with_its_figure(written: Callable[[str], Ledger], runner: Runner) -> None:
    found = outcome(written(LEDGER.replace("SAME", "same")), runner)
    assert (found.held, found.seeds, found.is_held) == (4, 4, True)
    assert found.figure == "it falls by 3 m"
    assert found.why == ""


@pytest.mark.parametrize(
    ("odd", "why"),
    [
        ("stays", "seed 1: height falls from its peak by 0"),
        ("breaks", "climbs broke off at step 2: the rope is too short (ValueError, toys/climbs"),
        ("exits", "climbs broke off at step 2"),
    ],
)
def test_every_other_seed_is_not_enough(
    written: Callable[[str], Ledger], runner: Runner, odd: str, why: str
) -> None:
    found = outcome(written(LEDGER.replace("SAME", odd)), runner)
    assert (found.held, found.seeds, found.is_held) == (2, 4, False)
    assert found.why.startswith(why)
    assert found.figure  # of the seeds that could be measured


def test_four_of_five_are_enough(written: Callable[[str], Ledger], runner: Runner) -> None:
    found = outcome(written(LEDGER.replace("SAME", "stays")), runner, seeds=1)
    assert found.is_held
    assert Outcome(found.claim, 4, 5, "", 0.0).is_held
    assert Outcome(found.claim, 8, 10, "", 0.0).is_held
    assert not Outcome(found.claim, 7, 10, "", 0.0).is_held
    assert not Outcome(found.claim, 3, 4, "", 0.0).is_held


def test_an_unknown_column_is_not_held_and_names_its_place(
    written: Callable[[str], Ledger], runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spec, "columns", lambda _: ())  # as of one that declares nothing
    ledger = written(LEDGER.replace("SAME", "same").replace("height: {fa", "heigt: {fa"))
    found = outcome(ledger, runner)
    assert not found.is_held
    assert found.why.endswith(
        "claims.yaml:10:15: The frames have no column 'heigt'. Did you mean 'height'?"
    )


def test_what_is_varied_becomes_a_column(written: Callable[[str], Ledger], runner: Runner) -> None:
    text = LEDGER.replace("params: {odd: SAME}", "vary: {height: [1, 2, 4]}")
    text = text.replace("falls_from_peak_at_least: 1", "EXPECTED")
    low, high = "where: {height: 2}", "where: {height: 4}"  # of the run, not of the frame
    for expected in (f"{low}, peak_between: [2, 2]", f"{low}, peaks_below: {{{high}}}"):
        found = outcome(written(text.replace("EXPECTED", expected)), runner, seeds=1)
        assert found.is_held, found.why


def test_the_figure_is_the_median_over_seeds(
    written: Callable[[str], Ledger], runner: Runner
) -> None:
    found = outcome(written(LEDGER.replace("SAME", "stays")), runner, seeds=3)
    falls = sorted(one[0].figure for one in found.findings)
    assert falls == [0.0, 3.0, 3.0]  # seed 1 stays up
    assert found.figure == "it falls by 3 m"
    found = outcome(written(LEDGER.replace("SAME", "stays")), runner, seeds=2)
    assert found.figure == "it falls by 1.5 m"


@pytest.mark.parametrize(
    ("null", "held", "figure"),
    [
        ("params: {height: 0}", 0, "0"),
        ("columns: {height: step}", 0, "0"),
        ("params: {odd: stays, height: 4}", 2, "2"),  # every other seed stays up: 4 and 0
        ("params: {height: 2}", 4, "2"),
    ],
)
def test_a_null_runs_with_the_same_seeds(
    written: Callable[[str], Ledger], shared_runner: Runner, null: str, held: int, figure: str
) -> None:
    text = LEDGER.replace("SAME", "same").replace("params: {height: 0, odd: same}", null)
    found = outcome(written(text), shared_runner)
    assert found.is_held
    assert found.null is not None
    assert (found.null.held, found.null.seeds, found.null.figure) == (held, 4, figure)
    assert found.null.is_held == (held > 0)
    assert found.is_shown == (held == 0)


def test_rows_of_a_null_keep_the_names_of_what_is_varied(
    written: Callable[[str], Ledger], shared_runner: Runner
) -> None:
    """Else no row would be there, and a null would fail for a reason of no weight."""
    text = LEDGER.replace("params: {odd: SAME}", "vary: {height: [1, 4]}")
    low, high = "where: {height: 1}", "where: {height: 4}"
    text = text.replace("height: {falls", f"step: {{{low}, ends_above: {{{high}, by: 0}}}}\n#")
    ledger = written(text.replace("step: {", "step: {rows: last, "))
    found = outcome(ledger, shared_runner, 1)
    assert found.null is not None
    assert found.null.why == ""


def test_one_seed_of_five_may_be_luck() -> None:
    def null(held: int, seeds: int, why: str = "") -> NullOutcome:
        return NullOutcome(held, seeds, "", why)

    assert not null(2, 10).is_held
    assert null(3, 10).is_held
    assert not null(1, 5).is_held
    assert null(1, 4).is_held


def test_runs_are_counted_aloud(written: Callable[[str], Ledger], runner: Runner) -> None:
    heard = []
    ledger = written(LEDGER.replace("SAME", "same"))
    list(demonstrate(ledger, ledger.claims, runner, 3, lambda *news: heard.append(news)))
    assert heard == [(run, 6, "C1") for run in range(1, 7)]  # with those of the null


def test_a_shared_run_takes_as_long_for_each_claim(
    written: Callable[[str], Ledger], runner: Runner
) -> None:
    text = LEDGER.replace("SAME", "same").replace("seeds: 4", "seeds: 20")
    ledger = written(text + text.replace("C1", "C2"))
    first = demonstrate(ledger, ledger.claims, runner)
    one = next(first)
    assert next(first).seconds == one.seconds > 0
    assert runner.num_started == 40  # with those of the null


@pytest.mark.parametrize(
    ("number", "text"),
    [(0.012345, "0.0123"), (12.345, "12.3"), (1234.5, "1,234"), (-2.0, "-2"), (0.0, "0")],
)
def test_figures_have_three_digits(number: float, text: str) -> None:
    assert short(number) == text


def test_a_slow_machine_disproves_no_claim() -> None:
    """A run that is cut short counts as a seed that does not hold, so none is cut within a day."""
    made = make_runner(use_cache=False)
    try:
        assert made.engine.max_seconds >= 24 * 3600  # type: ignore[attr-defined]
    finally:
        made.close()


FAULTY = """\
- id: C1
  sentence: What goes up comes down.
  slide: s
  status: theorem
  demo:
    sim: faulty
    params: {how: HOW}
    seeds: 1
    null: {none: what is faulty breaks off either way}
    expect:
      height: {EXPECTED}
"""


@pytest.mark.parametrize(
    ("how", "expected", "why"),
    [
        ("nan", "rises: true", "toys/faulty.py:46: frame 0: 'height' is nan"),
        ("keys", "rises: true", "frame 3 differs from the one before in its keys: extra"),
        ("steps", "rises: true", "frame 1 has step 0; steps count 0, 1, 2"),
        ("empty", "rises: true", "`run` ended without a frame"),
        ("no_generator", "rises: true", "`run` returned int"),
        ("exit", "rises: true", "Its process ended unexpectedly (exit code 3)"),
        ("killed", "rises: true", "Its process ended unexpectedly (exit code -9, SIGKILL)"),
        ("fork", "rises: true", "height rises by 0"),
        ("recursion", "rises: true", "maximum recursion depth exceeded"),
        ("system_exit", "rises: true", "it called sys.exit(no)"),
        ("text", "rises: true", "The column 'height' holds str, not numbers."),
        ("none", "rises: true", "The column 'height' holds NoneType, not numbers."),
        ("none", "where: {height: 1}, rises: true", "There is no row where height=1."),
        ("list", "where: {height: {at_least: 1}}, rises: true", "There is no row where"),
        ("deep", "where: {height: {at_most: 1}}, rises: true", "There is no row where"),
        ("huge", "rises: true", "'height' has more digits than JSON can carry."),
        ("large", "mean_at_least: 1", "The numbers of 'height' are too large to compute with."),
        ("large", "correlates_with: {column: step, at_most: 1}", "are too large to compute with."),
        ("large", "line_in: {column: step}", "The numbers of 'height' are too large"),
    ],
)
def test_a_faulty_simulation_is_not_held_and_a_sentence_says_why(
    written: Callable[[str], Ledger], shared_runner: Runner, how: str, expected: str, why: str
) -> None:
    text = FAULTY.replace("HOW", f'"{how}"').replace("EXPECTED", expected)
    found = outcome(written(text), shared_runner)
    assert not found.is_held
    assert why in found.why
    assert "Traceback" not in found.why


def test_the_figure_of_large_numbers_is_one_of_them(
    written: Callable[[str], Ledger], shared_runner: Runner
) -> None:
    text = FAULTY.replace("HOW", '"large"').replace("EXPECTED", "last_at_least: 1")
    found = outcome(
        written(text.replace("seeds: 1", "seeds: 2") + '    figure: "{} m"\n'), shared_runner
    )
    assert (found.is_held, found.figure) == (True, "1.5e+308 m")
