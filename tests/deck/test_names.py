"""Every file of a folder has an address that works, and none takes the others down."""

import json
import os
from pathlib import Path

import pytest

from engine import cli
from engine.deck.document import load
from engine.deck.library import Library
from engine.deck.source import names
from engine.publish.check import check

TALK = "# {title}\n\n---\n\n## Second of {title}\n\nText.\n"

# file name -> its address beside a deck called `talk.md`
ADDRESSES = {
    "01-overview.md": "overview",
    "references.md": "references-lecture",
    "09-claims.md": "09-claims",
    "Home.md": "Home-lecture",
    "api.md": "api-lecture",
    "files.md": "files-lecture",
    "static.md": "static-lecture",
    "_stcore.md": "stcore",
    "two__parts.md": "two_parts",
    "favicon.png.md": "favicon-png",
    "c#.md": "c",
    "what?.md": "what",
    "a\\b.md": "a-b",
    "a%2fb.md": "a-2fb",
    " .md": "lecture",
    "two words.md": "two-words",
    'it\'s "quoted" & <b>.md': "it-s-quoted-b",
    "v1.2.md": "v1-2",
    "😀.md": "lecture",
    "2024.md": "2024",
    "3. Rewards.md": "Rewards",
    "---.md": "lecture",
    "Überblick.md": "Überblick",
    "ein U\u0308berblick.md": "ein-Überblick",  # as macOS writes it
    "हिंदी.md": "हिंदी",
    "强化学习.md": "强化学习",
    "LOUD.MD": "LOUD",
    "02-talk.md": "talk-lecture",
    "Talk.md": "Talk",  # sorts before talk.md, which then gets another one
    "x" * 240 + ".md": "x" * 80,
}


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_file_gets_an_address_that_is_safe_in_a_path(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(TALK.format(title="Odd"))
    (tmp_path / "talk.md").write_text(TALK.format(title="Talk"))
    found = {path.name: address for address, path in names.addresses(tmp_path).items()}
    wanted = ADDRESSES[name]
    if name == "02-talk.md":  # the first in the order of names keeps the short one
        wanted = "talk"
    assert found[name] == wanted
    assert len(set(map(str.casefold, found.values()))) == 2
    library = Library(tmp_path)
    assert library.document(found[name])["title"] == "Odd"
    assert {hit.slug for hit in library.search("second").hits} == set(found.values())


def test_no_file_takes_an_address_that_is_the_servers_own(tmp_path: Path) -> None:
    own = "api app claims component files healthz home media oauth2callback references static"
    for name in own.split():
        (tmp_path / f"{name.title()}.md").write_text("## One\n")
    assert sorted(names.addresses(tmp_path)) == [f"{name.title()}-lecture" for name in own.split()]


def test_names_of_different_files_never_meet(tmp_path: Path) -> None:
    clashing = ["01-a.md", "02-a.md", "A.md", "a!.md", "a?.md", "03-a-2.md", "a-2.md"]
    for name in clashing:
        (tmp_path / name).write_text(TALK.format(title=name))
    found = names.addresses(tmp_path)
    assert len(found) == len(clashing)
    assert len({address.casefold() for address in found}) == len(clashing)
    said = {Path(one.file).name: one.message for one in names.problems(tmp_path)}
    assert said["02-a.md"] == "'a' is the address of 01-a.md, so this lecture is at /02-a."
    assert said["A.md"].startswith("'A' is the address of 01-a.md, so this lecture is at /")
    assert "01-a.md" not in said


def test_a_reserved_name_is_said_by_check(tmp_path: Path) -> None:
    (tmp_path / "references.md").write_text(TALK.format(title="Mine"))
    [fault] = check([tmp_path])
    assert fault.severity == "warning"
    assert fault.message == (
        "'references' is an address of the app itself, so this lecture is at /references-lecture."
    )
    assert "Rename" in fault.fix


def test_hidden_files_are_no_lectures(tmp_path: Path) -> None:
    for name in ("._talk.md", ".#talk.md", "..md", ".draft.md", "README.md", "readme.MD"):
        (tmp_path / name).write_bytes(b"\x00\x05\x16\x07\xff")
    (tmp_path / "talk.md").write_text(TALK.format(title="Talk"))
    assert list(names.addresses(tmp_path)) == ["talk"]
    said = [(Path(one.file).name, one.severity) for one in check([tmp_path])]
    assert said == [("..md", "warning"), (".draft.md", "warning")]


@pytest.mark.parametrize("name", ["talk.markdown", "talk.Rmd", "talk.QMD", "talk.md.txt"])
def test_a_file_that_was_meant_as_a_lecture_is_said(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("## One\n")
    (tmp_path / "a.md").write_text("## One\n")
    [fault] = check([tmp_path])
    assert fault.message == f"'{name}' is not a lecture: its name does not end in .md."


def test_a_name_that_is_not_utf_8(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.md"))
    path.write_text("## One\n\n<!-- laytout: title -->\n\n![](no\ufffd.png)\n")
    assert list(names.addresses(tmp_path)) == ["caf"]
    json.dumps(Library(tmp_path).document("caf"), ensure_ascii=False).encode()
    for form, name in (
        ("text", "caf\ufffd.md"),
        ("json", "caf\ufffd.md"),
        ("sarif", "caf%EF%BF%BD.md"),
    ):
        assert cli.main(["check", "--format", form, str(path)]) == 1
        assert name in capsys.readouterr().out.encode("utf-8").decode()
    assert cli.main(["deck", "--json", str(path)]) == 0


UNREADABLE = {
    "folder": "it is a folder",
    "dangling": "no such file or directory",
    "loop": "too many levels of symbolic links",
    "pipe": "it is not an ordinary file",
    "latin": "it is not UTF-8",
    "wide": "it is UTF-16, not UTF-8",
    "unmarked": "it is UTF-16, not UTF-8",
    "widest": "it is UTF-32, not UTF-8",
    "denied": "permission denied",
}


@pytest.fixture
def mixed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Decks that cannot be read, each in its own way, and two that can."""
    (tmp_path / "01-first.md").write_text(TALK.format(title="First"))
    (tmp_path / "99-last.md").write_text(TALK.format(title="Last"))
    (tmp_path / "folder.md").mkdir()
    (tmp_path / "dangling.md").symlink_to("nowhere.md")
    (tmp_path / "loop.md").symlink_to("loop.md")
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "latin.md").write_bytes("## One\n\nGruß\n".encode("latin-1"))
    (tmp_path / "wide.md").write_bytes("## One\n\nGruß\n".encode("utf-16"))
    (tmp_path / "unmarked.md").write_bytes("## One\n\nGruß\n".encode("utf-16-le"))
    (tmp_path / "widest.md").write_bytes("## One\n\nGruß\n".encode("utf-32"))
    (tmp_path / "denied.md").write_text("## One\n")
    (tmp_path / "denied.md").chmod(0)
    read = Path.read_bytes

    def refused(path: Path) -> bytes:  # as a user who is not root sees a file of mode 000
        if path.name == "denied.md":
            raise PermissionError(13, "Permission denied", str(path))
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refused)
    return tmp_path


def test_an_unreadable_deck_says_why_and_the_others_go_on(mixed: Path) -> None:
    library = Library(mixed)
    found = {one.slug: one for one in library.lectures()}
    for name, why in UNREADABLE.items():
        assert found[name].fault == f"This lecture cannot be read: {why}."
        assert found[name].title == f"{name}.md"
        assert library.document(name)["slides"] == []
    assert found["first"].fault == found["last"].fault == ""
    assert [hit.slug for hit in library.search("second").hits] == ["first", "last"]
    assert library.works() == []


def test_check_names_each_unreadable_deck(mixed: Path) -> None:
    said = {Path(one.file).stem: one for one in check([mixed])}
    assert {name: one.message for name, one in said.items()} == {
        name: f"This lecture cannot be read: {why}." for name, why in UNREADABLE.items()
    }
    assert {one.severity for one in said.values()} == {"error"}
    assert said["latin"].line == 3
    assert said["latin"].fix == "Save it as UTF-8."


def test_the_command_checks_a_folder_with_unreadable_decks(
    mixed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["check", str(mixed)]) == 1
    printed = capsys.readouterr().out
    # Decks are read in a child process, where root may read every file.
    for name in UNREADABLE.keys() - {"denied"}:
        assert f"{name}.md:" in printed
    assert cli.main(["check", str(mixed / "latin.md")]) == 1
    assert "latin.md:3:1: error: This lecture cannot be read" in capsys.readouterr().out
    assert cli.main(["deck", "--json", str(mixed / "latin.md")]) == 0
    assert json.loads(capsys.readouterr().out)["fault"].startswith("This lecture cannot be read")


def test_a_fault_of_ours_takes_one_deck_down_only(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from engine.deck import document

    (folder / "a.md").write_text("## One\n\nbreaks\n")
    (folder / "b.md").write_text("## Two\n")
    parse = document.parse

    def broken(text: str, path: Path) -> object:
        if "breaks" in text:
            raise KeyError("a fault of ours")
        return parse(text, path)

    monkeypatch.setattr(document, "parse", broken)
    faults = [one.fault for one in Library(folder).lectures()]
    assert faults[0].startswith("This lecture cannot be read: the server failed")
    assert faults[1] == ""
    assert "a.md cannot be shown" in caplog.text


def test_a_deck_reached_by_two_paths_is_checked_once(folder: Path) -> None:
    deck = folder / "a.md"
    deck.write_text("## One\n\n<!-- laytout: title -->\n")
    (folder / "link").symlink_to(folder, target_is_directory=True)
    assert len(check([deck, folder / "link" / "a.md", folder, folder / ".." / "lectures"])) == 1


@pytest.mark.parametrize("name", ["two words.md", "it's.md", "v1.2.md", "😀 a.md", "01-über.md"])
def test_the_style_sheet_of_an_odd_name_names_the_stage(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("---\ncustom_css: 'h2 { color: red }'\n---\n\n## One\n")
    styles = load(tmp_path / name)["css"]
    assert f'[data-deck="{names.slug_of(tmp_path / name)}"]' in styles


@pytest.mark.parametrize("text", ["", "\n\n", "---\ntitle: A\n---\n", "<!-- only -->"])
def test_a_file_without_slides_is_said(folder: Path, text: str) -> None:
    (folder / "a.md").write_text(text)
    shown = Library(folder).lectures()[0].fault
    said = [one.message for one in check([folder])]
    assert bool(shown) == ("This file has no slides." in said)
