"""`practicum deck FILE --json`: a deck as the browser gets it."""

import argparse
import json
import os

from engine.paths import named
from engine.sims_options import add_sims_options


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `deck` reads."""
    parser.add_argument("file", type=named, metavar="FILE", help="the deck")
    parser.add_argument("--json", action="store_true", help="print JSON (the only format)")
    add_sims_options(parser)
    parser.set_defaults(call=deck)


def deck(chosen: argparse.Namespace) -> int:
    """Print a deck; faults of its text are in `problems`."""
    from engine.cli import fail
    from engine.deck.document import load

    if not os.path.isfile(chosen.file):  # `Path.is_file` raises for a name that is too long
        return fail(f"there is no file {chosen.file}.")
    print(json.dumps(load(chosen.file), ensure_ascii=False, indent=1))
    return 0
