"""`practicum export site OUT`: its options, and what is refused."""

import argparse
import os
from urllib.parse import urlsplit

from engine.deck.course import here
from engine.paths import named


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `export site`."""
    add = parser.add_argument
    add("out", type=named, metavar="OUT", help="the folder to make")
    add(
        "--lecture",
        action="append",
        default=[],
        metavar="NAME",
        help="a lecture by its address, as overview; may be given several times (default: all)",
    )
    add(
        "--lectures",
        type=named,
        metavar="DIR",
        help="a course, or a folder with decks (default: the course around here, or ours)",
    )
    add(
        "--base-url",
        metavar="URL",
        help="where the site will be: for its map, and for pictures of links to it",
    )
    add(
        "--grid",
        action="store_true",
        help="also the runs of grids (practicum rehearse LECTURE --record --grid), over which "
        "sliders move at once",
    )
    add("--force", action="store_true", help="replace the folder if there is one")
    add(
        "--allow-missing",
        action="store_true",
        help="also where an experiment has no recorded run; a note takes its place",
    )
    parser.set_defaults(call=command)


def command(chosen: argparse.Namespace) -> int:
    """Write the site; 0 when it is there, 2 when something is in the way."""
    from engine.cli import fail

    if chosen.lectures is not None and not chosen.lectures.is_dir():
        return fail(f"there is no folder {chosen.lectures}.")
    own = here(chosen.lectures)
    try:
        address = base_url(chosen.base_url or own.text("base_url") or None)
    except ValueError as error:
        return fail(str(error))
    if chosen.lectures is not None or not os.environ.get("PRACTICUM_LECTURES"):
        os.environ["PRACTICUM_LECTURES"] = str(own.lectures.resolve())
    from engine.claims.record import Damaged
    from engine.publish.place import NotPlaced
    from engine.publish.site.build import NotPublishable, build

    try:
        said = build(
            chosen.out, chosen.lecture, address, chosen.force, chosen.allow_missing, chosen.grid
        )
    except (NotPlaced, NotPublishable, Damaged) as error:
        return fail(str(error))
    print(said)
    return 0


def base_url(text: str | None) -> str:
    """The address of the site's folder with a slash at its end; "" where none is given.

    Raises ValueError with a sentence.
    """
    if text is None:
        return ""
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(
            f"--base-url is '{text[:100]}', but must be the address of a folder on the web, such "
            "as https://me.github.io/course/."
        )
    return parts.geturl().rstrip("/") + "/"
