"""How a claim is tried: the simulation, what its frames must show, and the null that must not.

    demo:
      sim: reward_model
      params: {num_comparisons: 500}      parameters that every run has
      vary: {noise: [0.1, 0.3]}           one run for every value, of several side by side
      seeds: 10
      expect: …                           the language of `engine.claims.expect`
      figure: "{} of the pairs"           the measured figure in words
      "null":                             the same without what the claim is about
        without: a choice that says anything
        params: {noise: 0.5}                in every run, whatever is varied; rows keep the names
        columns: {accuracy: coin}           a column that is read in place of another
        axis: linear                        in place of every logarithm

A demonstration whose null holds as well shows nothing. Only a theorem may do without, and says
why: `"null": {none: …}`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import msgspec

from engine import own_sims
from engine.claims import columns, expect
from engine.deck.schema.expect_models import StraightLine
from sims import spec
from sims.nearest import nearest

if TYPE_CHECKING:
    from pandas import DataFrame

SEEDS = 10  # unless a demo states fewer, because it is slow, or exact and the same for every seed
Varied = dict[str, spec.Value]  # parameters of a simulation, by name
Tell = Callable[..., None]  # message, fix and the keys that lead to it, from `demo` on


@dataclass(frozen=True)
class Null:
    """What is taken away, and how; or why there is nothing that could be."""

    without: str = ""
    params: Mapping[str, spec.Value] | None = None
    columns: Mapping[str, str] | None = None
    is_linear: bool = False
    none: str = ""

    def varied(self, variants: Sequence[Varied]) -> list[Varied]:
        """What differs in each of its runs."""
        return [one | dict(self.params or {}) for one in variants]

    def rows(self, rows: "DataFrame") -> "DataFrame":
        """Rows in which other columns stand in the place of those that are taken away."""
        swaps = self.columns or {}
        for taken in swaps.values():
            if taken not in rows or bool(rows[taken].isna().to_numpy().any()):
                raise expect.ExpectError(f"The frames have no column '{taken}'.")
        return rows.assign(**{name: rows[taken] for name, taken in swaps.items()})

    def tests(self, tests: Sequence[expect.Test]) -> tuple[expect.Test, ...]:
        """The same tests, on a linear axis where that is what the null takes."""
        return tuple(map(_linear, tests)) if self.is_linear else tuple(tests)


@dataclass(frozen=True)
class Demo:
    """A simulation that bears on a claim, what its frames must show, and its null."""

    sim: str
    params: Varied
    vary: dict[str, list[spec.Value]]
    seeds: int
    tests: tuple[expect.Test, ...]
    figure: str = ""
    null: Null | None = None

    def is_same(self, other: "Demo") -> bool:
        """Whether the other makes the same runs and expects the same of them."""

        def what(demo: Demo) -> tuple[Any, ...]:
            tests = {(one.view.column, one.name, str((one.view, one.value))) for one in demo.tests}
            return demo.sim, demo.params, demo.vary, tests

        return what(self) == what(other)

    def variants(self) -> list[Varied]:
        """What is varied in each of its runs: one empty dict when nothing is."""
        return _variants(self.vary)


def read_demo(written: Mapping[str, Any], tell: Tell, is_whole: bool = True) -> Demo | None:
    """The demonstration, or None when it could not be run; what is wrong is told.

    What is not `is_whole` has lost the fields of which a fault has been told already.
    """
    faults = 0

    def told(message: str, fix: str, *path: str) -> None:
        nonlocal faults
        faults += 1
        tell(message, fix, *path)

    sim = str(written.get("sim", ""))
    params, vary = written.get("params") or {}, written.get("vary") or {}
    if sim not in spec.names():
        untrusted = own_sims.why_not(sim) if sim else ""
        message = f"There is no simulation '{sim}'." if sim else "A demo needs 'sim: NAME'."
        told(untrusted or message, "" if untrusted else nearest(sim, spec.names()), "sim")
    else:
        params, vary = _values(told, sim, params, "params"), _vary(told, sim, vary, "vary")
    tests, unread = expect.read(written["expect"]) if "expect" in written else ([], [])
    for error in unread:
        told(error.message, error.fix, "expect", *error.path)
    figure = str(written.get("figure", ""))
    if figure.count("{}") > 1 or figure.count("{") != figure.count("{}"):
        told(f"'{figure}' has no single place for a number.", "Write {} once.", "figure")
    demo = Demo(sim, params, vary, written.get("seeds", SEEDS), tuple(tests), figure)
    if sim in spec.names():  # the tests and the null may have faults of their own beside others
        _hold_columns(told, demo)
        if written.get("null") is not None:
            demo = replace(demo, null=_null(told, demo, written["null"], is_whole and not faults))
    return None if faults else demo


def _hold_columns(tell: Tell, demo: Demo) -> None:
    """Tell of columns that the tests name and that no run has."""
    defaults = {field.name: field.default for field in spec.fields(demo.sim)} | demo.params
    runs = [defaults | varied for varied in demo.variants() or [{}]]  # none if `vary` is wrong
    for error in columns.faults(demo.sim, runs, list(demo.vary), demo.tests):
        tell(error.message, error.fix, "expect", *error.path)


def _null(tell: Tell, demo: Demo, written: Mapping[str, Any], is_whole: bool) -> Null:
    """What is taken away. Tells of names that do not exist, and, of a demo that is whole without
    it, of a null that changes nothing."""
    faults: list[str] = []

    def told(message: str, fix: str, *path: str) -> None:
        faults.append(message)
        tell(message, fix, "null", *path)

    params = _values(told, demo.sim, written.get("params") or {}, "params")
    swaps, none = written.get("columns") or {}, str(written.get("none", ""))
    for error in columns.swap_faults(demo.sim, swaps, demo.tests if is_whole else ()):
        told(error.message, error.fix, *error.path)
    null = Null(str(written.get("without", "")), params, swaps, "axis" in written, none)
    if faults or not is_whole:
        return null
    if none and (null.without or _changes(null, demo)):
        told("This null is given, and is also 'none'.", "Write 'none', or what it takes away.")
    if not none and not (null.without and _changes(null, demo)):
        fix = "Write 'without: …' and params, columns or axis that differ from the demo's."
        told("This null takes nothing away.", fix)
    return null


def _changes(null: Null, demo: Demo) -> bool:
    """Whether anything is run or read otherwise."""
    runs = [demo.params | one for one in demo.variants()]
    is_swapped = any(name != taken for name, taken in (null.columns or {}).items())
    return null.varied(runs) != runs or is_swapped or null.tests(demo.tests) != demo.tests


def _linear(test: expect.Test) -> expect.Test:
    if not isinstance(test.value, StraightLine):
        return test
    return replace(test, value=msgspec.structs.replace(test.value, x="linear"))


def _variants(vary: Mapping[str, list[spec.Value]]) -> list[Varied]:
    rows = zip(*vary.values(), strict=True) if vary else [()]
    return [dict(zip(vary, row, strict=True)) for row in rows]


def _values(tell: Tell, sim: str, written: Any, *path: str) -> Varied:
    """Parameters with their types made right; each one that cannot be is a problem."""
    if not isinstance(written, dict):
        tell(f"'{path[-1]}' is not a mapping.", "Write {name: value}.", *path)
        return {}
    values = {}
    for name, value in written.items():
        try:
            values |= spec.check(sim, {name: value})
        except spec.SpecError as error:
            tell(*_cut(error), *path, name)
    return values


def _vary(tell: Tell, sim: str, written: Any, *path: str) -> dict[str, list[spec.Value]]:
    lists: list[Any] = list(written.values()) if isinstance(written, dict) else [None]
    if not all(isinstance(one, list) and one and len(one) == len(lists[0]) for one in lists):
        tell("'vary' names lists of equal length.", "Write {name: [a, b]}.", *path)
        return {}
    made: dict[str, list[spec.Value]] = {}
    said: set[str] = set()

    def once(message: str, fix: str, *place: str) -> None:
        if message not in said:  # of a name that does not exist there is one fault, not one a value
            tell(message, fix, *place)
        said.add(message)

    for name, options in written.items():
        checked = [_values(once, sim, {name: option}, *path) for option in options]
        made[name] = [one[name] for one in checked if one]
    return made


def _cut(error: Exception) -> tuple[str, str]:
    """A sentence of `spec`, parted into what is wrong and how to fix it."""
    message, dot, fix = str(error).partition(". ")
    return (f"{message}.", fix) if dot else (message, "")
