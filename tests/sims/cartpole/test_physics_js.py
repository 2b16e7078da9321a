"""The browser's physics against Python's, in a real Chromium: same pushes, same states."""

import base64
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, sync_playwright

from sims.cartpole import dynamics
from sims.cartpole.control import linear_gain

SCRIPT = Path(__file__).parents[3] / "engine" / "app" / "web" / "scenes" / "cartpole_physics.js"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-sync", "--disable-background-networking"]


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """A missing browser is a failure: without it nothing here is shown."""
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        found = path if Path(path).exists() else None  # else the one that playwright brought
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser.new_page()
        browser.close()


def in_browser(page: Page, body: str, argument: Any = None) -> Any:
    """Run `body` with the module as `physics` and `argument`; what it returns."""
    module = base64.b64encode(SCRIPT.read_bytes()).decode()
    return page.evaluate(
        f"""async (argument) => {{
            const physics = await import("data:text/javascript;base64,{module}");
            {body}
        }}""",
        argument,
    )


def test_constants_are_the_same(page: Page) -> None:
    names = [
        "GRAVITY", "CART_MASS", "POLE_MASS", "LENGTH", "FORCE", "TIME_STEP",
        "TRACK_LIMIT", "ANGLE_LIMIT", "START_LIMIT", "MAX_EPISODE_STEPS",
    ]  # fmt: skip
    theirs = in_browser(page, "return argument.map((name) => physics[name])", names)
    assert theirs == [getattr(dynamics, name) for name in names]


def test_single_steps_from_anywhere(page: Page) -> None:
    rng = np.random.default_rng(0)
    states = rng.uniform(-1, 1, (4, 500)) * [[3], [4], [3], [6]]
    forces = rng.uniform(-15, 15, 500)
    for dt in (0.02, 0.001):
        body = "return argument.cases.map(([s, f]) => physics.step(s, f, argument.dt))"
        cases = [[s, f] for s, f in zip(states.T.tolist(), forces.tolist(), strict=True)]
        theirs = in_browser(page, body, {"cases": cases, "dt": dt})
        ours = dynamics.step(states, forces, dt=dt).T
        assert np.abs(np.array(theirs) - ours).max() < 1e-12
    fell = in_browser(page, "return argument.map((s) => physics.fallen(s))", states.T.tolist())
    assert fell == dynamics.fallen(states).tolist()


def test_random_rollouts_until_the_fall(page: Page) -> None:
    rng = np.random.default_rng(1)
    for _ in range(20):
        state, forces = dynamics.start_states(rng, 1)[:, 0], (20 * rng.integers(2, size=200) - 10)
        body = """
            const states = [];
            let state = argument.state;
            for (const force of argument.forces) {
              state = physics.step(state, force);
              states.push(state);
              if (physics.fallen(state)) break;
            }
            return states;"""
        theirs = in_browser(page, body, {"state": state.tolist(), "forces": forces.tolist()})
        for step, force in zip(theirs, forces, strict=False):
            state = dynamics.step(state, float(force))
            assert np.abs(state - step).max() < 1e-12
        assert dynamics.fallen(state)
        assert len(theirs) < 200


def test_the_agent_to_play_against_balances(page: Page) -> None:
    body = """
        const push = physics.policy(argument.gains);
        let state = argument.state, steps = 0;
        while (steps < 500 && !physics.fallen(state)) {
          state = physics.step(state, push(state));
          steps += 1;
        }
        return {steps, right: push([0, 0, 0.1, 0]), left: push([0, 0, -0.1, 0])};"""
    argument = {"gains": linear_gain(), "state": [0.05, -0.05, 0.05, 0.05]}
    told = in_browser(page, body, json.loads(json.dumps(argument)))
    assert told == {"steps": 500, "right": 10, "left": -10}


def test_start_states_are_small_and_can_be_repeated(page: Page) -> None:
    starts = np.array(in_browser(page, "return Array.from({length: 200}, () => physics.start())"))
    assert starts.shape == (200, 4)
    assert 0.045 < np.abs(starts).max() <= 0.05
    assert in_browser(page, "return physics.start(() => 0.75)") == pytest.approx([0.025] * 4)
