"""`practicum claims [C93 …]`: run the demonstrations of the ledger and say which claims hold.

A demonstration whose null holds as well is refused: it would hold without what it is to show.
"""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from platform import python_version

from engine.claims import at_scale
from engine.claims.demonstrate import Outcome, demonstrate
from engine.claims.ledger import Claim, Ledger, load
from engine.claims.record import Damaged, Measured, beside, read_record, write_record
from engine.claims.report import show, state_of
from engine.claims.validate import validate
from engine.deck.course import here
from engine.model_options import set_model_options, use_model, without_effect
from engine.paths import LEDGER_REAL, MEASURED_REAL, cannot_write
from engine.runs.processor import instruction_set
from engine.runs.results.store import Results
from engine.runs.runner import Runner
from engine.runs.workers.local import LocalEngine
from sims.nearest import nearest
from sims.spec import SpecError

FAST = 1.0  # seconds of processor time for one seed, as recorded
DAY = 86_400.0  # seconds for one run: a slow or busy machine disproves no claim
MANY = 100_000  # runs may wait; nobody else is in this queue


def run(args: argparse.Namespace, path: Path | None = None) -> int:
    """0 all hold and no null does, 1 one is otherwise, 2 bad input, 130 interrupted.

    The ledger is that of the course which the command means, unless `path` names one.
    """
    if args.lectures is not None and not args.lectures.is_dir():
        return _fail(f"there is no folder {args.lectures}.")
    course = here(args.lectures)
    ledger = load(path or course.ledger)
    if not ledger.problems and (sentence := _fault(args, ledger)):
        return _fail(sentence)
    problems = ledger.problems + validate(ledger, course)
    tried = at_scale.load(ledger, course.file(LEDGER_REAL.name)) if args.model else ledger
    if problems := problems + (tried.problems if args.model else []):
        print(*problems, sep="\n", file=sys.stderr)
        return 2
    by_default = [one for one in ledger.claims if one.demo] if args.model else ledger.claims
    wanted = [one for one in ledger.claims if one.id in args.ids] if args.ids else by_default
    named = [tried.claim(one.id) for one in wanted]
    demos = [claim for claim in named if claim and claim.demo]
    if args.fast:
        demos = fast(demos, ledger.path)
    runner = make_runner(use_cache=not args.no_cache)
    outcomes = []
    try:
        told = _Progress(len(demos))
        for outcome in demonstrate(tried, demos, runner, args.seeds, told.run):
            outcomes.append(outcome)
            told.claim(outcome)
        told.close()
    except KeyboardInterrupt:
        return 130
    finally:
        runner.close()
    show(wanted, outcomes, as_json=args.json, is_real=bool(args.model))
    if args.record:
        try:
            record(tried, outcomes, _record_of(args, ledger))
        except OSError as error:
            return _fail(f"the results cannot be recorded: {error.strerror}.")
    return int(not all(outcome.is_shown for outcome in outcomes))


def _fault(args: argparse.Namespace, ledger: Ledger) -> str:
    """What is wrong with the options, in one sentence; else the model is ready to be loaded."""
    known = [one.id for one in ledger.claims]
    if wrong := [name for name in args.ids if name not in known]:
        return f"there is no claim '{wrong[0]}'. {nearest(wrong[0], known)}"
    if args.seeds is not None and not 1 <= args.seeds <= 100:
        return f"--seeds is {args.seeds}, but must be 1 to 100."
    if sentence := without_effect(args):
        return sentence
    if args.model and args.fast:
        return "--fast goes by what the tiny models take: leave it out, or --model."
    if args.model and args.record and args.model != at_scale.RECORDED_WITH:
        return f"--record goes with --model {at_scale.RECORDED_WITH}, whose figures are shown."
    if args.record and (sentence := cannot_write(ledger.path.parent)):
        return sentence
    if args.record or args.fast:
        try:
            read_record(_record_of(args, ledger))
        except Damaged as error:
            return str(error)
    if args.model:
        set_model_options(args)
        try:
            use_model(args.model)
        except SpecError as error:
            return str(error)
    return ""


def _record_of(args: argparse.Namespace, ledger: Ledger) -> Path:
    """Where the results are recorded: those of the real model in a file of their own."""
    return ledger.path.with_name(MEASURED_REAL.name) if args.model else beside(ledger.path)


def make_runner(use_cache: bool = True) -> Runner:
    """Worker processes on every core, with the results that earlier runs left on disk."""
    engine = LocalEngine(os.cpu_count() or 1, preload=(), max_seconds=DAY)
    return Runner(
        engine,
        max_waiting=MANY,
        max_waiting_per_owner=MANY,
        max_waiting_per_address=MANY,
        keep_runs=40,
        abandon_after=1e9,
        results=Results() if use_cache else None,
    )


def fast(claims: Sequence[Claim], ledger: Path) -> list[Claim]:
    """Those whose seed took at most FAST seconds when it was last recorded beside `ledger`."""
    measured = read_record(beside(ledger))
    return [one for one in claims if one.id in measured and measured[one.id].seconds <= FAST]


def record(ledger: Ledger, outcomes: Sequence[Outcome], path: Path) -> None:
    """Put what was measured into a committed file, and drop claims that have no demo now."""
    measured = read_record(path)
    named = ", ".join(f"{name} {version(name)}" for name in ("numpy", "torch"))
    versions = f"Python {python_version()}, {named}"
    for one in outcomes:
        seconds = round(one.seconds, 2)
        today, processor = date.today().isoformat(), instruction_set()
        null = one.null
        measured[one.claim.id] = Measured(
            one.figure,
            one.held,
            one.seeds,
            seconds,
            today,
            versions,
            processor,
            null_figure=null.figure if null else "",
            null_held=null.held if null else None,
        )
    demos = [claim.id for claim in ledger.claims if claim.demo]
    write_record({name: measured[name] for name in demos if name in measured}, path)


class _Progress:
    """One line on stderr that is written over on a terminal, and a line a claim elsewhere."""

    def __init__(self, num_claims: int) -> None:
        self.num_claims, self.num_done = num_claims, 0
        self.started = time.monotonic()
        self.is_terminal = sys.stderr.isatty()

    def run(self, done: int, total: int, name: str) -> None:
        if self.is_terminal:
            elapsed = time.monotonic() - self.started
            left = elapsed / done * (total - done)
            line = f"\r{name}: run {done} of {total}, about {left:.0f} s left   "
            print(line, end="", file=sys.stderr, flush=True)

    def claim(self, outcome: Outcome) -> None:
        self.num_done += 1
        if not self.is_terminal:
            line = f"{self.num_done}/{self.num_claims} {outcome.claim.id} {state_of(outcome)}"
            print(line, file=sys.stderr, flush=True)

    def close(self) -> None:
        if self.is_terminal:
            print("\r" + " " * 60 + "\r", end="", file=sys.stderr, flush=True)


def _fail(sentence: str) -> int:
    print(f"practicum claims: {sentence}", file=sys.stderr)
    return 2
