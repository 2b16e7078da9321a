"""A course made in an empty folder, with a simulation, a claim and a work of its own: checked,
tested, rehearsed, exported and served, as its lecturer would."""

import gzip
import json
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

import sims
from engine import cli
from engine.app import lectures
from engine.app.addresses import free_port
from sims import foreign
from tests.app.processes import answers, running
from tests.waiting import PATIENCE, wait_for

BIB = """
@book{flip1713, author={Bernoulli, J.}, title={Ars Conjectandi}, year={1713}, publisher={T}}
"""
SLIDE = "coins-agree"
CLAIM = "The error of a mean falls with the flips."


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv(foreign.VARIABLE, "")
    monkeypatch.setenv("PRACTICUM_LECTURES", "")
    monkeypatch.setenv("PRACTICUM_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(sims, "__path__", [*sims.__path__])
    monkeypatch.chdir(tmp_path)
    for words in (
        ["course", "mine", "--title", "Coins for all"],
        ["sim", "coin_flips", "--course", "mine"],
        ["slide", "first-lecture", "Coins agree", "--sim", "coin_flips", "--course", "mine"],
        ["claim", CLAIM, "--slide", SLIDE, "--sim", "coin_flips", "--course", "mine"],
    ):
        assert cli.main(["new", *words]) == 0, words
    works = tmp_path / "mine" / "content" / "references.bib"
    works.write_text(works.read_text() + BIB)
    deck = tmp_path / "mine" / "lectures" / "01-first-lecture.md"
    head, coins = deck.read_text().split(f"<!-- id: {SLIDE} -->")
    deck.write_text(f"{head}<!-- id: {SLIDE} -->{coins.replace('sutton2018rl', 'flip1713')}")
    lectures.library.cache_clear()
    yield tmp_path / "mine"
    lectures.library.cache_clear()


def test_a_course_from_an_empty_folder_to_its_readers(
    course: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(course)
    assert cli.main(["check"]) == 0, capsys.readouterr().out
    assert capsys.readouterr().out == "0 errors, 0 warnings\n"

    # Without a word of trust nothing of its code runs, and what to do is said.
    monkeypatch.setenv(foreign.VARIABLE, "")  # as in another process
    assert cli.main(["rehearse", "first-lecture", "--slide", "nosuch"]) == 2
    assert "If you trust it, add --trust-sims." in capsys.readouterr().err
    assert cli.main(["rehearse", "first-lecture", "--slide", SLIDE]) == 1
    said = capsys.readouterr().out
    waits = "'coin_flips' is code of this course; if you trust it, add --trust-sims."
    assert waits in said
    assert cli.main(["claims"]) == 2
    assert capsys.readouterr().err.strip().endswith(waits)

    assert cli.main(["claims", "C2", "--seeds", "3", "--trust-sims", "--record"]) == 0
    assert CLAIM in (course / "content" / "claims.yaml").read_text()
    assert '"C2"' in (course / "content" / "claims_measured.json").read_text()
    capsys.readouterr()

    # 1: a first frame that comes late is a fault, and this machine may be busy
    words = ["rehearse", "first-lecture", "--record", "--trust-sims", "--json"]
    assert cli.main(words) in (0, 1)
    done = {one["sim"]: one["state"] for one in json.loads(capsys.readouterr().out)}
    assert done == {"thermostat": "done", "coin_flips": "done"}
    recorded = sorted(path.name for path in (course / "content" / "recorded").iterdir())
    assert [name.partition("-")[0] for name in recorded] == ["coin_flips", "thermostat"]

    monkeypatch.setenv(foreign.VARIABLE, "")
    _export(course, recorded, capsys)
    _serve(course, recorded)


def _export(course: Path, recorded: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A site of the course, with the runs that are recorded."""
    site = course / "build" / "site"
    assert cli.main(["export", "site", str(site)]) == 0, capsys.readouterr().err
    assert (site / "first-lecture.html").is_file()
    assert "Bernoulli" in (site / "references.html").read_text()
    assert CLAIM in (site / "claims.html").read_text()
    kept = [path.name for path in (site / "api" / "recorded").iterdir()]
    assert sorted(kept) == [f"{name}.js" for name in recorded]


def _serve(course: Path, recorded: list[str]) -> None:
    """What a server of the course answers, with its code trusted."""
    port = free_port(8750)
    command = [sys.executable, "-m", "engine", "serve", "--port", str(port), "--workers", "1"]

    def ask(path: str) -> bytes:
        address = f"http://127.0.0.1:{port}/{path}"
        with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
            body = answer.read()
            return gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body

    with running([*command, "--trust-sims"], course / "build" / "log", course):
        wait_for(lambda: answers(port))
        deck = json.loads(ask("api/decks/first-lecture/0.json"))
        assert [one for one in deck["problems"] if one["severity"] == "error"] == []
        [coins] = [one for one in deck["slides"] if one["id"] == SLIDE]
        [block] = coins["blocks"]
        assert [one["name"] for one in block["data"]["fields"]][:2] == ["chance", "use_mean"]
        assert block["data"]["recorded"].partition("?")[0] == f"api/recorded/{recorded[0]}"
        frames = ask(block["data"]["recorded"]).decode().splitlines()
        assert json.loads(frames[0])["sim"] == "coin_flips"
        claims = json.loads(ask("api/claims"))["claims"]
        assert {one["sentence"] for one in claims} >= {CLAIM}
        assert "1713" in ask("api/search?q=flip1713").decode() + ask("references").decode()
