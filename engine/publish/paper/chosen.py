"""The lecture that an export names on its command line, as an exported site has it."""

import argparse
import importlib.util
import os
import sys
from pathlib import Path

from engine.deck.course import course_of, here
from engine.deck.library import Library, find_deck
from engine.deck.source.inside import real_path
from engine.publish.site.command import base_url
from engine.publish.site.decks import SiteDeck


class BadInput(Exception):
    """Bad input; the message is a sentence that says how to fix it."""


def chosen_deck(chosen: argparse.Namespace) -> tuple[SiteDeck, str]:
    """The lecture with its recorded runs, and where it is on the web ("" when nobody says).

    Raises BadInput.
    """
    needed = (
        ("pptx", "python-pptx>=1.0") if getattr(chosen, "pptx", False) else ("pypdf", "pypdf>=7.0")
    )
    if importlib.util.find_spec(needed[0]) is None:
        raise BadInput(f"this export needs a package: pip install '{needed[1]}'.")
    lectures = here().lectures
    try:
        path = find_deck(chosen.lecture, lectures)
        address = base_url(chosen.base_url or course_of(path.parent).text("base_url") or None)
    except (LookupError, ValueError) as error:
        raise BadInput(str(error)) from error
    return _read(path, lectures, allow_missing=chosen.allow_missing), address


def _read(path: Path, lectures: Path, *, allow_missing: bool) -> SiteDeck:
    known = {real_path(one): slug for slug, one in Library(lectures).paths().items()}
    slug = known.get(real_path(path))
    os.environ["PRACTICUM_LECTURES"] = str(real_path(lectures if slug else path))
    from engine.publish.site import build, decks

    try:
        [one] = build.choose([slug] if slug else [])
        made = decks.of(one.lecture, one.document)
        if not allow_missing:
            build.refuse_missing([made])
    except build.NotPublishable as error:
        raise BadInput(str(error)) from error
    if made.missing:
        print(f"without a recorded run: {', '.join(made.missing)}", file=sys.stderr)
    return made
