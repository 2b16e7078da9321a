"""The command line: `practicum serve | check | deck | run | rehearse | export | claims | …`.

Each command imports what it needs when it is called, so that every one of them starts quickly.
Exit codes: 0 done, 1 the thing checked is not right, 2 bad input (one clear line on stderr).
"""

import argparse
import contextlib
import importlib
import io
import os
import signal
import sys
from collections.abc import Sequence

from engine import __version__, streams
from engine.portable import working_folder


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; 130 when it was ended by Ctrl-C, as in a shell."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        if arguments is None:
            _hear_ctrl_c()
            _use_utf8()
            streams.open_closed()
        return _run(given)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        if not streams.is_unread():
            raise
        return 141  # as of a program that a shell's `| head` has ended
    except OSError as error:  # which no command expects: a full disk, above all
        code = fail(f"this could not be done: {streams.because(error)}.")
        streams.give_up()
        return code


def _run(given: Sequence[str]) -> int:
    given = given or ["--help"]  # what a newcomer types first
    try:
        chosen = parser(given).parse_args(given)
    except SystemExit:
        sys.stdout.flush()  # a help text: here a full disk is still a sentence
        raise
    if working_folder() is None:
        return fail("the folder in which it was started has been deleted; start it in another.")
    if hasattr(chosen, "sims"):
        from engine.own_sims import take_asked

        try:
            take_asked(chosen)
        except ValueError as error:
            return fail(str(error))
    code = chosen.call(chosen)
    sys.stdout.flush()
    return code


def _hear_ctrl_c() -> None:
    """Let Ctrl-C be an exception again, which `engine.start` has turned off for the imports."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _use_utf8() -> None:
    """Read names of files and write text as UTF-8 whatever the locale is.

    A terminal without a locale takes ASCII alone, as does Streamlit a folder there: Python starts
    again in its UTF-8 mode. A pipe on Windows takes the letters of one language.
    """
    if sys.getfilesystemencoding() != "utf-8" and not sys.flags.utf8_mode:
        os.environ["PYTHONUTF8"] = "1"  # for child processes
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])
    for stream in (sys.stdout, sys.stderr):
        if not isinstance(stream, io.TextIOWrapper):
            continue
        # Strict ones break off at the name of a file whose bytes are not UTF-8.
        if stream.encoding.lower() != "utf-8" or stream.errors == "strict":
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
    for name, (words, module, examples) in _COMMANDS.items():
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
            importlib.import_module(module).add_arguments(command)
    return parser


def fail(sentence: str) -> int:
    """Say what is wrong on stderr; the exit code for bad input."""
    with contextlib.suppress(OSError):  # nothing can be written there either
        print(f"practicum: {sentence}", file=sys.stderr)
    return 2


# Name of a command -> what it does, the module with its `add_arguments(parser)`, which also sets
# what is called, and arguments as examples.
_COMMANDS = {
    "serve": (
        "open the lectures in the browser",
        "engine.app.command",
        ["", "--port 8600 --lectures my-lectures", "--address 0.0.0.0"],
    ),
    "open": ("open one deck in the browser", "engine.app.opening", ["talk.md"]),
    "new": (
        "make a course, or add a lecture, a slide, a simulation or a claim to one",
        "engine.new.command",
        ["course my-course", "slide exploration 'A greedy agent gets stuck'", "sim coin_flips"],
    ),
    "check": (
        "report every fault of the decks, with file, line and how to fix it",
        "engine.publish.check_command",
        ["", "my-lectures/first.md --render"],
    ),
    "diff": (
        "show the slides that changed since a revision, before and after, and run claims again",
        "engine.publish.diff.command",
        ["HEAD~1", "main --output build/diff.html --no-claims"],
    ),
    "deck": ("print one deck as JSON", "engine.print_deck", ["lectures/01-overview.md --json"]),
    "run": (
        "run a simulation and print its result",
        "engine.runs.command",
        ["cartpole --set algorithm=ppo", "bandit --seeds 10 --jsonl"],
    ),
    "model": (
        "fetch a real language model, and say which there are",
        "engine.models",
        ["list", "get smollm2-135m-instruct", "info smollm2-135m-instruct"],
    ),
    "rehearse": (
        "run every experiment of a lecture on this machine and report what is slow or fails",
        "engine.rehearse",
        ["overview", "overview --slide rlvr-live", "my-lectures/first.md --record"],
    ),
    "export": (
        "write lectures as files: a site, a PDF, a handout, their figures, a notebook",
        "engine.publish.export",
        ["site build/site", "notebook overview --slide watch-it-learn"],
    ),
    "room": (
        "list, export and delete the rooms in which classes followed and voted",
        "engine.room.command",
        ["list", "export B2K9F --format trl --output preferences.jsonl", "prune --days 30"],
    ),
    "claims": (
        "test the claims of the lectures by experiments, over ten seeds each",
        "engine.claims.options",
        ["C77", "--fast --seeds 3"],
    ),
    "train-assets": (
        "train the models again that come with the simulations",
        "engine.train_assets",
        ["sentences"],
    ),
    "bench": (
        "measure speed and memory, beside other packages",
        "engine.bench",
        ["flip load", "soak --minutes 5"],
    ),
}


if __name__ == "__main__":
    sys.exit(main())
