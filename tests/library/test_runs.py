"""`sims.run` and `sims.sweep`: the rows of a table, what is kept, and what is said of bad input."""

import itertools
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

import sims
from engine.runs.results.store import Results
from engine.runs.runner import Runner
from engine.runs.workers.local import LocalEngine

pytestmark = pytest.mark.usefixtures("_faulty")
RESERVED = {"seeds", "fresh", "workers", "progress"}  # words of `run` and `sweep` themselves


def test_a_run_is_a_table_with_a_row_for_every_frame(store: Path) -> None:
    rows = sims.run("ticks", seeds=range(2), num_steps=3, size=2)
    assert list(rows.columns) == ["seed", "step", "value", "values", "progress"]
    assert list(zip(rows.seed, rows.step, strict=True)) == [
        (s, t) for s in (0, 1) for t in range(3)
    ]
    assert rows.value.dtype == float
    assert len(rows["values"][0]) == 2
    assert rows.attrs["sim"] == "ticks"
    assert rows.attrs["params"]["num_steps"] == 3
    assert "seed" not in rows.attrs["params"]
    assert rows.attrs["versions"]["numpy"]


def test_the_second_time_nothing_is_computed(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = sims.run("ticks", num_steps=4)
    monkeypatch.setattr("engine.library.runs.LocalEngine", None)
    again = sims.run("ticks", num_steps=4)
    assert_frame_equal(first, again)
    assert first.attrs == again.attrs
    with pytest.raises(TypeError):  # there is no engine now
        sims.run("ticks", num_steps=4, fresh=True)


def test_what_ran_on_a_slide_is_found(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = LocalEngine(
        1, preload=(), package="faulty", path=[str(Path(__file__).parents[1] / "runs")]
    )
    runner = Runner(engine, results=Results())
    assert runner.submit("ticks", {"num_steps": 5, "seed": 9}).wait(60) == "done"
    runner.close()
    monkeypatch.setattr("engine.library.runs.LocalEngine", None)
    assert len(sims.run("ticks", num_steps=5, seed=9)) == 5


def test_a_sweep_runs_every_combination_and_names_it_first(store: Path) -> None:
    rows = sims.sweep("ticks", size=(1, 2), scale=[1.0, 2.0], seeds=2, num_steps=1, workers=2)
    assert list(rows.columns[:4]) == ["size", "scale", "seed", "step"]
    assert len(rows) == len(rows[["scale", "size", "seed"]].drop_duplicates()) == 8
    one = rows[(rows["scale"] == 2) & (rows["size"] == 1) & (rows.seed == 1)]["values"].iloc[0]
    half = rows[(rows["scale"] == 1) & (rows["size"] == 1) & (rows.seed == 1)]["values"].iloc[0]
    assert one[0] == pytest.approx(2 * half[0])


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ({"name": "tick"}, "no simulation 'tick' in sims/. Did you mean 'ticks'?"),
        ({"name": None}, "The name of a simulation is a text, not None."),
        ({"seeds": 1.5}, "seeds is 1.5; give a whole number or a list of them."),
        ({"seeds": "12"}, "seeds is '12'; give a whole number or a list of them."),
        ({"sede": 1}, "ticks has no parameter 'sede'. Did you mean 'seed'?"),
        ({"scale": "much"}, "scale is 'much', but must be a number."),
        ({"mode": ["plain", "fanci"]}, "Did you mean 'fancy'?"),
        ({"scale": []}, "scale has no value to run with."),
        ({"seeds": 0}, "seeds is empty; give at least one."),
        ({"seeds": [0], "seed": 1}, "seed and seeds are both given; give one of them."),
        ({"seeds": [1001]}, "seed is 1001, above its greatest value 1000."),
        ({"seeds": True}, "seeds is True; give a whole number or a list of them."),
        ({"seeds": {0: 1}}, "seeds is {0: 1}; give a whole number or a list of them."),
        ({"seeds": np.float64(2)}, "give a whole number or a list of them."),
        ({"seeds": np.array(1.5)}, "give a whole number or a list of them."),
        ({"seeds": 10**30}, "These are more than 100,000 runs; the most at a time"),
        ({"seeds": itertools.count()}, "These are more than 100,000 runs; the most at a time"),
        ({"size": range(10**12)}, "These are more than 100,000 runs; the most at a time"),
        ({"workers": 0}, "workers is 0, but must be 1 or more."),
        ({"seeds": 1000, "size": range(200)}, "These are 200,000 runs; the most at a time"),
    ],
)
def test_bad_input_is_one_sentence(store: Path, wanted: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=re.escape(told)):
        sims.sweep(wanted.pop("name", "ticks"), **wanted)


@pytest.mark.parametrize("seeds", [np.int64(2), np.uint8(2), np.array(2), np.array([0, 1]), {0, 1}])
def test_seeds_are_whole_numbers_of_any_library(store: Path, seeds: Any) -> None:
    assert list(sims.run("ticks", seeds=seeds, num_steps=1)["seed"].unique()) == [0, 1]


def test_a_run_that_breaks_off_says_which_and_why(store: Path) -> None:
    with pytest.raises(sims.RunFailed, match=r"'value' is nan.*It was breaks\(how=nan"):
        sims.run("breaks", how="nan")


def test_a_swept_parameter_leaves_a_column_of_its_name_as_it_is(monkeypatch) -> None:
    from engine.runs.tables import table

    frames = [{"step": 0, "rate": 0.31}]
    rows = table([({"rate": 0.3, "seed": 0}, frames), ({"rate": 0.5, "seed": 0}, frames)])
    assert list(rows.columns) == ["rate", "seed", "step", "rate_frame"]
    assert list(rows.rate_frame) == [0.31, 0.31]


def test_tables_of_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # our own simulations
    assert "cartpole" in sims.names()
    params = sims.params("cartpole")
    assert params.loc["gamma", ["default", "low", "high"]].tolist() == [0.98, 0.0, 1.0]
    assert params.loc["num_steps", "unit"] == "environment steps"
    assert "PPO" in params.loc["preset", "help"]
    assert sims.columns("cartpole").loc["entropy", "unit"] == "nats"
    for name in sims.names():
        assert not RESERVED & set(sims.params(name).index), name
    assert isinstance(params, pd.DataFrame)
