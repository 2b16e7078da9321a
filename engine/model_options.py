"""Which model a command takes, where and in which type it computes: for all that have `--model`."""

import argparse
import importlib
import os

from sims.models.catalogue import ModelError, local_folder
from sims.models.inspect import inspect
from sims.spec import SpecError


def add_model_options(parser: argparse.ArgumentParser) -> None:
    """Declare where and in which type `--model` computes."""
    parser.add_argument("--device", metavar="NAME", help="cpu or cuda (default: a GPU, if any)")
    parser.add_argument(
        "--dtype",
        choices=["float32", "bfloat16", "float16"],
        help="type of its weights (default: float32, on a GPU bfloat16)",
    )


def without_effect(chosen: argparse.Namespace) -> str:
    """A sentence about an option of these that would be passed over; "" when there is none."""
    if chosen.model == "":
        return "--model is empty: name a model or its directory, or leave it out."
    given = [one for one in ("device", "dtype") if getattr(chosen, one)]
    if chosen.model or not given:
        return ""
    return f"--{given[0]} has no effect without --model: name a model, or leave it out."


def set_model_options(chosen: argparse.Namespace) -> None:
    """Put them into the environment, where workers read them."""
    for option in ("device", "dtype"):
        if given := getattr(chosen, option):
            os.environ[f"PRACTICUM_{option.upper()}"] = given


def use_model(name: str) -> None:
    """Have workers load this model as the base model. SpecError, one sentence, if it is none."""
    try:
        folder = local_folder(name) or importlib.import_module("sims.models.hub").download(name)
        inspect(folder)  # what it makes of the weights, the worker says
    except ModelError as error:
        raise SpecError(f"--model {name}: {error}") from None
    os.environ["PRACTICUM_MODEL"] = str(folder.resolve())
