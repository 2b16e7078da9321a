"""Simulations of others: a trusted folder, an installed package, and what is said of bad ones."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import sims
from engine.cli import main

ROOT = Path(__file__).resolve().parents[2]
COIN = '''"""A coin."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from {helper} import HEADS
from sims.spec import Frame, column, param


@dataclass(frozen=True)
class Params:
    chance: float = param(0.5, low=0.0, high=1.0)
    seed: int = param(0, low=0, high=100)


class Columns:
    share: float = column("of heads so far")


def run(params: Params) -> Iterator[Frame]:
    rng = np.random.default_rng(params.seed)
    total = 0
    for step in range(4):
        total += {drawn} * HEADS
        yield {{"step": step, "share": total / (step + 1)}}
'''
FAIR = "(rng.random() < params.chance)"


def practicum(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "engine", *words]
    env = os.environ | {"PYTHONPATH": str(ROOT)} | environment
    return subprocess.run(command, capture_output=True, text=True, env=env, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "coin_helper.py").write_text("HEADS = 1\n")
    text = COIN.format(helper="sims.coin_helper", drawn=FAIR)
    (tmp_path / "coin.py").write_text(text)
    return tmp_path


def test_a_trusted_folder_runs_as_ours_do(folder: Path) -> None:
    here = {"PRACTICUM_SIMS": str(folder)}
    made = practicum("run", "coin", "--set", "chance=1", "--jsonl", **here)
    assert made.returncode == 0, made.stderr
    assert [json.loads(line)["share"] for line in made.stdout.splitlines()] == [1.0] * 4
    told = practicum("run", "coin", "--set", "chanse=1", **here)
    assert "coin has no parameter 'chanse'. Did you mean 'chance'?" in told.stderr
    assert "no simulation 'coin'" in practicum("run", "coin").stderr


COMMANDS = {  # what each says once the folder is trusted; "" where that is not tried here
    "run coin --jsonl": '"share"',
    "deck DECK --json": '"chance"',
    "export notebook DECK --output PAGE": "talk.ipynb",
    "export site PAGE --lecture DECK": "",
    "rehearse DECK": "",
    "check DECK": "",
    "claims C77": "",
    "open DECK": "",
}


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_takes_a_folder_that_is_trusted(
    words: str,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """And says of one that is not trusted that it is code, before any of it runs."""
    monkeypatch.setenv("PRACTICUM_SIMS", "")
    monkeypatch.setenv("PRACTICUM_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(sims, "__path__", list(sims.__path__))
    deck = tmp_path / "talk.md"
    deck.write_text("# Coins\n\n```sim\nsim: coin\nid: toss\n```\n", encoding="utf-8")
    places = {"DECK": str(deck), "PAGE": str(tmp_path / "talk.ipynb")}
    asked = [places.get(word, word) for word in words.split()] + ["--sims", str(folder)]
    assert main(asked) == 2
    assert "are code" in capfd.readouterr().err
    if COMMANDS[words]:
        main([*asked, "--trust-sims"])
        assert COMMANDS[words] in capfd.readouterr().out


def test_check_tells_a_folder_of_simulations_from_a_deck_behind_sims(
    folder: Path, tmp_path: Path
) -> None:
    from engine.own_sims import take_checked

    assert take_checked(True, False) is None
    assert take_checked(tmp_path / "talk.md", False) == tmp_path / "talk.md"
    with pytest.raises(ValueError, match="are code"):
        take_checked(folder, False)
    with pytest.raises(ValueError, match="name the folder"):
        take_checked(True, True)


def test_an_edit_of_what_it_imports_makes_another_run(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.runs.results.identity import source_hash
    from sims import spec

    monkeypatch.setenv("PRACTICUM_SIMS", str(folder))
    before = spec.stamp(look=True), source_hash("coin")
    (folder / "coin_helper.py").write_text("HEADS = 2.0\n")
    assert spec.stamp(look=True) != before[0]
    assert source_hash("coin") != before[1]


def test_a_server_runs_no_code_of_a_folder_that_is_not_trusted(folder: Path) -> None:
    told = practicum("serve", "--port", "0", "--sims", str(folder))
    assert told.returncode == 2
    assert "are code" in told.stderr
    assert "add --trust-sims" in told.stderr
    told = practicum("serve", "--port", "0", "--trust-sims")
    assert "--trust-sims is for --sims DIR" in told.stderr
    told = practicum("serve", "--port", "0", "--sims", str(folder / "no"), "--trust-sims")
    assert "there is no folder" in told.stderr


def test_the_check_names_what_breaks_the_contract(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.publish.check_sims import check_sims

    unseeded = COIN.format(helper="sims.coin_helper", drawn="np.random.rand()")
    (folder / "unseeded.py").write_text(unseeded)
    (folder / "endless.py").write_text(COIN.format(helper="sims.coin_helper", drawn="float('nan')"))
    (folder / "keys.py").write_text(
        COIN.format(helper="sims.coin_helper", drawn=FAIR).replace(
            '"share": total', '"shar": total'
        )
    )
    monkeypatch.setenv("PRACTICUM_SIMS", str(folder))
    monkeypatch.setattr(sims, "__path__", [*sims.__path__, str(folder)])
    told = {one.file.rpartition("/")[2]: str(one) for one in check_sims(
        ["coin", "unseeded", "endless", "keys"])}  # fmt: skip
    assert set(told) == {"unseeded.py", "endless.py", "keys.py"}
    assert "other frames when it runs again with the same seed" in told["unseeded.py"]
    assert "'share' is nan" in told["endless.py"]
    assert "frame 0 has 'shar', which `Columns` does not declare" in told["keys.py"]


def test_a_package_that_declares_one_adds_it(tmp_path: Path) -> None:
    """Installed by pip, without a network, into a folder that only this test has on its path."""
    source, target = tmp_path / "source", tmp_path / "site"
    package = source / "coin_lab"
    package.mkdir(parents=True)
    (source / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
        '[project]\nname = "coin-lab"\nversion = "1"\n'
        '[project.entry-points."practicum.sims"]\ncoin_toss = "coin_lab.toss"\n'
    )
    (package / "__init__.py").write_text("raise SystemExit('imported to be listed')\n")
    (package / "helper.py").write_text("HEADS = 1\n")
    (package / "toss.py").write_text(COIN.format(helper="coin_lab.helper", drawn=FAIR))
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation",
         "--no-index", "--disable-pip-version-check", "--target", str(target), str(source)],
        check=True,
    )  # fmt: skip
    here = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(target)])}
    listed = practicum("run", **here)
    assert "coin_toss" in listed.stderr  # nothing of the package was imported for that
    (target / "coin_lab" / "__init__.py").write_text("")
    made = practicum("run", "coin_toss", "--set", "chance=1", "--jsonl", **here)
    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout.splitlines()[-1])["share"] == 1


def test_the_check_begins_the_run_of_every_block(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.publish.check_sims import check_blocks

    broken = COIN.format(helper="sims.coin_helper", drawn="1 / (1 - params.chance)")
    (folder / "broken.py").write_text(broken)
    monkeypatch.setenv("PRACTICUM_SIMS", str(folder))
    monkeypatch.setattr(sims, "__path__", [*sims.__path__, str(folder)])
    deck = tmp_path / "talk.md"
    block = "```sim\nsim: broken\nid: {}\nparams: {{chance: {}}}\n```\n"
    deck.write_text("# Coins\n\n" + block.format("a", 0.5) + block.format("b", 1.0))
    [fault] = check_blocks([deck], ["broken"])
    assert (fault.line, fault.severity) == (8, "error")
    assert "The run of this block fails" in fault.message
    assert check_blocks([deck], ["bandit"]) == [], "what may not run is not run"
