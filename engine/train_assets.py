"""`practicum train-assets`: the models that come with the simulations, made again."""

import argparse
import os

from engine.paths import cannot_write
from sims.assets import MODELS
from sims.nearest import nearest


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `train-assets`."""
    parser.add_argument("names", nargs="*", metavar="NAME", help="which models (default: all)")
    parser.set_defaults(call=run)


def run(chosen: argparse.Namespace) -> int:
    """Train the checkpoints in assets/models again, each from its seed, and write them there."""
    from engine.cli import fail

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
        return fail(f"there is no model '{wrong[0]}'. {nearest(wrong[0], known)}")
    for name, train in known.items():
        if name in chosen.names or not chosen.names:
            train()
    return 0
