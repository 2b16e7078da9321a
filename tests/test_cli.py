"""The command line as a contributor uses it: exit codes and one clear line for bad input."""

import json
import os
import shlex
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from engine import cli
from engine.cli import main

ROOT = Path(__file__).resolve().parents[1]


def practicum(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command as a process of its own, which takes a second to start."""
    command = [sys.executable, "-m", "engine.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=180)


@pytest.fixture
def call(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, str, str]]:
    """`call("check", "deck.md")`: the command in this process; its exit code, stdout, stderr."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("PRACTICUM_MODEL", "")  # and put back what --model sets

    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return call


def test_run_prints_frames_as_json_lines() -> None:
    shown = practicum("run", "cartpole", "--set", "algorithm=ppo", "--set", "seed=3", "--jsonl")
    assert shown.returncode == 0, shown.stderr
    frames = [json.loads(line) for line in shown.stdout.splitlines()]
    assert [frame["step"] for frame in frames] == list(range(len(frames)))
    assert max(frame["greedy_return"] for frame in frames) >= 475


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["run", "cartpol"], "Did you mean 'cartpole'?"),
        (["run", "cartpole", "--set", "sed=1"], "Did you mean 'seed'?"),
        (["run", "cartpole", "--set", "seed=1.5"], "whole number"),
        (["run", "next_token", "--model", "nowhere"], "there is no directory nowhere"),
        (["deck", "lectures/none.md", "--json"], "there is no file lectures/none.md"),
        (["check", "lectures/none.md"], "there is no file lectures/none.md"),
        (["deck", "n" * 300], "there is no file nnn"),
        (["rehearse", "n" * 300], "there is no"),
        (["serve", "--lectures", "n" * 300], "there is no folder nnn"),
        (["bench", "flipp"], "Did you mean 'flip'?"),
        (["room", "prune", "--days", "nan"], "--days is nan, but must be above 0"),
        (["room", "prune", "--days", "1e12"], "up to 36500"),
        (["bench", "soak", "--minutes", "nan"], "--minutes is nan, but must be above 0"),
        (["train-assets", "sentencs"], "Did you mean 'sentences'?"),
        (["serve", "--lectures", "nowhere"], "there is no folder nowhere"),
        (["serve", "--port", "99999"], "port 99999 does not exist"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    call: Callable[..., tuple[int, str, str]], arguments: list[str], sentence: str
) -> None:
    code, out, told = call(*arguments)
    assert (code, out) == (2, "")
    assert sentence in told
    assert len(told.strip().splitlines()) == 1


def test_the_process_ends_with_that_code_and_that_line_alone() -> None:
    shown = practicum("run", "cartpol")
    assert (shown.returncode, shown.stdout) == (2, "")
    assert "Did you mean 'cartpole'?" in shown.stderr
    assert len(shown.stderr.strip().splitlines()) == 1


@pytest.mark.skipif(os.name != "posix", reason="streams are closed by a POSIX shell")
@pytest.mark.parametrize(
    ("words", "code"),
    [("deck a.md --json | head -c 9", 141), ("model list >&- <&-", 0)],
)
def test_nobody_needs_to_read_what_a_command_prints(tmp_path: Path, words: str, code: int) -> None:
    (tmp_path / "a.md").write_text("## A\n\n" + "word " * 30_000)  # more than a pipe holds
    line = f"set -o pipefail; {shlex.quote(sys.executable)} -m engine.cli {words}"
    ended = subprocess.run(["bash", "-c", line], capture_output=True, cwd=tmp_path, timeout=180)
    assert (ended.returncode, ended.stderr) == (code, b"")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_any_name_of_a_file_can_be_printed(tmp_path: Path) -> None:
    """Outside of the C locale Python's standard output takes no half characters."""
    (tmp_path / os.fsdecode(b"caf\xe9.md")).write_text("## A\n")
    words = [sys.executable, "-m", "engine.cli", "export", "notebook", b"caf\xe9.md"]
    environment = os.environ | {"PYTHONIOENCODING": "utf-8:strict"}
    ended = subprocess.run(words, capture_output=True, cwd=tmp_path, env=environment, timeout=180)
    assert (ended.returncode, ended.stdout) == (0, b"caf\\udce9.ipynb\n"), ended.stderr


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="Linux has a disk that is always full")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("model list >/dev/full", b"practicum: this could not be done: No space left on device.\n"),
        ("--help >/dev/full", b"practicum: this could not be done: No space left on device.\n"),
        ("run nosuch 2>/dev/full", b""),
    ],
)
def test_a_full_disk_is_a_sentence(words: str, said: bytes) -> None:
    line = f"{shlex.quote(sys.executable)} -m engine.cli {words}"
    environment = os.environ | {"PYTHONUNBUFFERED": ""}  # argparse passes over such an error
    ended = subprocess.run(
        ["bash", "-c", line], capture_output=True, cwd=ROOT, env=environment, timeout=180
    )
    assert (ended.returncode, ended.stderr) == (2, said)


@pytest.mark.parametrize(
    "arguments", [["serve", "--port", "99999", "--lectures", ""], ["check", " "], ["deck", ""]]
)
def test_a_variable_that_was_never_set_is_no_folder(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """`serve --lectures "$COURSE"` would show every Markdown file of the folder one stands in."""
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 2
    assert "no name is given; '.' is this folder" in capsys.readouterr().err


def test_the_bare_name_lists_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([])
    assert ended.value.code == 0
    assert "open the lectures in the browser" in capsys.readouterr().out


def test_a_taken_port_names_the_next_free_one(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["serve", "--port", str(port)]) == 2
    sentence = capsys.readouterr().err
    assert f"port {port} is taken" in sentence
    assert "--port" in sentence.split("is free:")[1]


def test_deck_prints_what_the_browser_gets(call: Callable[..., tuple[int, str, str]]) -> None:
    deck = json.loads(call("deck", "lectures/01-overview.md", "--json")[1])
    assert {"title", "slides", "references", "problems"} <= set(deck)
    wanted = {
        "id",
        "title",
        "layout",
        "classes",
        "line",
        "steps",
        "citations",
        "notes",
        "blocks",
        "html",
    }
    assert all(wanted <= set(slide) for slide in deck["slides"])


def test_check_exits_1_and_names_the_place(
    call: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    bad = tmp_path / "bad.md"
    bad.write_text("# Title\n\n---\n\n## Slide\n\n```sim\nsim: cartpol\n```\n")
    shown = practicum("check", str(bad))
    assert shown.returncode == 1
    assert f"{bad}:" in shown.stdout or "bad.md:" in shown.stdout
    assert "cartpole" in shown.stdout
    good = tmp_path / "good.md"
    good.write_text("# Title\n\n---\n\n## Slide\n\nText.\n")
    assert call("check", str(good))[0] == 0


def test_the_lectures_of_this_project_have_no_problem(
    call: Callable[..., tuple[int, str, str]],
) -> None:
    code, out, _ = call("check", "--format", "json")
    assert (code, json.loads(out)) == (0, [])
