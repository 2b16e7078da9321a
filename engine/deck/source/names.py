"""The address of a lecture, made from the name of its file.

The address is the file's stem without a leading number, in letters and digits of any script, `_`
and `-`. A name that another page or another lecture has already gets the next free one, so every
file of a folder can be opened, whatever it is called.
"""

import os
import re
import stat
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from engine.deck.model import Problem

# Pages of the app, and first parts of addresses that belong to files of the server.
PAGES = frozenset({"claims", "home", "lab", "references"})
RESERVED = PAGES | {
    "api", "app", "component", "files", "healthz", "media", "oauth2callback", "static",
}  # fmt: skip
_OTHER_ENDINGS = (".markdown", ".mdown", ".mkd", ".mkdn", ".mdx", ".qmd", ".rmd", ".md.txt")
LONGEST = 80  # letters of an address


def slug_of(path: Path) -> str:
    """The name of a lecture: its file's stem without a leading number, safe in any address."""
    stem = _stem(path)
    return _safe(re.sub(r"^\d+[-_. ]+", "", stem)) or _safe(stem) or "lecture"


def shown(path: Path | str) -> str:
    """A path as text that can be printed and sent, also when its bytes are not UTF-8."""
    try:
        return os.fsencode(path).decode("utf-8", "replace")
    except UnicodeEncodeError:  # half a character, which no file system holds
        return str(path).encode("utf-8", "replace").decode()


def decks(folder: Path) -> list[Path]:
    """The decks of a folder in the order of their names: `*.md`, without hidden ones and README.

    A folder or a dangling link of such a name is listed too: that it cannot be read is said where
    its slides would be. An empty list when the folder cannot be listed.
    """
    return [path for path in _markdown(folder) if not path.name.startswith(".")]


def addresses(folder: Path) -> dict[str, Path]:
    """The file of every lecture of a folder by its address; reads none of the files."""
    return addresses_of(decks(folder))


def addresses_of(paths: Iterable[Path]) -> dict[str, Path]:
    """Each of these files by its address."""
    found: dict[str, Path] = {}
    taken = set(RESERVED)
    for path in paths:
        name = next(one for one in _candidates(path) if one.casefold() not in taken)
        taken.add(name.casefold())
        found[name] = path
    return found


def problems(folder: Path) -> list[Problem]:
    """A warning for each file whose address is not its name, and each that is not a lecture."""
    out = []
    used: dict[str, Path] = {}
    for address, path in addresses(folder).items():
        wanted = slug_of(path)
        other = used.setdefault(wanted.casefold(), path)
        if address == wanted:
            continue
        why = f"'{wanted}' is an address of the app itself"
        if other is not path:
            why = f"'{wanted}' is the address of {shown(other.name)}"
        message = f"{why}, so this lecture is at /{address}."
        out.append(_warning(message, "Rename the file for another address.", path))
    for name in _listed(folder):
        if name.lower().endswith(_OTHER_ENDINGS) and not name.startswith("."):
            message = f"'{shown(name)}' is not a lecture: its name does not end in .md."
            out.append(_warning(message, "Rename the file if it is one.", folder / name))
    for path in _markdown(folder):
        # Files such as `._talk.md` and `.#talk.md` are left by systems and editors, not written.
        if path.name.startswith(".") and not path.name.startswith(("._", ".#")):
            message = f"'{shown(path.name)}' begins with a dot and is not a lecture."
            out.append(_warning(message, "Rename the file if it is one.", path))
    return out


def is_regular(path: Path | str) -> bool:
    """Like `Path.is_file`, and False for a name that no file can have."""
    try:
        return stat.S_ISREG(os.stat(path).st_mode)
    except (OSError, ValueError):
        return False


def _warning(message: str, fix: str, path: Path) -> Problem:
    return Problem(message, fix, severity="warning", file=shown(path))


def _listed(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def _markdown(folder: Path) -> list[Path]:
    return [folder / name for name in _listed(folder) if _is_markdown(name)]


def _is_markdown(name: str) -> bool:
    stem, end = name[:-3], name[-3:]
    return end.lower() == ".md" and stem.lower() != "readme"


def _stem(path: Path) -> str:
    return unicodedata.normalize("NFC", os.path.splitext(shown(path.name))[0])


def _safe(text: str) -> str:
    kept: list[str] = []
    for letter in text:
        # The marks of a letter belong to it; those of a symbol go with it.
        is_mark = unicodedata.category(letter).startswith("M") and kept and kept[-1] != " "
        kept.append(letter if letter.isalnum() or letter in "_-" or is_mark else " ")
    words = "".join(kept).split()
    name = "-".join(word for word in words if word.strip("-"))
    # Streamlit's names of components part at two underscores.
    return re.sub(r"__+", "_", name)[:LONGEST].strip("-_")


def _candidates(path: Path) -> Iterator[str]:
    """Addresses for a file, the one that it should have first."""
    wanted = slug_of(path)
    yield wanted
    yield _safe(_stem(path)) or f"{wanted}-lecture"
    yield f"{wanted}-lecture"
    number = 2
    while True:
        yield f"{wanted}-{number}"
        number += 1
