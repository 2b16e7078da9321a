"""A folder or file that is there as a whole or not at all: written beside its place, then moved."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path


class NotPlaced(Exception):
    """Something is in the way of the result; the message is a sentence with its fix."""


@contextlib.contextmanager
def new_folder(out: Path, *, force: bool = False, keep: Path | None = None) -> Iterator[Path]:
    """A folder to fill, which becomes `out` at the end and leaves nothing after an error.

    Raises NotPlaced when `out` is not empty (and not `force`), cannot be written, or holds `keep`.
    """
    out = Path(os.path.abspath(out))
    try:
        refuse_unless_free(out, force=force, keep=keep)
        out.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    except OSError as error:
        raise NotPlaced(_cannot(out, error)) from error
    try:
        yield made
        os.chmod(made, 0o755)  # a temporary folder is private; what is published is not
        refuse_unless_free(out, force=force, keep=keep)  # another export may have ended meanwhile
        _move(made, out)
    except OSError as error:
        raise NotPlaced(_cannot(out, error)) from error
    finally:
        shutil.rmtree(made, ignore_errors=True)


def new_file(out: Path, body: bytes) -> None:
    """Write a file, in the place of one that is there. Raises NotPlaced, and leaves that one."""
    made = None
    try:
        with tempfile.NamedTemporaryFile(
            dir=out.parent, prefix=f".{out.name}-", delete=False
        ) as one:
            made = Path(one.name)
            one.write(body)
        os.chmod(made, 0o644)
        os.replace(made, out)
        made = None
    except OSError as error:
        raise NotPlaced(_cannot(out, error)) from error
    finally:
        if made:  # also where the disk is full, or who waits gives up
            made.unlink(missing_ok=True)


def refuse_unless_free(out: Path, *, force: bool, keep: Path | None = None) -> None:
    """Raises NotPlaced when there is a file at `out`, or a folder that holds something; with
    `force`, when it is a checkout, or holds `keep`, home, or the folder where we work."""
    try:
        if out.is_symlink() or (out.exists() and not out.is_dir()):
            raise NotPlaced(f"{out} is not a folder; name another.")
        if not out.is_dir() or not any(out.iterdir()):
            return
    except OSError as error:  # no right to look, or a name that is too long
        raise NotPlaced(_cannot(out, error)) from error
    if not force:
        raise NotPlaced(f"{out} is not empty; name another folder, or add --force.")
    kept = (keep or Path.cwd(), Path.cwd(), Path.home())
    if (out / ".git").exists() or any(one.is_relative_to(out.resolve()) for one in kept):
        raise NotPlaced(f"{out} holds work of its own, which --force would delete; name another.")


def _move(made: Path, out: Path) -> None:
    old = Path(tempfile.mkdtemp(prefix=f".{out.name}-old-", dir=out.parent))
    try:
        if out.exists():
            os.replace(out, old / out.name)
        try:
            os.replace(made, out)
        except OSError:
            if (old / out.name).exists():
                os.replace(old / out.name, out)
            raise
    finally:
        shutil.rmtree(old, ignore_errors=True)


def _cannot(out: Path, error: OSError) -> str:
    reason = error.strerror or str(error)
    return f"{out} cannot be written: {reason}. Nothing was changed there."
