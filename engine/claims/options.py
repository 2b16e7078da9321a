"""The options of `practicum claims`; engine/claims/command.py obeys them."""

import argparse

from engine.model_options import add_model_options
from engine.paths import named
from engine.sims_options import add_sims_options


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `claims` reads."""
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
    words = "of which course (default: the one around here, else the one that comes with Practicum)"
    parser.add_argument("--lectures", type=named, metavar="DIR", help=words)
    parser.set_defaults(call=claims)


def claims(chosen: argparse.Namespace) -> int:
    """Run the demonstrations of the ledger; 1 when a claim does not hold."""
    from engine.claims.command import run

    return run(chosen)
