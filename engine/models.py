"""`practicum model list | get NAME | info NAME`: language models on this machine."""

import argparse
from pathlib import Path

from sims.models import catalogue
from sims.models.catalogue import CATALOGUE, Entry, ModelError

NAMES = "a short name of `practicum model list`"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `model` reads."""
    what = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    listed = what.add_parser("list", help="which models there are, and which are here")
    listed.set_defaults(call=list_models)
    getting = what.add_parser("get", help="fetch a model, so that it works without a network")
    getting.add_argument("name", metavar="NAME", help=f"{NAMES}, or a hub id as OWNER/MODEL")
    getting.set_defaults(call=get)
    asked = what.add_parser("info", help="size, licence and source of a model")
    asked.add_argument("name", metavar="NAME", help=f"{NAMES}, a directory or a hub id")
    asked.set_defaults(call=info)


def list_models(_chosen: argparse.Namespace) -> int:
    """Print the models with a short name, one a line."""
    for entry in CATALOGUE.values():
        state = "here" if catalogue.is_here(entry) else f"{entry.download_mb} MB to fetch"
        print(f"{entry.name}  {entry.about}; {entry.licence}; {state}")
    print(f"They lie in {catalogue.models_folder()}")
    return 0


def get(chosen: argparse.Namespace) -> int:
    """Fetch one model and print what it is; 2 and one sentence when it cannot be had."""
    from engine.cli import fail
    from sims.models import fetch

    try:
        folder = Path(chosen.name)
        if not folder.is_dir():  # else there is nothing to fetch
            folder = fetch.get(chosen.name, lambda sentence: print(f"{sentence} …", flush=True))
        _print(chosen.name, folder)
    except ModelError as error:
        return fail(str(error))
    return 0


def info(chosen: argparse.Namespace) -> int:
    """Print what is known of one model, fetched or not."""
    from engine.cli import fail

    entry = CATALOGUE.get(chosen.name)
    if entry and not catalogue.is_here(entry):
        _print_entry(entry)
        print(f"size      {entry.download_mb} MB to fetch, {entry.disk_mb} MB on disk")
        print(f"get it    practicum model get {entry.name}")
        return 0
    try:
        folder = catalogue.local_folder(chosen.name)
        if folder is None:
            from sims.models.hub import download

            folder = download(chosen.name)
        _print(chosen.name, folder)
    except ModelError as error:
        return fail(str(error))
    return 0


def _print(name: str, folder: Path) -> None:
    from sims.models.inspect import inspect

    found = inspect(folder)
    if name in CATALOGUE:
        _print_entry(CATALOGUE[name])
    else:
        print(f"name      {name}")
    disk = sum(path.stat().st_size for path in found.files) / 1e6
    print(f"kind      {found.config['model_type']}")
    print(f"size      {found.num_weights / 1e6:,.1f} million parameters, {disk:,.0f} MB on disk")
    print(f"folder    {folder}")


def _print_entry(entry: Entry) -> None:
    print(f"name      {entry.name}, {entry.about}")
    print(f"licence   {entry.licence}")
    print(f"source    {entry.source}")
