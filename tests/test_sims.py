"""What every simulation keeps to. A new one is covered by being there."""

import dataclasses
import json
import math
import pickle
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest

from sims import spec
from sims.spec import Frame

NUM_FRAMES = 6  # of each simulation: enough to see the contract, without waiting for its end


@pytest.fixture(params=spec.names())
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def sim(name: str) -> spec.Simulation:
    return spec.load(name)


def first_frames(sim: spec.Simulation, **values: Any) -> list[Frame]:
    return list(islice(sim.run(sim.Params(**values)), NUM_FRAMES))


def numbers(value: Any) -> Iterator[float]:
    """Every number inside a frame's value, lists and all."""
    if isinstance(value, list | tuple):
        for item in value:
            yield from numbers(item)
    elif isinstance(value, int | float):
        yield float(value)


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


def test_frames_keep_the_contract(sim: spec.Simulation) -> None:
    frames = first_frames(sim)
    assert frames
    assert [frame["step"] for frame in frames] == list(range(len(frames)))
    for frame in frames:
        assert frame.keys() == frames[0].keys()
        assert all(math.isfinite(number) for number in numbers(list(frame.values())))
        assert 0 <= frame.get("progress", 0) <= 1
        # through JSON and back unchanged: no array, no NumPy number, no tuple
        assert json.loads(json.dumps(frame, allow_nan=False)) == frame


def test_same_seed_same_frames(sim: spec.Simulation) -> None:
    assert first_frames(sim, seed=3) == first_frames(sim, seed=3)


def test_another_seed_other_frames(sim: spec.Simulation) -> None:
    assert first_frames(sim, seed=3) != first_frames(sim, seed=4)


def test_every_choice_and_every_limit_runs(sim: spec.Simulation, name: str) -> None:
    for field in spec.fields(name):
        for value in (*field.choices, field.low, field.high):
            if value is not None and field.name != "seed":
                assert list(islice(sim.run(sim.Params(**{field.name: value})), 2)), field.name
