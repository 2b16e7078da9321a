"""An edit of any file that a lecture uses is heard, wherever it lies and whatever was before it."""

import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.app import lectures, pictures, watcher
from engine.deck.library import Library
from tests.waiting import wait_for

PATIENCE = 20  # seconds, for a busy machine
DECK = """---
bibliography: ../papers/works.bib
custom_css: look.css
---
# One

![a dot](figs/dot.png) [@ames2020]

<p><img src="raw%20one.gif" alt="raw"></p>

---

## Paper

```published
source: wins
```
"""
BIB = "@article{ames2020, author={Ames, A.}, title={T}, year={2020}, journal={J}}\n"


class Heard:
    """What the watcher has told, and a wait for the version that is there now."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []
        self._more = threading.Condition()

    def __call__(self, slug: str, digest: str) -> None:
        with self._more:
            self.told.append((slug, digest))
            self._more.notify_all()

    def next(self, slug: str = "deck") -> bool:
        """Whether the version of `slug` that lies on disk is told of, and was not told before."""
        now = (slug, lectures.packed(slug).hash)
        with self._more:
            return self._more.wait_for(lambda: self.told[-3:].count(now) == 1, PATIENCE)


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course folder: `lectures` beside `content`, `papers` and `elsewhere`."""
    for name in ("lectures/figs", "content/published", "papers", "elsewhere"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "lectures" / "deck.md").write_text(DECK)
    (tmp_path / "lectures" / "look.css").write_text("p { color: red }")
    (tmp_path / "lectures" / "figs" / "dot.png").write_bytes(b"dot")
    (tmp_path / "lectures" / "raw one.gif").write_bytes(b"raw")
    (tmp_path / "papers" / "works.bib").write_text(BIB)
    library = Library(tmp_path / "lectures")
    for module in (lectures, watcher):
        monkeypatch.setattr(module, "library", lambda: library)
    packer = lectures.Packer()
    monkeypatch.setattr(lectures, "_packer", lambda: packer)
    return tmp_path


@pytest.fixture
def heard(course: Path) -> Iterator[Heard]:
    heard = Heard()
    watching = watcher.Watcher(heard)
    watching.start()
    deadline = time.monotonic() + PATIENCE
    while not watching._known and time.monotonic() < deadline:
        time.sleep(0.01)
    yield heard
    watching.stop()
    watching._thread.join(PATIENCE)
    assert not watching._thread.is_alive()


def test_every_file_that_a_deck_uses(course: Path, heard: Heard) -> None:
    """Beside it, below it and outside of its folder; made, changed, replaced and made again."""
    home = course / "lectures"
    (home / "deck.md").write_text(DECK.replace("# One", "# Two"))
    assert heard.next(), "the deck"
    (home / "figs" / "dot.png").write_bytes(b"another dot")
    assert heard.next(), "a picture"
    (home / "raw one.gif").write_bytes(b"raw again")
    assert heard.next(), "a picture in HTML"
    (course / "papers" / "works.bib").write_text(BIB.replace("2020}", "2021}"))
    assert heard.next(), "the bibliography outside"
    (home / "look.css").write_text("p { color: blue }")
    assert heard.next(), "the style sheet"
    (course / "content" / "glossary.yaml").write_text("- {term: dot, text: A dot.}\n")
    assert heard.next(), "a glossary that was not there"
    data = course / "content" / "published"
    (data / "wins.yaml").write_text(
        "source: ames2020\nwhere: w\nhow_obtained: text\naccuracy: a\ny_label: y\n"
    )
    assert heard.next(), "a paper's numbers"
    (data / "wins.csv").write_text("series,x,y\nred,1,2\nred,2,3\n")
    assert heard.next(), "its table"
    other = course / "new.png"
    other.write_bytes(b"a third dot")
    other.replace(home / "figs" / "dot.png")
    assert heard.next(), "a picture that was replaced"


def test_folders_that_go_and_come_again(course: Path, heard: Heard) -> None:
    home, figs = course / "lectures", course / "lectures" / "figs"
    shutil.rmtree(figs)
    assert heard.next(), "a picture that is gone"
    figs.mkdir()
    (figs / "dot.png").write_bytes(b"dot again")
    assert heard.next(), "and there again"
    home.rename(course / "away")
    shutil.copytree(course / "away", home)
    (home / "deck.md").write_text(DECK.replace("# One", "# Three"))
    assert heard.next(), "the whole folder"
    (home / "deck.md").write_text(DECK.replace("# One", "# Four"))
    assert heard.next(), "and an edit in the new one"


def test_a_deck_that_is_deleted_while_another_is_saved(course: Path, heard: Heard) -> None:
    home = course / "lectures"
    for number in range(3):
        (home / "zz.md").write_text(f"# Z {number}")
        (home / "deck.md").write_text(DECK.replace("# One", f"# Round {number}"))
        (home / "zz.md").unlink()
        assert heard.next(), number


def test_what_lies_behind_a_link(course: Path, heard: Heard) -> None:
    home, outside = course / "lectures", course / "content" / "far"
    outside.mkdir(parents=True)
    (outside / "linked.md").write_text("# Linked")
    (home / "linked.md").symlink_to(outside / "linked.md")
    wait_until_known(heard, "linked")
    (outside / "linked.md").write_text("# Linked and changed")
    assert heard.next("linked")
    (outside / "other.md").write_text("# Another")
    (home / "linked.md").unlink()
    (home / "linked.md").symlink_to(outside / "other.md")
    assert heard.next("linked")


def wait_until_known(heard: Heard, slug: str) -> None:
    """Edit it until the first edit is told: a new lecture is told of to nobody."""
    path = lectures.library().folder / f"{slug}.md"
    for number in range(100):
        path.write_text(f"# Known {number}")
        time.sleep(0.2)
        if any(one == slug for one, _ in heard.told):
            return


def test_no_exception_ends_it(course: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(slug: str) -> lectures.Packed:
        raise RuntimeError("something that nobody thought of")

    real = lectures.packed
    home = course / "lectures"
    monkeypatch.setattr(watcher, "packed", broken)
    (home / "deck.md").write_text(DECK.replace("# One", "# Broken"))
    time.sleep(1)
    monkeypatch.setattr(watcher, "packed", real)
    (home / "deck.md").write_text(DECK.replace("# One", "# Whole"))
    assert heard.next()


def test_an_edit_is_seen_where_the_system_cannot_tell_of_it(
    course: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def watch(*_folders: Path, **_options: object) -> Iterator[set[str]]:
        raise RuntimeError('Unable to decode path "\\xff.md" to string')  # as watchfiles does

    monkeypatch.setattr(watcher, "watch", watch)
    heard = Heard()
    looking = watcher.Watcher(heard)
    looking.start()
    wait_for(lambda: bool(looking._known))
    try:
        for text in ("# Two", "# Three"):
            (course / "lectures" / "deck.md").write_text(text)
            assert heard.next()
    finally:
        looking.stop()
    assert {one.levelname for one in caplog.records} == {"WARNING"}  # no traceback
    assert "\\xff.md" in caplog.text


@pytest.mark.usefixtures("course")
def test_the_address_of_a_picture_changes_with_it(course: Path) -> None:
    library = Library(course / "lectures")
    figs = course / "lectures" / "figs"
    text = '<img src="figs/dot.png" alt="a"><img alt="b" src="https://a.example/figs/dot.png">'
    before = pictures.versioned(text, library)
    assert before.count("?v=") == 1, "a picture of another site stays as it is"
    assert before == pictures.versioned(text, library)
    (figs / "dot.png").write_bytes(b"a longer dot")
    assert pictures.versioned(text, library) != before
    (figs / "dot.png").unlink()
    assert pictures.versioned(text, library) == text
    for odd in ("", "#a", "data:image/png;base64,AA", "/etc/passwd", "../../../etc/x.png", "\0"):
        text = f'<img src="{odd}">'
        assert pictures.versioned(text, library) == text
