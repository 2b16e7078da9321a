"""A model in place of ours: who takes it, what is recorded of it, what a visitor hears."""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from engine import cli
from engine.runs import command
from engine.runs.frames import explain
from engine.runs.results import recordings as recorded
from engine.runs.results.identity import takes_model
from sims import spec
from sims.assets import MODELS
from sims.spec import SpecError


def practicum_run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return command.run(parser.parse_args(words))


def test_the_simulations_that_load_a_base_model_take_another() -> None:
    takers = {name for name in spec.names() if takes_model(name)}
    assert {"sft", "next_token", "rlvr", "test_time_scaling", "elicitation"} <= takers
    assert not {"cartpole", "bandit", "rlhf", "dpo", "byte_pairs", "in_context"} & takers


@pytest.mark.parametrize("sim", ["cartpole", "rlhf", "bandit"])
def test_a_model_where_it_means_nothing_is_said(
    capsys: pytest.CaptureFixture[str], sim: str
) -> None:
    assert practicum_run(sim, "--model", str(MODELS / "sentences")) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"practicum run: --model has no effect on {sim}, which loads no model.")
    assert "next_token" in said
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--device", "cuda"), "--device has no effect without --model"),
        (("--dtype", "float16"), "--dtype has no effect without --model"),
        (("--model", ""), "--model is empty"),
    ],
)
def test_an_option_of_a_model_without_one_is_said(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    assert practicum_run("bandit", *words) == 2
    found = capsys.readouterr().err
    assert found.startswith(f"practicum run: {said}")
    assert found.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("test_time_scaling", "--set", "num_samples=4", "--set", "max_k=8"), "k is 8, but"),
        (("preferences", "--set", "labels=LR"), "set rater to 'viewer'"),
        (("rlvr", "--model", str(MODELS / "sentences")), "does not fit the task 'sums'"),
    ],
)
def test_parameters_that_contradict_one_another_are_bad_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words, said: str
) -> None:
    monkeypatch.setenv("PRACTICUM_MODEL", "")  # and put back what --model sets
    assert practicum_run(*words) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.err.count("\n") == 1
    assert captured.out == ""


def test_a_recording_is_of_one_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = recorded.path("sft", {}), recorded.path("cartpole", {})
    for name in ("mine", "copy"):
        shutil.copytree(MODELS / "sentences", tmp_path / name)
    monkeypatch.setenv("PRACTICUM_MODEL", str(tmp_path / "mine"))
    mine = recorded.path("sft", {})
    assert mine != shipped[0]
    assert recorded.path("cartpole", {}) == shipped[1]  # it loads none
    monkeypatch.setenv("PRACTICUM_MODEL", str(tmp_path / "copy"))
    assert recorded.path("sft", {}) == mine
    config = tmp_path / "copy" / "config.json"
    config.write_text(config.read_text().replace("1e-05", "2e-05"))
    assert recorded.path("sft", {}) != mine
    monkeypatch.setenv("PRACTICUM_MODEL", "someone/gpt2")
    assert recorded.path("sft", {}) not in (mine, shipped[0])


def test_the_tiny_model_needs_no_library_of_large_ones() -> None:
    code = "import sys; from sims.next_token import Params, run; list(run(Params(max_tokens=2)));"
    code += "print({'transformers', 'peft', 'huggingface_hub'} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_a_run_that_chooses_its_model_is_recorded_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tiny one is the shipped one on any server; the real one, that of the recordings."""
    tiny, real = (recorded.path("next_token", {"model": name}) for name in ("tiny", "real"))
    for name in ("other", "smollm2-135m-instruct"):
        shutil.copytree(MODELS / "sentences", tmp_path / name)
        monkeypatch.setenv("PRACTICUM_MODEL", str(tmp_path / name))
        assert recorded.path("next_token", {"model": "tiny"}) == tiny
        is_same = recorded.path("next_token", {"model": "real"}) == real
        assert is_same == (name != "other")


def test_a_visitor_hears_a_sentence_without_the_servers_folders(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PRACTICUM_MODEL", "/srv/secret/llama")
    again = type("SpecError", (ValueError,), {})  # as a worker has it that imported `sims` anew
    for kind in (SpecError, again):
        message, _ = explain(kind("/srv/secret/llama/config.json: n_head is 0."), "sft", 0)
        assert message == "sft: the model/config.json: n_head is 0."
    message, _ = explain(RuntimeError("no /srv/secret/llama here"), "sft", 3)
    assert "secret" not in message


def test_who_runs_a_simulation_reads_where_its_model_was_looked_for(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PRACTICUM_MODEL", "/nope")
    assert cli.main(["run", "next_token", "--set", "model=real"]) == 2
    assert "/nope" in capfd.readouterr().err


def test_serve_tries_the_model_before_it_serves(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert cli.main(["serve", "--port", "0", "--model", str(tmp_path / "nowhere")]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "there is no directory" in said


@pytest.mark.parametrize("words", [["serve"], ["run", "sft"], ["claims"], ["check"]])
def test_ctrl_c_is_a_quiet_end(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    def interrupted(_chosen: argparse.Namespace) -> int:
        raise KeyboardInterrupt

    parser = cli.parser()
    chosen = parser.parse_args(words)
    chosen.call = interrupted
    monkeypatch.setattr(parser, "parse_args", lambda _: chosen)
    monkeypatch.setattr(cli, "parser", lambda _: parser)
    assert cli.main(words) == 130
    assert capsys.readouterr().err == ""
