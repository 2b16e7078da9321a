"""content/claims.yaml: every claim of the lectures, where it stands, and how it is borne out.

Each item has `id, sentence, slide, references, status`; `correction: {text, source}` where the
lecture that we follow has a slip, and for what can be tried `demo: {sim, params, vary, seeds,
expect, figure}` (`expect` is the language of `engine.claims.expect`). `vary` runs the simulation
once for every value, of several parameters side by side. `figure` is the measured figure in words,
with {} for the number of the first test.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.claims import columns, expect
from engine.claims.record import Measured, read_record
from engine.deck.blocks.check import nearest
from engine.deck.model import Problem
from engine.deck.schema.content_models import ClaimFields
from engine.deck.schema.validation import fit
from engine.deck.source import yamltext
from engine.paths import LEDGER, ROOT
from sims import spec

SEEDS = 10  # unless a demo states fewer, because it is slow, or exact and the same for every seed


@dataclass(frozen=True)
class Demo:
    """A simulation that bears on a claim, and what its frames must show."""

    sim: str
    params: dict[str, Any]
    vary: dict[str, list[Any]]
    seeds: int
    tests: tuple[expect.Test, ...]
    figure: str = ""

    def variants(self) -> list[dict[str, Any]]:
        """What is varied in each of its runs: one empty dict when nothing is."""
        return _variants(self.vary)


@dataclass(frozen=True)
class Claim:
    """One sentence of a lecture: its place, its sources, its standing, and its demonstration."""

    id: str
    sentence: str
    slide: str
    references: tuple[str, ...]
    status: str
    correction: dict[str, str] | None = None
    demo: Demo | None = None


@dataclass
class Ledger:
    """The claims in order, and everything that is wrong with the file that holds them."""

    path: Path
    claims: list[Claim] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    yaml: yamltext.Yaml = field(default_factory=yamltext.Yaml)

    def claim(self, identity: str) -> Claim | None:
        return next((claim for claim in self.claims if claim.id == identity), None)

    def problem(self, message: str, fix: str, *path: str) -> None:
        """An error at the key `path`."""
        line, column = self.yaml.place(*path)
        here = Problem(message, fix, line + 1, column + 1, file=shown(self.path))
        self.problems.append(here)

    def place(self, claim: Claim, *path: str) -> str:
        """`content/claims.yaml:12:7` of a key of a claim."""
        line, column = self.yaml.place(str(self.claims.index(claim)), *path)
        return f"{shown(self.path)}:{line + 1}:{column + 1}"


def shown(path: Path) -> str:
    """A path as messages name it: from the project's folder where it is inside."""
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path)


def load(path: Path = LEDGER) -> Ledger:
    """Read the ledger. Never raises: what is wrong is in `problems`, with line and column."""
    ledger = Ledger(path)
    try:
        ledger.yaml = yamltext.read(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        ledger.problem("The ledger is not UTF-8.", "Save it as UTF-8.")
        return ledger
    except OSError as error:
        ledger.problem(f"The ledger cannot be read: {error.strerror}.", "Check the path.")
        return ledger
    if fault := ledger.yaml.fault:
        where = {"line": fault.line + 1, "column": fault.column + 1, "file": shown(path)}
        ledger.problems.append(Problem(fault.message, "Fix the YAML.", **where))
        return ledger
    ledger.problems += [note.problem(1, shown(path)) for note in ledger.yaml.notes]
    if not isinstance(ledger.yaml.value, list):
        ledger.problem("The ledger is not a list.", "Begin each claim with '- id: C1'.")
        return ledger
    for index, item in enumerate(ledger.yaml.value):
        ledger.claims.append(_claim(ledger, item, str(index)))
    return ledger


def cards(path: Path = LEDGER) -> list[dict[str, Any]]:
    """Every claim as the browser gets it, with the figure that was last recorded."""
    measured = read_record()
    return [_card(claim, measured.get(claim.id)) for claim in load(path).claims]


def _card(claim: Claim, last: Measured | None) -> dict[str, Any]:
    demo = claim.demo and {"sim": claim.demo.sim, "params": claim.demo.params}
    return {
        "id": claim.id,
        "sentence": claim.sentence,
        "status": claim.status,
        "slide": claim.slide,
        "references": list(claim.references),
        "correction": claim.correction,
        "figure": last.figure if last else "",
        "seeds": last.seeds if last else 0,
        "held": last.held if last else 0,
        "date": last.when() if last else "",
        "demo": demo,
    }


def _claim(ledger: Ledger, item: Any, at: str) -> Claim:
    if not isinstance(item, dict):
        ledger.problem("This is no claim.", "Write '- id: C1' and its other fields.", at)
        item = {}
    fields, faults = fit(ClaimFields, item)
    for one in faults:
        ledger.problem(one.message, one.fix, at, *one.path)
    is_whole = not any(one.path[0] == "demo" for one in faults)
    demo = _demo(ledger, fields["demo"], at) if "demo" in fields else None
    texts = {key: str(fields.get(key, "")).strip() for key in ("id", "sentence", "slide")}
    claim = Claim(
        **texts,
        references=tuple(fields.get("references", ())),
        status=fields.get("status", ""),
        correction=fields.get("correction") if "text" in fields.get("correction", {}) else None,
        demo=demo if is_whole else None,
    )
    _hold(ledger, claim, item, at)
    return claim


def _hold(ledger: Ledger, claim: Claim, item: dict[str, Any], at: str) -> None:
    """What a claim must have because of its status, and an id of its own."""
    if claim.id and ledger.claim(claim.id):
        ledger.problem(f"{claim.id} stands here twice.", "Number the later one anew.", at, "id")
    if claim.status == "demonstrated" and item.get("demo") is None:
        ledger.problem(f"{claim.id} is demonstrated by nothing.", "Give it a demo.", at, "status")
    if claim.status == "cited" and not claim.references:
        ledger.problem(f"{claim.id} is cited without a reference.", "Name one.", at, "status")
    if claim.status == "corrected" and item.get("correction") is None:
        fix = "Write correction: {text: …, source: …}."
        ledger.problem(f"{claim.id} is corrected by nothing.", fix, at, "status")


def _variants(vary: dict[str, list[Any]]) -> list[dict[str, Any]]:
    rows = zip(*vary.values(), strict=True) if vary else [()]
    return [dict(zip(vary, row, strict=True)) for row in rows]


def _demo(ledger: Ledger, written: Any, at: str) -> Demo | None:
    """The demonstration, or None (and problems) when it could not be run."""
    here = (at, "demo")
    before = len(ledger.problems)
    sim = str(written.get("sim", ""))
    params, vary = written.get("params") or {}, written.get("vary") or {}
    is_known = sim in spec.names()
    if not is_known:
        message = f"There is no simulation '{sim}'." if sim else "A demo needs 'sim: NAME'."
        ledger.problem(message, nearest(sim, spec.names()), *here, "sim")
    else:
        params = _values(ledger, sim, params, *here, "params")
        vary = _vary(ledger, sim, vary, *here, "vary")
    seeds = written.get("seeds", SEEDS)
    tests: list[expect.Test] = []
    try:
        tests = expect.read(written.get("expect"))
    except expect.ExpectError as error:
        ledger.problem(error.message, error.fix, *here, "expect", *error.path)
    if is_known and len(ledger.problems) == before:
        defaults = {field.name: field.default for field in spec.fields(sim)} | params
        runs = [defaults | varied for varied in _variants(vary)]
        for error in columns.faults(sim, runs, list(vary), tests):
            ledger.problem(error.message, error.fix, *here, "expect", *error.path)
    figure = str(written.get("figure", ""))
    if figure.count("{}") > 1 or figure.count("{") != figure.count("{}"):
        ledger.problem(f"'{figure}' has no single place for a number.", "Write {} once.", *here)
    if len(ledger.problems) > before:
        return None
    return Demo(sim, params, vary, seeds, tuple(tests), figure)


def _values(ledger: Ledger, sim: str, written: Any, *path: str) -> dict[str, Any]:
    """Parameters with their types made right; each one that cannot be is a problem."""
    if not isinstance(written, dict):
        ledger.problem("'params' is not a mapping.", "Write {name: value}.", *path)
        return {}
    values = {}
    for name, value in written.items():
        try:
            values |= spec.check(sim, {name: value})
        except spec.SpecError as error:
            ledger.problem(*_cut(error), *path, name)
    return values


def _vary(ledger: Ledger, sim: str, written: Any, *path: str) -> dict[str, list[Any]]:
    lists: list[Any] = list(written.values()) if isinstance(written, dict) else [None]
    if not all(isinstance(one, list) and one and len(one) == len(lists[0]) for one in lists):
        ledger.problem("'vary' names lists of equal length.", "Write {name: [a, b]}.", *path)
        return {}
    made: dict[str, list[Any]] = {}
    for name, options in written.items():
        checked = [_values(ledger, sim, {name: option}, *path) for option in options]
        made[name] = [one[name] for one in checked if one]
    return made


def _cut(error: Exception) -> tuple[str, str]:
    """A sentence of `spec`, parted into what is wrong and how to fix it."""
    message, dot, fix = str(error).partition(". ")
    return (f"{message}.", fix) if dot else (message, "")
