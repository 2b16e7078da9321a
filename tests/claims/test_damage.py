"""Files of claims that are damaged, or no files at all: each is a sentence, none stops a page."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine import cli
from engine.claims.ledger import Ledger, load
from engine.claims.record import Damaged, read_record, write_record
from engine.claims.validate import records
from engine.deck.source import yamltext

WHOLE = '{"figure": "x", "held": 1, "seeds": 2, "seconds": 1, "date": "d", "versions": "v"}'


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"7",
        b'{"C1": 7}',
        b'{"C1": null}',
        b'\xef\xbb\xbf{"C1": ' + WHOLE.encode() + b"}",
        ('{"C1": ' + WHOLE + "}").encode("utf-16"),
        b'{"C1": ' + WHOLE.replace("1,", "NaN,", 1).encode() + b"}",
        b'{"C1": ' + WHOLE.replace("1,", "-5,", 1).encode() + b"}",
        b'{"C1": ' + WHOLE.replace("1,", "3,", 1).encode() + b"}",
        b'{"C1": ' + WHOLE.replace('"x"', "[]").encode() + b"}",
        b'{"C1": ' + WHOLE.replace('"date"', '"day": 1, "date"').encode() + b"}",
        b'{"C1": "caf\xe9"}',
        b"[" * 100_000,
        "a folder",
        "a pipe",
        "a circle of links",
    ],
    ids=lambda content: str(content[:16]),
)
def test_any_other_record_is_damaged_and_check_says_so(tmp_path: Path, content: Any) -> None:
    path = tmp_path / "claims_measured.json"
    if content == "a folder":
        path.mkdir()
    elif content == "a pipe":
        os.mkfifo(path)
    elif content == "a circle of links":
        path.symlink_to(path)
    else:
        path.write_bytes(content)
    with pytest.raises(Damaged, match=r"^claims_measured.json is damaged: .+\. Restore it, or"):
        read_record(path)
    [found] = records(Ledger(tmp_path / "claims.yaml"))
    assert (found.file, found.severity) == (str(path), "error")


def test_a_record_is_left_where_the_new_one_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "claims_measured.json"
    path.write_text('{"C1": ' + WHOLE + "}")

    def fill(file: Path, text: str, **_: Any) -> None:
        file.write_bytes(text[:9].encode())
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", fill)
    with pytest.raises(OSError, match="No space"):
        write_record({}, path)
    assert list(read_record(path)) == ["C1"]
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("kind", ["pipe", "endless", "folder", "circle"])
def test_what_is_no_file_is_no_ledger(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "claims.yaml"
    {
        "pipe": lambda: os.mkfifo(path),
        "endless": lambda: path.symlink_to("/dev/zero"),
        "folder": path.mkdir,
        "circle": lambda: path.symlink_to(path),
    }[kind]()
    [found] = load(path).problems
    assert found.message.startswith("This file cannot be read: ")
    assert found.fix


@pytest.mark.parametrize("text", ["", "# the last claim is gone\n", "\ufeff---\n"])
def test_a_ledger_may_be_empty(tmp_path: Path, text: str) -> None:
    path = tmp_path / "claims.yaml"
    path.write_text(text, encoding="utf-8")
    assert load(path) == Ledger(path, yaml=yamltext.Yaml())


def test_what_is_no_claim_is_said_once(written: Callable[[str], Ledger]) -> None:
    said = [one.message for one in written("- ~\n- [a]\n- 2024-02-30\n").problems]
    assert said == ["This is not a claim."] * 3


def test_claims_say_each_fault_once_and_give_no_orders_to_a_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "practicum.toml").touch()
    (tmp_path / "a.md").write_text("## Here\n")
    (tmp_path / "content").mkdir()
    ledger = tmp_path / "content" / "claims.yaml"
    claim = '- {id: C1, sentence: "\\e[2JSo\\u202e.", slide: %s, status: opinion}\n'
    monkeypatch.chdir(tmp_path)
    ledger.write_text(claim % '"\\e]0;x\\a"')
    assert cli.main(["claims"]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line == f"{ledger}:1:40: There is no slide '\\x1b]0;x\\x07'. There are: here."
    ledger.write_text(claim % "here")
    assert cli.main(["claims"]) == 0
    [line, last] = capsys.readouterr().out.splitlines()
    assert line.split(maxsplit=2) == ["C1", "opinion", "\\x1b[2JSo\\u202e."]
    assert last == "1 claim, 0 run: all hold"
