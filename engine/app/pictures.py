"""The pictures that slides show: which file an address means, and an address for each version.

A browser keeps a picture for as long as its address stays, so the address of a picture that was
drawn anew differs, and so does the slide that shows it.
"""

import contextlib
import html
import os
import posixpath
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from engine.deck.library import Library
from engine.deck.source.inside import LARGEST_PICTURE, Refused, inside
from engine.paths import ROOT

SHOWN = {".svg", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif"}
_IMAGE = re.compile(r'(<img\b[^<>]*?\ssrc=")([^"]*)(")')  # as the sanitiser writes it


def find(asked: str, library: Library) -> Path | None:
    """The file behind `/files/{asked}`: a picture below the project's or the lectures' folder."""
    for path in candidates(asked, library):
        with contextlib.suppress(Refused):
            real = inside(library.folder, path, LARGEST_PICTURE)
            if real.suffix.lower() in SHOWN:
                return real
    return None


def candidates(asked: str, library: Library) -> tuple[Path, ...]:
    """Where the file behind `/files/{asked}` may lie; the folder of the lectures may be called
    otherwise."""
    folder = library.folder
    return folder / asked.removeprefix("lectures/"), folder.parent / asked, ROOT / asked


def versioned(text: str, library: Library) -> str:
    """`text` in which the address of each picture beside the deck names the file's version."""

    def name(match: re.Match[str]) -> str:
        source = html.unescape(match[2])
        path = file_of(source, library)
        if path is None:
            return match[0]
        bare, _, fragment = source.partition("#")
        stamp = quote(version(path))
        address = f"{bare}{'&' if '?' in bare else '?'}v={stamp}{'#' if fragment else ''}{fragment}"
        return f"{match[1]}{html.escape(address)}{match[3]}"

    return _IMAGE.sub(name, text)


def sources(texts: Iterable[str]) -> tuple[str, ...]:
    """What these slides (HTML) show, as it is written in them."""
    found = (html.unescape(found[1]) for text in texts for found in _IMAGE.findall(text))
    return tuple(dict.fromkeys(found))


def places(source: str, library: Library) -> tuple[Path, ...]:
    """Where the file of a source may lie, whether it is there or not."""
    name = asked(source)
    return candidates(name, library) if name else ()


def file_of(source: str, library: Library) -> Path | None:
    """The file that `source`, written in a deck, means; None for one of another place."""
    name = asked(source)
    return find(name, library) if name else None


def asked(source: str) -> str:
    """The address below `/files/` of a source, resolved against the deck's as browsers do it."""
    try:
        parts = urlsplit(source)
    except ValueError:
        return ""
    if parts.scheme or parts.netloc or not parts.path or parts.path.startswith("/"):
        return ""
    return posixpath.normpath(f"lectures/{unquote(parts.path)}")


def version(path: Path) -> str:
    """A short text that another content of the file does not have; empty when it is gone."""
    try:
        stat = os.stat(path)
    except (OSError, ValueError):
        return ""
    return f"{stat.st_mtime_ns:x}-{stat.st_size:x}"
