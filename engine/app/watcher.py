"""Tells of every lecture whose slides differ after an edit on disk, wherever the edited file lies.

`watchfiles` wakes the watcher within milliseconds. What decides is a look at all files that the
lectures use, which is taken twice a second as well: the system tells of nothing in a folder that
was deleted and made again, on some network disks, or behind a link that was set to another file.
"""

import logging
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from watchfiles import watch

from engine.app.lectures import course_files, library, packed, pictures_of, recorded_folders

LOOK_MS = 500  # between two looks that nothing has asked for
_log = logging.getLogger(__name__)


class Watcher:
    """Calls `changed(slug, hash)` for every lecture whose slides differ after an edit on disk."""

    def __init__(self, changed: Callable[[str, str], None]) -> None:
        self._changed = changed
        self._known: dict[str, str] = {}  # slug -> hash
        self._uses: dict[str, tuple[str, ...]] = {}  # slug -> files, as far as they are known
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lectures", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()

    def _run(self) -> None:
        """Whatever goes wrong with one edit, the next one is heard."""
        while not self._stop.is_set():
            try:
                self._watch()
            except Exception:
                _log.exception("the lectures could not be watched; trying again")
                self._stop.wait(LOOK_MS / 1000)

    def _watch(self) -> None:
        """Until other folders are to be watched."""
        seen: object = self._stamps()
        seen = seen if self._look() else None
        folders = _folders(self._files())
        # A short debounce: an editor writes a file in several steps, a reader waits for one.
        for _ in _wakes(sorted({path for path, _ in folders}), self._stop):
            now = self._stamps()
            if now == seen:
                continue
            seen = now if self._look() else None
            if _folders(self._files()) != folders:
                return

    def _look(self) -> bool:
        """Report every lecture whose hash is not the known one, and know it from now on.

        Whether all have been read: another look is due when one takes longer than a moment.
        """
        read = [lecture.slug for lecture, _ in library().read()]
        for slug in read:
            if library().is_being_read(slug):
                continue
            try:
                digest = packed(slug).hash
                self._uses[slug] = (*library().files(slug), *map(str, pictures_of(slug)))
            except Exception as error:  # deleted while we looked, half written, or not to be read
                _log.info("the lecture %s cannot be read just now: %s", slug, error)
                continue
            if self._known.get(slug, digest) != digest:
                self._changed(slug, digest)
            self._known[slug] = digest
        return not any(map(library().is_being_read, read))

    def _files(self) -> set[str]:
        """Every file that a lecture uses, whether it is there or not."""
        decks = library().paths()
        files = {str(path) for path in (*decks.values(), *course_files())}
        return files.union(*(self._uses.get(slug, ()) for slug in decks))

    def _stamps(self) -> dict[str, tuple[int, ...]]:
        """Time, size and identity of each of them; links are followed."""
        return {path: _stamp(path) for path in (*self._files(), *map(str, recorded_folders()))}


def _wakes(folders: list[Path], stop: threading.Event) -> Iterator[None]:
    """One for each edit in these folders, and one after each pause without."""
    if folders:
        try:
            yield from _edits(folders, stop)
        except RuntimeError as error:  # a file whose name is no text, or too many folders
            _log.warning("edits are looked for twice a second, and not heard of: %s", error)
    while not stop.wait(LOOK_MS / 1000):
        yield


def _edits(folders: list[Path], stop: threading.Event) -> Iterator[None]:
    for _ in watch(
        *folders,
        watch_filter=None,
        stop_event=stop,
        recursive=False,
        yield_on_timeout=True,
        rust_timeout=LOOK_MS,
        debounce=60,
        step=20,
    ):
        yield


def _folders(files: set[str]) -> set[tuple[Path, tuple[int, ...]]]:
    """The folders in which these files lie, or would, and their identity (a new one may come).

    A file behind a link lies in two: where the link is and where it leads.
    """
    near = {library().folder, *recorded_folders(), *(Path(file).parent for file in files)}
    near |= {Path(os.path.realpath(file)).parent for file in files if os.path.islink(file)}
    found = {_existing(folder) for folder in near}
    return {(folder, _stamp(folder)[2:]) for folder in found}


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    while not folder.is_dir() and folder != folder.parent:
        folder = folder.parent
    return folder


def _stamp(path: str | Path) -> tuple[int, ...]:
    try:
        stat = os.stat(path)
    except (OSError, ValueError):
        return ()
    return stat.st_mtime_ns, stat.st_size, stat.st_ino, stat.st_dev
