"""`--sims DIR --trust-sims`: simulations of one's own, for every command that runs some."""

import argparse
import os
from pathlib import Path

from engine.paths import named
from sims.foreign import trust

FOLDER = (
    "a folder with simulations of your own; they are code that runs on this machine, so "
    "--trust-sims must stand beside it"
)
TRUST = "run the code in the folder of --sims: with all that your user may do here"


def add_sims_options(parser: argparse.ArgumentParser) -> None:
    """Declare both."""
    parser.add_argument("--sims", type=named, metavar="DIR", help=FOLDER)
    parser.add_argument("--trust-sims", action="store_true", help=TRUST)


def take_sims(folder: Path | None, is_trusted: bool) -> None:
    """Let the simulations of a folder stand beside ours, once the user has said that its code may
    run. ValueError otherwise."""
    if folder is None:
        if is_trusted:
            raise ValueError("--trust-sims is for --sims DIR; name the folder.")
        return
    if not os.path.isdir(folder):
        raise ValueError(f"there is no folder {folder}; name one that holds simulations.")
    if not is_trusted:
        raise ValueError(
            f"the files in {folder} are code: a person who presses Run runs it on this machine, "
            "with all that your user may do. If you trust it, add --trust-sims."
        )
    trust(folder)


def take_checked(given: Path | bool | None, is_trusted: bool) -> Path | None:
    """What follows `--sims` of `practicum check`, where it also stands alone: a folder of
    simulations is taken; anything else is returned, a deck to be checked. ValueError as above."""
    folder = given if isinstance(given, Path) else None
    if folder is None or is_trusted or (os.path.isdir(folder) and any(folder.glob("*.py"))):
        take_sims(folder, is_trusted)
        return None
    return folder
