"""The command line: `practicum serve | check | deck | run | rehearse | claims | bench | …`.

Each command imports what it needs when it is called, so that every one of them starts quickly.
Exit codes: 0 done, 1 the thing checked is not right, 2 bad input (one clear line on stderr).
"""

import argparse
import io
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from engine import __version__
from engine.paths import LECTURES, cannot_write
from sims.assets import MODELS


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; 130 when it was ended by Ctrl-C, as in a shell."""
    if arguments is None:
        _use_utf8()
    chosen = parser().parse_args(arguments)
    try:
        return chosen.call(chosen)
    except KeyboardInterrupt:
        return 130


def _use_utf8() -> None:
    """Read names of files and write text as UTF-8 whatever the locale is.

    A terminal without a locale takes ASCII alone, as does Streamlit a folder there: Python starts
    again in its UTF-8 mode. A pipe on Windows takes the letters of one language.
    """
    if sys.getfilesystemencoding() != "utf-8" and not sys.flags.utf8_mode:
        os.environ["PYTHONUTF8"] = "1"  # for child processes
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.encoding.lower() != "utf-8":
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def parser() -> argparse.ArgumentParser:
    """All commands with their options."""
    parser = argparse.ArgumentParser(prog="practicum", description="The lecture you can run.")
    parser.add_argument("--version", action="version", version=f"practicum {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _serve_arguments(commands.add_parser("serve", help="open the lectures in the browser"))
    _check_arguments(commands.add_parser("check", help="name every fault of the decks"))
    _deck_arguments(commands.add_parser("deck", help="print one deck as JSON"))
    _run_arguments(commands.add_parser("run", help="run a simulation and print its frames"))
    _claims_arguments(commands.add_parser("claims", help="hold the lectures to their claims"))
    _rehearse_arguments(commands.add_parser("rehearse", help="run every block of a lecture"))
    _bench_arguments(commands.add_parser("bench", help="measure against the budgets and peers"))
    _assets_arguments(commands.add_parser("train-assets", help="train the shipped models again"))
    return parser


def fail(sentence: str) -> int:
    """Say what is wrong on stderr; the exit code for bad input."""
    print(f"practicum: {sentence}", file=sys.stderr)
    return 2


def _serve_arguments(parser: argparse.ArgumentParser) -> None:
    from engine.app import command

    command.add_arguments(parser)


def _check_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="*", type=Path, help="decks (default: all in lectures/)")
    parser.add_argument("--format", choices=["text", "json", "sarif"], default="text")
    parser.add_argument("--render", action="store_true", help="also draw each slide: does it fit?")
    parser.set_defaults(call=check)


def check(chosen: argparse.Namespace) -> int:
    """Print every problem of the decks; 1 when one of them is an error."""
    from engine.claims.validate import check as ledger_problems
    from engine.deck.source.names import shown
    from engine.publish.check import files_of, format_problems, once
    from engine.publish.guarded import check_each

    missing = [path for path in chosen.files if not os.path.lexists(path)]
    if missing:
        return fail(f"there is no file {shown(missing[0])}.")
    problems, files = check_each(files_of(chosen.files or [LECTURES]))
    problems = once(problems + ledger_problems(files))
    if chosen.render:
        from engine.publish.overflow import NoBrowser, overflow

        try:
            problems += overflow(files)
        except NoBrowser as error:
            return fail(str(error))
    print(format_problems(problems, chosen.format))
    return int(any(problem.severity == "error" for problem in problems))


def _deck_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path)
    parser.add_argument("--json", action="store_true", help="JSON (the only format)")
    parser.set_defaults(call=deck)


def deck(chosen: argparse.Namespace) -> int:
    """Print a deck as the browser gets it; faults of the text are in `problems`."""
    from engine.deck.document import load

    if not chosen.file.is_file():
        return fail(f"there is no file {chosen.file}.")
    print(json.dumps(load(chosen.file), ensure_ascii=False, indent=1))
    return 0


def _run_arguments(parser: argparse.ArgumentParser) -> None:
    from engine.runs import command

    command.add_arguments(parser)
    parser.set_defaults(call=command.run)


def _claims_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("ids", nargs="*", metavar="CLAIM", help="C93 … (default: all)")
    parser.add_argument("--seeds", type=int, metavar="N", help="at most so many seeds")
    parser.add_argument("--fast", action="store_true", help="those whose seed takes 2 s at most")
    parser.add_argument("--json", action="store_true", help="one JSON list instead of a table")
    parser.add_argument("--no-cache", action="store_true", help="run anew what was run before")
    parser.add_argument("--record", action="store_true", help="write content/claims_measured.json")
    parser.set_defaults(call=claims)


def claims(chosen: argparse.Namespace) -> int:
    """Run the demonstrations of the ledger; 1 when a claim does not hold."""
    from engine.claims.command import run

    return run(chosen)


def _rehearse_arguments(parser: argparse.ArgumentParser) -> None:
    from engine import rehearse

    rehearse.add_arguments(parser)


def _bench_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("names", nargs="*", help="which to measure (default: all but soak)")
    parser.add_argument("--minutes", type=float, help="how long the soak takes (default: 20)")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(call=bench)


def bench(chosen: argparse.Namespace) -> int:
    """Measure side by side with the peers and print each budget's row."""
    from engine.bench import available, measure, table

    known = available()
    if not known:
        return fail("the benchmarks are not installed; clone the project and run `make bench`.")
    wrong = [name for name in chosen.names if name not in known]
    if wrong:
        from sims.spec import did_you_mean

        return fail(f"there is no benchmark '{wrong[0]}'.{did_you_mean(wrong[0], known)}")
    try:
        names = chosen.names or [name for name in known if name != "soak"]
        rows = [row for name in names for row in measure(name, chosen.minutes)]
    except RuntimeError as error:  # a peer or a browser is missing; the sentence says which
        return fail(str(error))
    print(json.dumps(rows, indent=1) if chosen.json else table(rows))
    return int(not all(row["ok"] for row in rows))


def _assets_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("names", nargs="*", help="which models (default: all)")
    parser.set_defaults(call=train_assets)


def train_assets(chosen: argparse.Namespace) -> int:
    """Train the checkpoints in assets/models again, each from its seed, and write them there."""
    if sentence := cannot_write(MODELS):
        return fail(sentence)
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # the last digits depend on it
    os.environ.pop("PRACTICUM_MODEL", None)
    from sims.arithmetic import base_model, tuned_model
    from sims.language import base_model as sentences

    known = {  # in this order: the tuned model starts from the base model
        "sentences": sentences.main,
        "arithmetic": base_model.main,
        "arithmetic-tuned": tuned_model.main,
    }
    wrong = [name for name in chosen.names if name not in known]
    if wrong:
        from sims.spec import did_you_mean

        return fail(f"there is no model '{wrong[0]}'.{did_you_mean(wrong[0], list(known))}")
    for name, train in known.items():
        if name in chosen.names or not chosen.names:
            train()
    return 0


if __name__ == "__main__":
    sys.exit(main())
