"""The command line: `practicum serve | check | deck | run | rehearse | export | claims | …`.

Each command imports what it needs when it is called, so that every one of them starts quickly.
Exit codes: 0 done, 1 the thing checked is not right, 2 bad input (one clear line on stderr).
"""

import argparse
import io
import json
import os
import sys
from collections.abc import Sequence

from engine import __version__, streams
from engine.paths import named
from engine.portable import working_folder


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; 130 when it was ended by Ctrl-C, as in a shell."""
    if arguments is None:
        _use_utf8()
        streams.open_closed()
    given = sys.argv[1:] if arguments is None else arguments
    chosen = parser(given).parse_args(given)
    if working_folder() is None:
        return fail("the folder in which it was started has been deleted; start it in another.")
    if hasattr(chosen, "sims"):
        from engine.own_sims import take_asked

        try:
            take_asked(chosen)
        except ValueError as error:
            return fail(str(error))
    try:
        code = chosen.call(chosen)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        if not streams.is_unread():
            raise
        return 141  # as of a program that a shell's `| head` has ended


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


def parser(given: Sequence[str] | None = None) -> argparse.ArgumentParser:
    """All commands, with their options.

    Of the commands that `given`, the arguments, do not name, the options are left out: to declare
    them imports what the command is made of.
    """
    parser = argparse.ArgumentParser(
        prog="practicum",
        description="The lecture you can run: slides whose claims are live experiments.",
        epilog="practicum COMMAND --help shows the options of a command.",
    )
    parser.add_argument("--version", action="version", version=f"practicum {__version__}")
    commands = parser.add_subparsers(
        dest="command", required=True, metavar="COMMAND", title="commands"
    )
    for name, (words, add_arguments, examples) in _COMMANDS.items():
        command = commands.add_parser(
            name,
            help=words,
            description=f"{words[:1].upper()}{words[1:]}.",
            epilog="\n".join(
                ["examples:", *(f"  practicum {name} {one}".rstrip() for one in examples)]
            ),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        if given is None or name in given:
            add_arguments(command)
    return parser


def fail(sentence: str) -> int:
    """Say what is wrong on stderr; the exit code for bad input."""
    print(f"practicum: {sentence}", file=sys.stderr)
    return 2


def _serve_arguments(parser: argparse.ArgumentParser) -> None:
    from engine.app import command

    command.add_arguments(parser)


def _open_arguments(parser: argparse.ArgumentParser) -> None:
    from engine.app import opening

    opening.add_arguments(parser)


def _check_arguments(parser: argparse.ArgumentParser) -> None:
    from engine.publish import check_command

    check_command.add_arguments(parser)


def _diff_arguments(parser: argparse.ArgumentParser) -> None:
    from engine.publish.diff import command

    command.add_arguments(parser)


def _deck_arguments(parser: argparse.ArgumentParser) -> None:
    from engine.sims_options import add_sims_options

    parser.add_argument("file", type=named, metavar="FILE", help="the deck")
    parser.add_argument("--json", action="store_true", help="print JSON (the only format)")
    add_sims_options(parser)
    parser.set_defaults(call=deck)


def deck(chosen: argparse.Namespace) -> int:
    """Print a deck as the browser gets it; faults of the text are in `problems`."""
    from engine.deck.document import load

    if not os.path.isfile(chosen.file):  # `Path.is_file` raises for a name that is too long
        return fail(f"there is no file {chosen.file}.")
    print(json.dumps(load(chosen.file), ensure_ascii=False, indent=1))
    return 0


def _run_arguments(parser: argparse.ArgumentParser) -> None:
    from engine.runs import command

    command.add_arguments(parser)
    parser.set_defaults(call=command.run)


def _claims_arguments(parser: argparse.ArgumentParser) -> None:
    from engine.model_options import add_model_options
    from engine.sims_options import add_sims_options

    parser.add_argument("ids", nargs="*", metavar="CLAIM", help="its id, as C93 (default: all)")
    parser.add_argument("--seeds", type=int, metavar="N", help="at most N seeds for each claim")
    parser.add_argument(
        "--fast",
        action="store_true",
        help="only claims whose seeds take at most 1 s of processor time each",
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument(
        "--no-cache", action="store_true", help="compute again, even where a result is stored"
    )
    parser.add_argument(
        "--record",
        action="store_true",
        help="write the results to content/claims_measured.json, which the slides show",
    )
    parser.add_argument(
        "--model",
        metavar="NAME",
        help="try those of content/claims_real.yaml on this language model instead",
    )
    add_model_options(parser)
    add_sims_options(parser)
    _add_lectures(parser)
    parser.set_defaults(call=claims)


def _add_lectures(parser: argparse.ArgumentParser) -> None:
    words = "of which course (default: the one around here, else the one that comes with Practicum)"
    parser.add_argument("--lectures", type=named, metavar="DIR", help=words)


def claims(chosen: argparse.Namespace) -> int:
    """Run the demonstrations of the ledger; 1 when a claim does not hold."""
    from engine.claims.command import run

    return run(chosen)


def _model_arguments(parser: argparse.ArgumentParser) -> None:
    from engine import models

    models.add_arguments(parser)


def _rehearse_arguments(parser: argparse.ArgumentParser) -> None:
    from engine import rehearse

    rehearse.add_arguments(parser)


def _export_arguments(parser: argparse.ArgumentParser) -> None:
    from engine.publish import export

    export.add_arguments(parser)


def _new_arguments(parser: argparse.ArgumentParser) -> None:
    from engine.new import command

    command.add_arguments(parser)


def _room_arguments(parser: argparse.ArgumentParser) -> None:
    from engine.room import command

    command.add_arguments(parser)


def _bench_arguments(parser: argparse.ArgumentParser) -> None:
    from engine import bench

    bench.add_arguments(parser)


def _assets_arguments(parser: argparse.ArgumentParser) -> None:
    from engine import train_assets

    train_assets.add_arguments(parser)


# Name of a command -> what it does, what declares its options, and arguments as examples.
_COMMANDS = {
    "serve": (
        "open the lectures in the browser",
        _serve_arguments,
        ["", "--port 8600 --lectures my-lectures", "--address 0.0.0.0"],
    ),
    "open": ("open one deck in the browser", _open_arguments, ["talk.md"]),
    "new": (
        "make a course, or add a lecture, a slide, a simulation or a claim to one",
        _new_arguments,
        ["course my-course", "slide exploration 'A greedy agent gets stuck'", "sim coin_flips"],
    ),
    "check": (
        "report every fault of the decks, with file, line and how to fix it",
        _check_arguments,
        ["", "my-lectures/first.md --render"],
    ),
    "diff": (
        "show the slides that changed since a revision, before and after, and run claims again",
        _diff_arguments,
        ["HEAD~1", "main --output build/diff.html --no-claims"],
    ),
    "deck": ("print one deck as JSON", _deck_arguments, ["lectures/01-overview.md --json"]),
    "run": (
        "run a simulation and print its result",
        _run_arguments,
        ["cartpole --set algorithm=ppo", "bandit --seeds 10 --jsonl"],
    ),
    "model": (
        "fetch a real language model, and say which there are",
        _model_arguments,
        ["list", "get smollm2-135m-instruct", "info smollm2-135m-instruct"],
    ),
    "rehearse": (
        "run every experiment of a lecture on this machine and report what is slow or fails",
        _rehearse_arguments,
        ["overview", "overview --slide rlvr-live", "my-lectures/first.md --record"],
    ),
    "export": (
        "write lectures as files: a site, a notebook",
        _export_arguments,
        ["site build/site", "notebook overview --slide watch-it-learn"],
    ),
    "room": (
        "list, export and delete the rooms in which classes followed and voted",
        _room_arguments,
        ["list", "export B2K9F --format trl --output preferences.jsonl", "prune --days 30"],
    ),
    "claims": (
        "test the claims of the lectures by experiments, over ten seeds each",
        _claims_arguments,
        ["C77", "--fast --seeds 3"],
    ),
    "train-assets": (
        "train the models again that come with the simulations",
        _assets_arguments,
        ["sentences"],
    ),
    "bench": (
        "measure speed and memory, beside other packages",
        _bench_arguments,
        ["flip load", "soak --minutes 5"],
    ),
}


if __name__ == "__main__":
    sys.exit(main())
