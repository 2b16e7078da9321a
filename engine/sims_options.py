"""The options of a command that may run simulations of one's own; own_sims.py obeys them."""

import argparse

from engine.paths import named

FOLDER = (
    "a folder with simulations of your own (default: sims/ of the course); they are code that runs "
    "on this machine, so they also need --trust-sims"
)
TRUST = (
    "run the code in the folder of --sims, else in sims/ of the course: with all that your user "
    "may do here"
)


def add_sims_options(parser: argparse.ArgumentParser) -> None:
    """Declare both."""
    parser.add_argument("--sims", type=named, metavar="DIR", help=FOLDER)
    parser.add_argument("--trust-sims", action="store_true", help=TRUST)
