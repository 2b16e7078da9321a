"""Which files a deck may draw on: ordinary ones of its course or of the project, not too large.

A deck may come from anyone, and so may the links in its folder (git carries them). Whatever a deck
or an address names is looked at here before it is read: where it really lies, what it is, and how
large. The clause that refuses a file says nothing about files that lie elsewhere.
"""

import os
import stat
from pathlib import Path

from engine.paths import ASSETS, CONTENT, LECTURES

LARGEST = 16 << 20  # bytes of a text: a deck, a bibliography, a style sheet, data
LARGEST_PICTURE = 64 << 20
OUTSIDE = "it is outside of the lectures' folder"
_COPY = "Put a copy beside the deck and name that."


class Refused(OSError):
    """A file that is not read; the message is a clause that says why ("it is a folder")."""

    def __init__(self, why: str, fix: str) -> None:
        super().__init__(why)
        self.fix = fix


def inside(folder: Path, path: Path, largest: int = LARGEST) -> Path:
    """Where the file at `path` really lies, if a deck in `folder` may draw on it.

    Raises `Refused`, also when there is no such file, or none can have that name.
    """
    try:
        real = real_path(path)
        if not any(real.is_relative_to(root) for root in roots(folder)):
            raise Refused(OUTSIDE, _COPY)
        found = os.stat(real)
    except Refused:
        raise
    except (OSError, ValueError) as error:  # nothing there, a loop of links, a NUL, too long
        why = getattr(error, "strerror", None) or "its name cannot be a file's"
        raise Refused(why[:1].lower() + why[1:], "") from error
    if stat.S_ISDIR(found.st_mode):
        raise Refused("it is a folder", "Name a file.")
    if not stat.S_ISREG(found.st_mode):  # a pipe would be waited for, a device has no end
        raise Refused("it is not an ordinary file", "Name an ordinary file.")
    if found.st_size > largest:
        raise Refused(f"it is larger than {largest >> 20} MB", "Make it smaller.")
    return real


def roots(folder: Path) -> list[Path]:
    """The folders whose files a deck in `folder` may draw on, links followed."""
    found = [real_path(one) for one in (folder, LECTURES, CONTENT, ASSETS)]
    for course in {folder.absolute().parent, real_path(folder).parent}:
        # A link may not make another folder of the machine the course's own.
        beside = (real_path(course / name) for name in ("content", "assets"))
        found += [one for one in beside if one.is_relative_to(real_path(course))]
    return found


def real_path(path: Path) -> Path:
    """Where a path leads, links followed. Unlike `Path.resolve` it knows an end for links that lead
    in a circle."""
    return Path(os.path.realpath(path))
