"""Where and in which type a model computes: options of every command that takes `--model`."""

import argparse
import os


def add_model_options(parser: argparse.ArgumentParser) -> None:
    """Declare where and in which type `--model` computes."""
    parser.add_argument("--device", metavar="NAME", help="cpu or cuda (default: a GPU, if any)")
    parser.add_argument(
        "--dtype",
        choices=["float32", "bfloat16", "float16"],
        help="type of its weights (default: float32, on a GPU bfloat16)",
    )


def set_model_options(chosen: argparse.Namespace) -> None:
    """Put them into the environment, where workers read them."""
    for option in ("device", "dtype"):
        if given := getattr(chosen, option):
            os.environ[f"PRACTICUM_{option.upper()}"] = given
