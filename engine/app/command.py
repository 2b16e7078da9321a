"""`practicum serve`: the lectures in the browser, with every option that a server has."""

import argparse
import contextlib
import gc
import importlib
import ipaddress
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from engine.app.options import add_options
from engine.deck.course import around
from engine.model_options import set_model_options

if TYPE_CHECKING:
    from engine.runs.engine import AnyEngine

MOST_WORKERS = 64  # each is a process of some 300 MB that has torch in it


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `serve`."""
    add_options(parser)
    parser.set_defaults(call=serve)


def serve(chosen: argparse.Namespace, tell: Callable[[str], None] = lambda address: None) -> int:
    """Serve until Ctrl-C. A taken port is refused with the next free one. `tell` hears the address
    at which the server is going to answer."""
    with _uncollected():
        import_streamlit()
        return _serve(chosen, tell)


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Collect no garbage: modules that are being imported leave none, and to look for it takes a
    tenth of the start. The server collects from its first answer on (server.py)."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def import_streamlit() -> None:
    """Import Streamlit as if there were no Plotly. It would make a theme for Plotly's figures at
    once, which takes a sixth of a second; those of the laboratory have one of ours."""
    if "plotly" in sys.modules:
        return
    sys.modules["plotly"] = None  # type: ignore[assignment] # an import of it fails now
    try:
        importlib.import_module("streamlit")
    finally:
        del sys.modules["plotly"]


def _serve(chosen: argparse.Namespace, tell: Callable[[str], None]) -> int:
    from engine.cli import fail

    try:
        base = _configure(chosen)
        address, port = _place(chosen)
        _configure_rooms(chosen, address, port, base)
        _configure_editing(chosen, address, base)
        engine = _engine(chosen)
    except (OSError, ValueError, RuntimeError) as error:
        return fail(str(error))
    from engine.app.addresses import url
    from engine.app.server import serve as run_server

    _announce(address, port, base)
    if chosen.room:
        _announce_rooms(address)
    tell(url(address, port, quote(base)))
    run_server(port, address, engine, base)
    return 0


def _configure(chosen: argparse.Namespace) -> str:
    """Put the options into the environment, where every part of the server reads them; returns
    the base path."""
    _configure_content(chosen)
    from engine.app.allowed import HOSTS, ORIGINS, as_host, as_origin
    from engine.app.gate import LOOPBACK, TRUSTED, as_trusted
    from engine.app.prefix import as_base_path, outer
    from engine.app.site.lost import pages

    _add(ORIGINS, "--allow-origin", chosen.allow_origin, as_origin)
    _add(HOSTS, "--allow-host", chosen.allow_host, as_host)
    if chosen.forwarded_allow_ips is not None:
        try:
            os.environ[TRUSTED] = as_trusted(chosen.forwarded_allow_ips)
        except ValueError as error:
            raise ValueError(f"--forwarded-allow-ips: {error}") from None
    os.environ.setdefault(TRUSTED, f"{LOOPBACK},::ffff:127.0.0.1")
    if chosen.base_path is None:
        return outer()
    try:
        base = as_base_path(chosen.base_path)
    except ValueError as error:
        raise ValueError(f"--base-path: {error}") from None
    if base.strip("/") in pages():
        raise ValueError(f"--base-path: {base} is the address of a page; choose another.")
    return base


def _configure_content(chosen: argparse.Namespace) -> None:
    if chosen.lectures:
        if not os.path.isdir(chosen.lectures):
            raise ValueError(f"there is no folder {chosen.lectures}; name one that holds decks.")
        os.environ["PRACTICUM_LECTURES"] = str(chosen.lectures.resolve())
    elif not os.environ.get("PRACTICUM_LECTURES") and (root := around(Path.cwd())):
        os.environ["PRACTICUM_LECTURES"] = str(root.resolve())
    set_model_options(chosen)
    if chosen.model:
        _take_model(chosen.model)
    if chosen.workers is not None and chosen.workers < 1:
        raise ValueError(f"--workers {chosen.workers}: at least one is needed.")
    most = max(MOST_WORKERS, os.cpu_count() or 1)
    if chosen.workers is not None and chosen.workers > most:
        raise ValueError(f"--workers {chosen.workers}: {most} processes at most on this machine.")


def _configure_rooms(chosen: argparse.Namespace, address: str, port: int, base: str) -> None:
    """Say where rooms are kept, and by which address phones find them. ValueError for a store that
    cannot be opened: better now than before the class."""
    from engine.app.addresses import outer_address, url
    from engine.app.rooms import ADDRESS, ALLOWED

    if outer := outer_address(address):
        os.environ.setdefault(ADDRESS, url(outer, port, quote(base)))
    if not chosen.room and not chosen.store:
        return
    from engine.room.store import VARIABLE, Store

    if chosen.store:
        os.environ[VARIABLE] = chosen.store
    if chosen.room:
        os.environ[ALLOWED] = "1"
    Store().close()  # a RoomError is a ValueError


def _configure_editing(chosen: argparse.Namespace, address: str, base: str) -> None:
    """Whether slides can be edited on the page; a server that others reach is asked for it."""
    from engine.app.editing import VARIABLE

    is_private = ipaddress.ip_address(address).is_loopback and not base and not chosen.room
    is_wanted = is_private if chosen.edit is None else chosen.edit
    os.environ[VARIABLE] = "1" if is_wanted else ""


def _announce_rooms(address: str) -> None:
    """Print where phones join, or why they cannot."""
    from engine.app.rooms import ADDRESS, is_own_machine

    if is_own_machine(f"http://[{address}]" if ":" in address else f"http://{address}"):
        print(
            "practicum: phones cannot join rooms here, as this server listens to this machine "
            "only. Add --address 0.0.0.0, or put a proxy in front of it.",
            file=sys.stderr,
        )
    else:
        print(f"Phones join rooms at {os.environ.get(ADDRESS, 'this server')}/room")
    sys.stdout.flush()


def _take_model(model: str) -> None:
    """Let `model` stand in for the shipped base models. ValueError if it cannot be loaded.

    Tried now, and not when a viewer presses Run; in a process of its own, as it takes torch.
    """
    words = [sys.executable, "-m", "sims.models.load", model]
    tried = subprocess.run(words, capture_output=True, text=True, check=False)
    if tried.returncode:
        said = tried.stderr.strip().splitlines() or ["it cannot be loaded."]
        raise ValueError(f"--model {model}: {said[-1]}")
    os.environ["PRACTICUM_MODEL"] = tried.stdout.splitlines()[-1]  # workers may stand elsewhere


def _add(variable: str, option: str, given: Sequence[str], read: Callable[[str], str]) -> None:
    """Add the values of an option to those that the environment has."""
    if not given:
        return
    try:
        checked = [read(value) for value in given]
    except ValueError as error:
        raise ValueError(f"{option}: {error}") from None
    os.environ[variable] = " ".join([os.environ.get(variable, ""), *checked]).strip()


def _place(chosen: argparse.Namespace) -> tuple[str, int]:
    """The IP address and the port to listen on."""
    from engine.app.addresses import free_port, resolve
    from engine.app.allowed import HOSTS, as_host

    if not 0 <= chosen.port <= 65535:
        raise ValueError(
            f"port {chosen.port} does not exist; choose one from 1024 to 65535, or 0 for any."
        )
    try:
        address = resolve(chosen.address)
        free = free_port(chosen.port, address)
    except OSError as error:
        raise OSError(f"cannot listen on {chosen.address}: {error}") from None
    if address != chosen.address:
        _add(HOSTS, "--address", [chosen.address], as_host)
    if chosen.port not in (0, free):
        raise ValueError(f"port {chosen.port} is taken; port {free} is free: --port {free}")
    return address, free


def _engine(chosen: argparse.Namespace) -> "AnyEngine":
    """Where the simulations of a server run. RuntimeError when there is no such cluster."""
    if chosen.runner == "ray":
        from engine.runs.cluster.engine import ClusterEngine, HubPlan

        return ClusterEngine(chosen.ray_address, HubPlan(chosen.workers))
    if chosen.ray_address:
        raise RuntimeError("--ray-address is for --runner ray.")
    from engine.app.server import local_engine

    return local_engine(chosen.workers)


def _announce(address: str, port: int, base: str) -> None:
    """Print where each lecture is; then what is wrong with names of decks."""
    from engine.app.addresses import outer_address, url
    from engine.app.lectures import course, library
    from engine.deck.source.names import problems

    path = quote(base)
    print(*(f"{url(address, port, path)}/{slug}" for slug in library().paths()), sep="\n")
    outer = outer_address(address)
    if outer:
        print(f"From other machines: {url(outer, port, path)}/")
    sys.stdout.flush()
    odd = [] if library().only else problems(library().folder)
    for problem in (*course().problems, *odd):
        print(f"practicum: {problem}", file=sys.stderr, flush=True)
