"""What cannot be written leaves what was there, and nothing of its own."""

import errno
import os
from pathlib import Path

import pytest

from engine.publish import place


@pytest.mark.parametrize("fault", [OSError(errno.ENOSPC, "No space left"), KeyboardInterrupt()])
@pytest.mark.parametrize("step", ["chmod", "replace"])
def test_a_file_that_is_not_finished_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: BaseException, step: str
) -> None:
    out = tmp_path / "lecture.pdf"
    out.write_bytes(b"before")

    def fail(*_: object) -> None:
        raise fault

    monkeypatch.setattr(place.os, step, fail)
    with pytest.raises((place.NotPlaced, KeyboardInterrupt)):
        place.new_file(out, b"after")
    assert [one.name for one in tmp_path.iterdir()] == ["lecture.pdf"]
    assert out.read_bytes() == b"before"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full")
def test_a_full_disk_leaves_no_part_of_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = place.tempfile.NamedTemporaryFile

    def full(**options: str) -> object:
        one = made(**{**options, "buffering": 0})  # type: ignore[arg-type]
        with open("/dev/full", "wb", buffering=0) as device:
            os.dup2(device.fileno(), one.fileno())
        return one

    monkeypatch.setattr(place.tempfile, "NamedTemporaryFile", full)
    with pytest.raises(place.NotPlaced, match=r"No space left on device\. Nothing was"):
        place.new_file(tmp_path / "lecture.pdf", b"after")
    assert not list(tmp_path.iterdir())


def test_a_name_that_no_disk_takes_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(place.NotPlaced, match="File name too long"):
        place.refuse_unless_free(tmp_path / ("a" * 300), force=True)


@pytest.mark.parametrize("fault", [KeyboardInterrupt(), OSError(errno.ENOSPC, "No space left")])
def test_a_folder_that_is_not_finished_is_not_there(tmp_path: Path, fault: BaseException) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "old.html").write_text("old")

    def fill() -> None:
        with place.new_folder(site, force=True) as folder:
            (folder / "new.html").write_text("new")
            raise fault

    with pytest.raises((place.NotPlaced, KeyboardInterrupt)):
        fill()
    assert [path.name for path in tmp_path.rglob("*")] == ["site", "old.html"]


def test_of_two_at_once_the_second_does_not_replace_the_first(tmp_path: Path) -> None:
    site = tmp_path / "site"

    def fill(name: str) -> None:
        with place.new_folder(site) as folder:
            (folder / name).write_text(name)
            if name == "second":
                fill("first")

    with pytest.raises(place.NotPlaced, match="is not empty"):
        fill("second")
    assert [path.name for path in tmp_path.rglob("*")] == ["site", "first"]
