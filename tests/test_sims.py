"""What every simulation keeps to. A new one is covered by being there."""

import dataclasses
import json
import math
import pickle
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from engine.runs.frames import explain, stream
from sims import spec
from sims.spec import Frame

NUM_FRAMES = 6  # of a run that is only compared with another
TESTS = Path(__file__).parent / "sims"
SHORT = ("num_steps", "num_problems", "num_updates")  # at their least in whole runs


@pytest.fixture(params=spec.names())
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def sim(name: str) -> spec.Simulation:
    return spec.load(name)


def first_frames(sim: spec.Simulation, **values: Any) -> list[Frame]:
    return list(islice(sim.run(sim.Params(**values)), NUM_FRAMES))


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


def check_run(name: str, module: spec.Simulation, params: Any) -> int:
    """Read a whole run as the app does; its number of frames. The rule is that of `stream`: what a
    worker would refuse fails here, NumPy's numbers and arrays are as good as Python's."""
    count = 0
    try:
        for count, text in enumerate(stream(module, params), start=1):
            progress = json.loads(text).get("progress", 0)
            assert 0 <= progress <= 1, f"{name}: frame {count - 1}: 'progress' is {progress}"
    except Exception as error:
        is_ours = isinstance(error, AssertionError)
        pytest.fail(str(error) if is_ours else explain(error, name, count)[0])
    return count


def test_a_whole_run_keeps_the_contract(sim: spec.Simulation, name: str) -> None:
    short = {field.name: field.low for field in spec.fields(name) if field.name in SHORT}
    assert check_run(name, sim, sim.Params(**short))


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


def test_same_seed_same_frames(sim: spec.Simulation) -> None:
    assert first_frames(sim, seed=3) == first_frames(sim, seed=3)


def test_another_seed_other_frames(sim: spec.Simulation) -> None:
    assert first_frames(sim, seed=3) != first_frames(sim, seed=4)


def test_every_choice_and_every_limit_runs(sim: spec.Simulation, name: str) -> None:
    for field in spec.fields(name):
        for value in (*field.choices, field.low, field.high):
            if value is not None and field.name != "seed":
                assert list(islice(sim.run(sim.Params(**{field.name: value})), 2)), field.name
