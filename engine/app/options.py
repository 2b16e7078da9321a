"""The options of `practicum serve`; engine/app/command.py obeys them."""

import argparse

from engine.model_options import add_model_options
from engine.paths import named
from engine.sims_options import add_sims_options


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare all of them."""
    add = parser.add_argument
    add("--port", type=int, default=8501, metavar="N", help="0: any free port (default: 8501)")
    add(
        "--address",
        default="127.0.0.1",
        help="where to listen; 0.0.0.0 or :: for other machines (default: this machine only)",
    )
    add(
        "--lectures",
        type=named,
        metavar="DIR",
        help="a course, or a folder with decks (default: the course around here, or ours)",
    )
    _add_runs(parser)
    _add_people(parser)
    _add_proxies(parser)


def _add_runs(parser: argparse.ArgumentParser) -> None:
    """Which simulations there are, with which model, and where they run."""
    add = parser.add_argument
    add_sims_options(parser)
    add(
        "--model",
        metavar="DIR",
        help="a language model instead of the base model: a directory, a hub id or a short name",
    )
    add_model_options(parser)
    add(
        "--workers",
        type=int,
        metavar="N",
        help="how many simulations may run at the same time (default: by the number of cores)",
    )
    add(
        "--runner",
        choices=["local", "ray"],
        default="local",
        help="run simulations on this machine or on a Ray cluster (default: local)",
    )
    add(
        "--ray-address",
        metavar="HOST:PORT",
        help="the Ray cluster to join (default: start a small one on this machine)",
    )


def _add_people(parser: argparse.ArgumentParser) -> None:
    """What those in front of the pages may do, beyond reading and running."""
    add = parser.add_argument
    add(
        "--room",
        action="store_true",
        help="let presenters open rooms, in which phones follow and vote; prints their address",
    )
    add(
        "--store",
        metavar="URL",
        help="where rooms are kept, such as postgresql+psycopg://user@host/database "
        "(default: a file in this user's data folder)",
    )
    add(
        "--edit",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="let slides be edited on the page, from this machine alone (default: when the server "
        "listens to this machine only, and has no rooms and no proxy)",
    )


def _add_proxies(parser: argparse.ArgumentParser) -> None:
    """What stands in front of the server, and which other sites may use it."""
    add = parser.add_argument
    add("--base-path", metavar="PATH", help="the path that a proxy keeps in front, such as /course")
    _add_allowed(
        parser,
        "--allow-origin",
        "another site that may show slides in a frame; may be given several times",
    )
    _add_allowed(parser, "--allow-host", "another name of this server; may be given several times")
    add(
        "--forwarded-allow-ips",
        metavar="LIST",
        help="addresses of proxies whose X-Forwarded-… headers are trusted",
    )


def _add_allowed(parser: argparse.ArgumentParser, option: str, words: str) -> None:
    name = option.rpartition("-")[2].upper()
    parser.add_argument(option, metavar=name, action="append", default=[], help=words)
