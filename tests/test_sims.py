"""What every simulation keeps to. A new one is covered by being there."""

import dataclasses
import functools
import json
import math
import pickle
import re
from collections.abc import Iterator
from itertools import islice, zip_longest
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from engine.runs.frames import FrameError, explain, stream
from sims import spec
from sims.spec import Frame

NUM_FRAMES = 6  # of a run that is only compared with another
TESTS = Path(__file__).parent / "sims"
# What makes a whole run short enough to be read in every test run; others run at their defaults.
SHORT: dict[str, dict[str, Any]] = {
    "distribution_shift": {"num_steps": 6, "num_problems": 50},
    "batch_direction": {"num_steps": 1},
    "dpo": {"num_steps": 20, "num_comparisons": 50},
    "elicitation": {"num_steps": 5, "num_problems": 50},
    "in_context": {"num_steps": 80},
    "label_noise": {"num_steps": 4, "num_problems": 50},
    "overoptimization": {"num_steps": 20, "num_comparisons": 100},
    "rejection_sampling": {"num_steps": 20, "num_comparisons": 100},
    "rl_scaling": {"num_steps": 64, "num_seeds": 1},
    "rlhf": {"num_steps": 20, "num_comparisons": 50},
    "rlvr": {"num_steps": 5},
    "scaling_law": {"num_models": 2},
    "sycophancy": {"num_steps": 40, "num_comparisons": 100},
}
# Limits up to which all is computed before the first frame: `make sweeps` tries them.
SLOW_LIMITS = {("batch_direction", "num_steps")}
DRAW_NOTHING = {"surprise", "two_answers"}  # they read texts: every seed gives the same
# What a choice makes sense with: a guesser has nothing that recipes could train.
NEEDS = {("elicitation", "guesser"): {"view": "pass_at_k"}}


@pytest.fixture(params=spec.names())
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def sim(name: str) -> spec.Simulation:
    return spec.load(name)


@functools.cache
def whole_run(name: str) -> tuple[str, ...]:
    """The frames of a short run with seed 3, as the app reads them; read once for all tests."""
    sim = spec.load(name)
    return check_run(name, sim, sim.Params(**SHORT.get(name, {}) | {"seed": 3}))


def is_as_before(sim: spec.Simulation, name: str, seed: int) -> bool:
    """Whether the first frames of a run with `seed` are those of `whole_run`."""
    texts = stream(sim, sim.Params(**SHORT.get(name, {}) | {"seed": seed}))
    pairs = zip_longest(whole_run(name)[:NUM_FRAMES], islice(texts, NUM_FRAMES))
    return all(one == other for one, other in pairs)  # stops at the first difference


def test_there_are_simulations() -> None:
    assert "cartpole" in spec.names()


def test_params_are_frozen_hashable_and_picklable(sim: spec.Simulation) -> None:
    params = sim.Params()
    with pytest.raises(dataclasses.FrozenInstanceError):
        params.seed = 1
    assert pickle.loads(pickle.dumps(params)) == params
    assert hash(sim.Params()) == hash(params)


def test_every_field_has_limits_that_hold_its_default(name: str) -> None:
    for field in spec.fields(name):
        assert type(field.default).__name__ == field.type, field.name
        assert field.help or field.name in ("seed",), f"{field.name} has no help"
        if field.type == "str" and field.choices:  # without choices it is the viewer's own text
            assert field.default in field.choices, field.name
        if field.type in ("int", "float"):
            limits = {"low": field.low, "high": field.high, "step": field.step}
            for what, limit in limits.items():
                kind = type(limit).__name__
                assert kind == field.type, f"{field.name}: {what} is {limit!r}, not {field.type}"
            assert field.low <= field.default <= field.high, field.name  # type: ignore[operator]
            assert field.step > 0, field.name  # type: ignore[operator]


def test_there_is_a_seed(name: str) -> None:
    assert "seed" in {field.name for field in spec.fields(name) if field.type == "int"}


def test_columns_are_declared_with_what_they_mean(name: str) -> None:
    columns = spec.columns(name)
    assert len({column.name for column in columns}) == len(columns) > 3, f"{name}: write Columns"
    assert not {column.name for column in columns} & {"", "_run"}
    assert all(column.meaning for column in columns)


CELLS = {"bool": bool, "int": int, "float": int | float, "str": str, "list": list}


def check_cells(name: str, texts: tuple[str, ...], params: Any) -> None:
    """Every cell of every frame is of the type that its column declares."""
    columns = [column for column in spec.columns(name) if column.is_of(vars(params))]
    for frame in map(json.loads, texts):
        assert frame.keys() == {column.name for column in columns}
        for column in columns:
            cell = frame[column.name]
            right = isinstance(cell, CELLS[column.type])
            assert right, (column, cell)
            assert (column.type == "bool") == isinstance(cell, bool), (column, cell)


def check_run(name: str, module: spec.Simulation, params: Any) -> tuple[str, ...]:
    """Read a whole run as the app does; its frames. The rule is that of `stream`: what a worker
    would refuse fails here, NumPy's numbers and arrays are as good as Python's."""
    texts: list[str] = []
    try:
        for text in stream(module, params):
            texts.append(text)
            progress = json.loads(text).get("progress", 0)
            assert 0 <= progress <= 1, f"{name}: frame {len(texts) - 1}: 'progress' is {progress}"
    except Exception as error:
        is_ours = isinstance(error, AssertionError)
        pytest.fail(str(error) if is_ours else explain(error, name, len(texts))[0])
    return tuple(texts)


def test_a_whole_run_keeps_the_contract(sim: spec.Simulation, name: str) -> None:
    check_cells(name, whole_run(name), sim.Params(**SHORT.get(name, {}) | {"seed": 3}))


class Declared:
    kl: float = spec.column("distance", unit="nats")
    loss: float = spec.column("of the fit", when={"show": ("fit",)})


@pytest.mark.parametrize(
    ("show", "keys", "told"),
    [
        ("fit", ("kl", "loss", "progress"), ""),
        ("other", ("kl",), ""),
        ("other", ("kll",), "frame 0 has 'kll', which `Columns` does not declare. Did you mean"),
        ("other", ("kl", "loss"), "frame 0 has 'loss', which `Columns` does not declare."),
        ("fit", ("kl",), "frame 0 has no 'loss', which `Columns` declares."),
    ],
)
def test_a_run_yields_the_columns_that_it_declares(
    show: str, keys: tuple[str, ...], told: str
) -> None:
    frame = {"step": 0} | dict.fromkeys(keys, 1.0)
    tiny = SimpleNamespace(run=lambda _: iter([frame]), Columns=Declared)
    if not told:
        assert list(stream(tiny, SimpleNamespace(show=show)))  # type: ignore[arg-type]
        return
    with pytest.raises(FrameError, match=re.escape(told)):
        list(stream(tiny, SimpleNamespace(show=show)))  # type: ignore[arg-type]


def test_progress_goes_up_to_the_whole(name: str) -> None:
    """The stage draws a bar from it: every frame has it, it never falls, and ends at 1."""
    found = [json.loads(text).get("progress", -1) for text in whole_run(name)]
    assert found == sorted(found)
    assert 0 <= found[0] < 1 or len(found) == 1
    assert found[-1] == 1


@pytest.mark.parametrize(
    ("twelfth", "told"),
    [
        ({"step": 12, "kl": math.nan}, "tiny broke off: frame 12: 'kl' is nan"),
        ({"step": 12, "beta": 1.0}, "frame 12 differs from the one before in its keys: beta, kl"),
        ({"step": 13, "kl": 1.0}, "frame 12 has step 13"),
        (None, "tiny broke off at step 12: no reason given (ZeroDivisionError)"),
    ],
)
def test_a_fault_in_the_thirteenth_frame_fails_it(twelfth: Frame | None, told: str) -> None:
    def run(params: Any) -> Iterator[Frame]:
        yield from ({"step": step, "kl": 0.0} for step in range(12))
        if twelfth is None:
            raise ZeroDivisionError
        yield twelfth

    with pytest.raises(pytest.fail.Exception) as caught:
        check_run("tiny", SimpleNamespace(run=run), None)  # type: ignore[arg-type]
    assert told in str(caught.value)


def test_every_simulation_has_a_test_of_its_own(name: str) -> None:
    own = TESTS / name if (TESTS / name).is_dir() else TESTS / f"test_{name}.py"
    assert own.exists(), f"write tests/sims/test_{name}.py, with an answer that is known"


def test_same_seed_same_frames(sim: spec.Simulation, name: str) -> None:
    assert is_as_before(sim, name, seed=3)


def test_another_seed_other_frames(sim: spec.Simulation, name: str) -> None:
    assert is_as_before(sim, name, seed=4) == (name in DRAW_NOTHING)


def begins(name: str, field: str, value: Any) -> bool:
    """Whether a run with this one value begins; AssertionError for cells that it may not have."""
    sim = spec.load(name)
    values = SHORT.get(name, {}) | NEEDS.get((name, value), {}) | {field: value}
    params = sim.Params(**values)
    texts = tuple(islice(stream(sim, params), 2))
    check_cells(name, texts, params)
    return bool(texts)


def test_every_choice_and_every_limit_runs(name: str) -> None:
    for field in spec.fields(name):
        known = SHORT.get(name, {}).get(field.name, field.default)  # the whole run has it
        for value in dict.fromkeys((*field.choices, field.low, field.high)):
            if (field.name, value) == ("model", "real"):
                continue  # needs the real model: tests/sims/models/test_real.py
            is_slow = (name, field.name) in SLOW_LIMITS and value == field.high
            if value not in (None, known) and field.name != "seed" and not is_slow:
                assert begins(name, field.name, value), f"{field.name}={value} yields nothing"


@pytest.mark.sweep
@pytest.mark.parametrize(("name", "field"), sorted(SLOW_LIMITS))
def test_a_limit_that_takes_long_runs(name: str, field: str) -> None:
    [high] = [one.high for one in spec.fields(name) if one.name == field]
    assert begins(name, field, high)
