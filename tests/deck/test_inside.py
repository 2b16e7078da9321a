"""What a deck names is read only where it may be: an ordinary file of its course, not too large."""

import json
import os
import struct
import zlib
from pathlib import Path

import pytest

from engine.deck.document import load
from engine.deck.source import inside, textfile
from engine.publish.check import check

SECRET = "kept-from-everybody"
OUT = inside.OUTSIDE


def png() -> bytes:
    """A picture of one pixel."""
    out = b"\x89PNG\r\n\x1a\n"
    for kind, body in (
        (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"\0\0")),
        (b"IEND", b""),
    ):
        sum_ = struct.pack(">I", zlib.crc32(kind + body))
        out += struct.pack(">I", len(body)) + kind + body + sum_
    return out


@pytest.fixture
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder outside of the course with one file of every kind that a deck can name."""
    folder = tmp_path_factory.mktemp("elsewhere")
    (folder / "secret.bib").write_text(f"@misc{{a, title={{{SECRET}}}, author={{B}}, year=1}}")
    (folder / "secret.css").write_text(f".a {{ content: '{SECRET}' }}")
    (folder / "secret.yaml").write_text(f"- {{year: 1, title: {SECRET}}}\n")
    (folder / "secret.csv").write_text(f"series,x,y\n{SECRET},1,1\n")
    (folder / "secret.md").write_text(f"# {SECRET}\n")
    (folder / "secret.svg").write_text(f'<svg><text data-role="title">a</text>{SECRET}</svg>')
    (folder / "secret.png").write_bytes(png())
    return folder


# How each kind of file is named: where a link to it would lie, and the deck that draws on it.
KINDS: dict[str, tuple[str, str]] = {
    "bib": ("lectures/link.bib", "---\nbibliography: {}\n---\n\n## A\n\n[@a]\n"),
    "css": ("lectures/link.css", "---\ncustom_css: {}\n---\n\n## A\n"),
    "svg": ("lectures/link.svg", "<!-- figure-title: heading -->\n## A\n\n![b]({})\n"),
    "png": ("lectures/link.png", "## A\n\n![b]({})\n"),
}
NAMED = {  # by their name alone
    "yaml": ("content/timelines/link.yaml", "## A\n\n```timeline\nsource: link\n```\n"),
    "csv": ("content/published/link.csv", "## A\n\n```published\nsource: link\n```\n"),
    "md": ("lectures/talk.md", ""),
}


def said(folder: Path, text: str) -> list[str]:
    """What `check` says of a deck, which shows nothing of the secret."""
    path = folder / "talk.md"
    if text:
        path.write_text(text)
    assert SECRET not in json.dumps(load(path))
    return [str(one) for one in check([path])]


@pytest.mark.parametrize("kind", [*KINDS, *NAMED])
def test_a_link_does_not_lead_out_of_the_course(folder: Path, outside: Path, kind: str) -> None:
    place, text = (KINDS | NAMED)[kind]
    link = folder.parent / place
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(outside / f"secret.{kind}")
    if kind == "csv":
        head = "source: ouyang2022training\nwhere: a\nhow_obtained: text\naccuracy: b\ny_label: c\n"
        link.with_suffix(".yaml").write_text(head)
    faults = said(folder, text.replace("{}", link.name))
    assert [one for one in faults if OUT in one], faults


@pytest.mark.parametrize("kind", KINDS)
def test_a_path_does_not_lead_out_of_the_course(folder: Path, outside: Path, kind: str) -> None:
    there = os.path.relpath(outside, folder)
    for name in (f"{there}/secret.{kind}", f"./../lectures/{there}/secret.{kind}"):
        assert any(OUT in one for one in said(folder, KINDS[kind][1].replace("{}", name)))


@pytest.mark.parametrize("kind", KINDS)
def test_a_folder_that_is_a_link_is_not_the_courses_own(
    folder: Path, outside: Path, kind: str
) -> None:
    (folder.parent / "assets" / "plot.svg").unlink()
    (folder.parent / "assets").rmdir()
    (folder.parent / "assets").symlink_to(outside)
    (folder / "sub").symlink_to(outside)
    for name in (f"../assets/secret.{kind}", f"sub/secret.{kind}"):
        assert any(OUT in one for one in said(folder, KINDS[kind][1].replace("{}", name)))


@pytest.mark.parametrize("kind", ["bib", "css"])
@pytest.mark.parametrize("name", ["../../../../../../../../dev/zero", "pipe", "loop", "n" * 300])
def test_what_is_no_file_is_said_in_one_sentence(folder: Path, kind: str, name: str) -> None:
    """A device would be read without end, a pipe waited for."""
    name = f"{name}.{kind}" if "zero" not in name else name
    if name.startswith("pipe"):
        os.mkfifo(folder / name)
    if name.startswith("loop"):
        (folder / name).symlink_to(name)
    if "zero" in name and kind == "css":
        (folder / "zero.css").symlink_to("/dev/zero")
        name = "zero.css"
    faults = said(folder, KINDS[kind][1].replace("{}", name).replace("\n[@a]\n", ""))
    assert len(faults) == 1, faults
    assert "cannot be read" in faults[0]
    assert ":2:1: " in faults[0]
    assert len(faults[0].split("/talk.md")[1]) < 250


def test_files_that_a_course_shares_are_read(folder: Path) -> None:
    (folder.parent / "content" / "more.css").write_text(".a { color: red }")
    (folder / "here.css").symlink_to("../content/more.css")
    for name in ("here.css", "../content/more.css"):
        (folder / "talk.md").write_text(f"---\ncustom_css: {name}\n---\n\n## A\n")
        assert "color: red" in load(folder / "talk.md")["css"]
    # The folder of the lectures may itself be a link: who starts the app names it.
    away = folder.parent.parent / "away"
    away.symlink_to(folder)
    assert "color: red" in load(away / "talk.md")["css"]


def test_a_file_may_be_so_large(folder: Path) -> None:
    path = folder / "a.bib"
    with path.open("wb") as file:
        file.truncate((16 << 20) + 1)  # takes no room on most disks
    with pytest.raises(inside.Refused, match="larger than 16 MB"):
        textfile.data(path, folder)


def test_a_name_says_nothing_about_files_elsewhere(folder: Path, outside: Path) -> None:
    there = os.path.relpath(outside, folder)
    faults = {
        name: said(folder, f"---\nbibliography: {there}/{name}\n---\n\n## A\n")
        for name in ("secret.bib", "secretx.bib", "nothing.bib")
    }
    plain = [[one.replace(name, "") for one in found] for name, found in faults.items()]
    assert plain[0] == plain[1] == plain[2]
