"""All files of an exported site: written beside its place, and moved there when all is well.

A page of the site is the server's own: the same templates, style sheets and modules. What the
modules would ask a server for lies beside the page as scripts (engine/app/web/exported/loader.js).
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.app.lectures import library
from engine.deck.library import Lecture, fault_of
from engine.deck.schema.deck_json import DeckJson
from engine.publish.place import new_folder, refuse_unless_free
from engine.publish.site import answers, around, assets, decks, html, link_pictures
from engine.publish.site.decks import SiteDeck
from sims.nearest import nearest


class NotPublishable(Exception):
    """The lectures are not fit to be published; the message is a sentence with its fix."""


@dataclass(frozen=True)
class Chosen:
    """A lecture that is exported, as the library has it."""

    lecture: Lecture
    document: DeckJson


def build(
    out: Path,
    names: Sequence[str],
    base_url: str,
    force: bool,
    allow_missing: bool,
    grid: bool = False,
) -> str:
    """Write the site of these lectures (all without names) to `out`, with the runs of `grid`s
    where that is asked for; what was made, in a sentence.

    Raises NotPublishable for lectures that are not fit, NotPlaced when `out` cannot be written.
    """
    refuse_unless_free(out, force=force, keep=library().folder)
    chosen = choose(names)
    made = [decks.of(one.lecture, one.document, grid=grid) for one in chosen]
    if not allow_missing:
        refuse_missing(made)
    with new_folder(out, force=force, keep=library().folder) as folder:
        fill(folder, made, base_url)
        note = _with_cards(folder, made, base_url)
        size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    slides = sum(len(deck.document["slides"]) for deck in made)
    lectures = f"{len(made)} lecture{'' if len(made) == 1 else 's'}"
    num_slides = f"{slides} slide{'' if slides == 1 else 's'}"
    return f"{out}: {lectures}, {num_slides}, {size / 1e6:.1f} MB.{note}"


def _with_cards(folder: Path, made: Sequence[SiteDeck], base_url: str) -> str:
    """Pages name their picture by its whole address, so a site without one needs none."""
    if not base_url:
        return ""
    note = link_pictures.draw(folder, made)
    # Written again: heads of pages look for the pictures, and the worker knows all files.
    around.write(html.write(folder, made, assets.scripts(), base_url))
    return f" {note}" if note else ""


def refuse_missing(made: Sequence[SiteDeck]) -> None:
    """Raises NotPublishable when a block has no recorded run."""
    missing = [f"{deck.slug}: {block}" for deck in made for block in deck.missing]
    if missing:
        raise NotPublishable(
            f"no run is recorded of {_listed(missing)}. Record it (practicum rehearse LECTURE "
            f"--record{' --grid' * any('of its grid' in one for one in missing)}), or leave it out "
            "with --allow-missing."
        )


def fill(folder: Path, made: Sequence[SiteDeck], base_url: str) -> None:
    """Write all files of the site of these lectures into an empty folder."""
    web = assets.write(folder)
    pictures = [one for deck in made for one in deck.pictures]
    for address, body in dict(pictures).items():
        _write(folder / address, body)
    answers.write(folder, made, base_url)
    around.write(html.write(folder, made, web, base_url))


def choose(names: Sequence[str]) -> list[Chosen]:
    """The lectures of these names. Raises NotPublishable: unknown, with errors, or empty."""
    paths = library().paths()
    for name in names:
        if name not in paths:
            raise NotPublishable(f"there is no lecture '{name[:80]}'. {nearest(name, paths)}")
    wanted = list(dict.fromkeys(names)) or list(paths)
    if not wanted:
        raise NotPublishable(f"there is no lecture in {library().folder}.")
    found = []
    for name in wanted:
        document = library().document(name)  # which waits until it is read
        if fault := fault_of(document):
            raise NotPublishable(f"{name} cannot be shown: {fault}")
        errors = [one for one in document["problems"] if one["severity"] == "error"]
        if errors:
            first, more = errors[0], len(errors) - 1
            place = f"{first['file']}:{first['line']}"
            others = f" There {'is' if more == 1 else 'are'} {more} more: practicum check."
            raise NotPublishable(
                f"{place}: {first['message']} {first['fix']}{others if more else ''}"
            )
        found.append(Chosen(Lecture(name, document["title"], paths[name]), document))
    return found


def _write(path: Path, body: bytes | Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(body, bytes):
        path.write_bytes(body)
    else:
        shutil.copyfile(body, path)


def _listed(names: Sequence[str], most: int = 8) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
