"""A course as it was at a revision of git, laid out in a temporary folder.

Nothing of it is run: decks, data and pictures of both revisions are read by the Practicum at hand.
"""

import contextlib
import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


class NoRevision(Exception):
    """There is nothing to compare with; the message is a sentence with its fix."""


@dataclass(frozen=True)
class Base:
    """A revision of the folder of a course."""

    name: str  # as it was asked for
    commit: str  # twelve digits
    folder: Path  # a copy of the course as it was; empty when it was not there yet
    changed: frozenset[Path]  # files that differ now, untracked ones too
    is_dirty: bool  # something that is shown as new is in no commit yet


@contextlib.contextmanager
def revision(root: Path, name: str) -> Iterator[Base]:
    """The course in `root` at the revision `name`, for as long as this lasts. Raises NoRevision."""
    top = Path(_git(root, "rev-parse", "--show-toplevel").strip())
    commit = _commit(root, name)
    with tempfile.TemporaryDirectory(prefix="practicum-diff-") as made:
        folder = Path(made).resolve() / (root.resolve().name or "course")
        folder.mkdir()
        inner = _git(root, "rev-parse", "--show-prefix").strip()
        if not inner or _git(root, "ls-tree", "--name-only", commit, "--", ".").strip():
            _unpack(_archive(root, commit), folder)
        files, uncommitted = _changed(root, commit)
        changed = frozenset((top / one).resolve() for one in files)
        yield Base(name, commit[:12], folder, changed, uncommitted)


def _changed(root: Path, commit: str) -> tuple[list[str], bool]:
    """Files of the repository that differ from a commit, new ones too; whether some of the course
    are in no commit yet. What we write goes to build/."""
    files = _git(root, "diff", "--name-only", "--no-renames", "-z", commit, "--").split("\0")
    state = _git(root, "status", "--porcelain", "-uall", "-z", ".", ":(exclude)build").split("\0")
    new = [one[3:] for one in state if one.startswith("??")]
    return [one for one in (*files, *new) if one], any(state)


def _commit(root: Path, name: str) -> str:
    try:
        return _git(root, "rev-parse", "--verify", "--end-of-options", f"{name}^{{commit}}").strip()
    except NoRevision:
        shallow = _git(root, "rev-parse", "--is-shallow-repository").strip() == "true"
        fix = (
            "this clone holds a part of the history; fetch the rest with `git fetch --unshallow`"
            if shallow
            else "`git log --oneline` and `git branch --all` list what there is"
        )
        raise NoRevision(f"git knows no revision '{name[:80]}'; {fix}.") from None


def _git(root: Path, *words: str) -> str:
    return _run(root, *words).decode("utf-8", errors="surrogateescape")


def _archive(root: Path, commit: str) -> bytes:
    """A tar file of the folder `root` alone: git archives the folder in which it is called."""
    return _run(root, "archive", "--format=tar", commit)


def _run(root: Path, *words: str) -> bytes:
    try:
        done = subprocess.run(["git", *words], cwd=root, capture_output=True, check=False)
    except FileNotFoundError:
        raise NoRevision("git is not on the path; install it to compare with a revision.") from None
    if done.returncode == 0:
        return done.stdout
    said = done.stderr.decode(errors="replace").strip()
    if "not a git repository" in said:
        raise NoRevision(f"{root} is in no git repository; make one with `git init`, and commit.")
    raise NoRevision(f"git {words[0]}: {said.splitlines()[-1] if said else 'it failed'}.")


def _unpack(archive: bytes, folder: Path) -> None:
    """Lay out a tar file; links that lead out of the folder are left out."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        for member in tar:
            with contextlib.suppress(tarfile.FilterError):
                tar.extract(member, folder, filter="data")
