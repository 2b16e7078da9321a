"""The equations of motion, held to Gymnasium, to mechanics and to conservation of energy."""

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.envs.classic_control import CartPoleEnv

from sims.cartpole import Params, dynamics
from sims.spec import fields

STATES = np.random.default_rng(0).uniform(-1, 1, (4, 200)) * [[2.4], [3], [1.2], [4]]
FORCES = np.random.default_rng(1).uniform(-15, 15, 200)


def gymnasium_cartpole(integrator: str = "euler") -> tuple[gym.Env, CartPoleEnv]:
    env = gym.make("CartPole-v1")
    inner = env.unwrapped
    assert isinstance(inner, CartPoleEnv)
    inner.kinematics_integrator = integrator
    return env, inner


@pytest.mark.parametrize("resynchronise", [True, False])
@pytest.mark.parametrize("integrator", ["euler", "semi_implicit"])
@pytest.mark.parametrize("balancing", [True, False])
def test_equals_gymnasium(integrator: str, resynchronise: bool, balancing: bool) -> None:
    """Random pushes, and a balancing agent whose episodes last; state, fall and length alike."""
    env, inner = gymnasium_cartpole(integrator)
    rng = np.random.default_rng(3)
    for episode in range(5 if balancing else 40):
        env.reset(seed=episode)
        ours, ended = np.array(inner.state), False
        while not ended:
            balanced = bool(ours @ [0.5, 1.0, 20.0, 4.0] > 0)
            action = int(balanced if balancing else rng.integers(2))
            if resynchronise:
                ours = np.array(inner.state)
            _, reward, terminated, truncated, _ = env.step(action)
            force = dynamics.FORCE if action else -dynamics.FORCE
            ours = dynamics.step(ours, force, "gymnasium", integrator)
            assert np.abs(ours - np.array(inner.state)).max() < 1e-12
            assert dynamics.fallen(ours) == terminated
            assert reward == 1.0
            ended = terminated or truncated


def test_start_and_limits_are_gymnasiums() -> None:
    _, inner = gymnasium_cartpole()
    assert inner.theta_threshold_radians == dynamics.ANGLE_LIMIT
    assert inner.x_threshold == dynamics.TRACK_LIMIT
    assert gym.spec("CartPole-v1").max_episode_steps == dynamics.MAX_EPISODE_STEPS
    starts = dynamics.start_states(np.random.default_rng(0), 10_000)
    assert starts.shape == (4, 10_000)
    assert 0.049 < np.abs(starts).max() <= 0.05
    assert starts.mean(axis=1) == pytest.approx(np.zeros(4), abs=2e-3)


@pytest.mark.parametrize("state", [[2.41, 0, 0, 0], [-2.41, 0, 0, 0], [0, 0, 0.2095, 0]])
def test_fallen(state: list[float]) -> None:
    assert dynamics.fallen(np.array(state))
    assert not dynamics.fallen(np.array(state) * 0.99)


def newton_euler(state: np.ndarray, force: float, cart: float, hinge: float) -> np.ndarray:
    """Solve Newton's laws of cart and rod for (x'', theta'', X, Y, N) with X, Y the hinge's force.

    The rod's centre is at (x + l sin, l cos); the hinge pushes it with (X, Y) and brakes its
    turning with `hinge` * theta'; the track pushes the cart with N and rubs with `cart` * |N|.
    """
    g, m_cart, m, half = 9.8, 1.0, 0.1, 0.5
    _, x_dot, theta, w = state
    s, c = np.sin(theta), np.cos(theta)
    inertia = m * half**2 / 3  # about the rod's own centre

    def solve(rub: float) -> np.ndarray:  # friction at the track = -rub * N
        return np.linalg.solve(
            [
                [m, m * half * c, -1, 0, 0],  # rod, sideways: m x_c'' = X
                [0, -m * half * s, 0, -1, 0],  # rod, upwards: m y_c'' = Y - m g
                [0, inertia, half * c, -half * s, 0],  # rod, turning about its centre
                [m_cart, 0, 1, 0, rub],  # cart, sideways: M x'' = F - X - rub N
                [0, 0, 0, 1, -1],  # cart, upwards: 0 = N - Y - M g
            ],
            [m * half * w * w * s, m * half * w * w * c - m * g, -hinge * w, force, -m_cart * g],
        )

    found = solve(cart * np.sign(x_dot))
    return found if found[4] >= 0 else solve(-cart * np.sign(x_dot))


@pytest.mark.parametrize(("cart", "hinge"), [(0.0, 0.0), (5e-4, 2e-6), (0.05, 0.01), (0.4, 0.1)])
def test_friction_equals_newtons_laws(cart: float, hinge: float) -> None:
    ours = np.array(dynamics.with_friction(STATES, FORCES, cart, hinge)).T
    for state, force, accelerations in zip(STATES.T, FORCES, ours, strict=True):
        expected = newton_euler(state, force, cart, hinge)[:2]
        assert accelerations == pytest.approx(expected, abs=1e-11)


def test_friction_where_the_pole_lifts_the_cart() -> None:
    """So fast a turn that the track would have to pull: the sign of friction flips with N."""
    state = np.array([0.0, 1.0, 0.1, 25.0])
    assert newton_euler(state, 10.0, 0.2, 0.01)[4] < 0
    ours = dynamics.with_friction(state, 10.0, 0.2, 0.01)
    assert ours == pytest.approx(newton_euler(state, 10.0, 0.2, 0.01)[:2], abs=1e-11)


def test_no_friction_is_gymnasiums_physics() -> None:
    without = dynamics.with_friction(STATES, FORCES, 0.0, 0.0)
    assert np.array(without) == pytest.approx(
        np.array(dynamics.accelerations(STATES, FORCES)), abs=1e-12
    )


def test_friction_takes_energy_and_gymnasium_by_default_has_little() -> None:
    state = np.array([0.0, 1.0, 0.0, 0.0])
    assert dynamics.with_friction(state, 0.0, 0.1, 0.0)[0] < -0.5
    assert -0.01 < dynamics.accelerations(state, 0.0, "friction")[0] < 0


def test_point_mass_satisfies_the_lectures_implicit_equations() -> None:
    """x'' = [F + m l (theta'^2 sin - theta'' cos)] / M and theta'' = (g sin - x'' cos) / l."""
    x_acc, theta_acc = dynamics.accelerations(STATES, FORCES, "point_mass")
    sin, cos, w = np.sin(STATES[2]), np.cos(STATES[2]), STATES[3]
    assert x_acc == pytest.approx((FORCES + 0.05 * (w**2 * sin - theta_acc * cos)) / 1.1)
    assert theta_acc == pytest.approx((9.8 * sin - x_acc * cos) / 0.5)


@pytest.mark.parametrize(("physics", "rate"), [("gymnasium", 3.972), ("point_mass", 4.643)])
def test_growth_rate_of_a_small_tilt(physics: str, rate: float) -> None:
    """Once the growing mode rules, a free small tilt grows as exp(rate t)."""
    state, dt = np.array([0.0, 0.0, 1e-9, 0.0]), 1e-4
    tilts = []
    for step in range(30_000):
        if step % 10_000 == 0:
            tilts.append(state[2])
        state = dynamics.step(state, 0.0, physics, "semi_implicit", dt)
    assert np.log(state[2] / tilts[-1]) == pytest.approx(rate, rel=2e-3)


def energy(state: np.ndarray, inertia: float) -> float:
    """Kinetic and potential energy in joules; `inertia` is that of the pole about its centre."""
    _, x_dot, theta, w = state
    across, down = x_dot + 0.5 * w * np.cos(theta), -0.5 * w * np.sin(theta)
    kinetic = 0.5 * x_dot**2 + 0.05 * (across**2 + down**2) + 0.5 * inertia * w**2
    return kinetic + 0.1 * 9.8 * 0.5 * np.cos(theta)


@pytest.mark.parametrize(("physics", "inertia"), [("gymnasium", 0.1 * 0.25 / 3), ("point_mass", 0)])
def test_energy_is_conserved_without_force(physics: str, inertia: float) -> None:
    state = np.array([0.0, 0.4, 0.3, -0.5])
    before = energy(state, inertia)
    for _ in range(20_000):
        state = dynamics.step(state, 0.0, physics, "semi_implicit", 1e-4)
    assert energy(state, inertia) == pytest.approx(before, abs=1e-3)
    assert abs(state[2]) > 1  # it did fall, and swung


def test_unknown_names_are_errors() -> None:
    with pytest.raises(ValueError, match="no physics 'rod'"):
        dynamics.accelerations(STATES, FORCES, "rod")
    with pytest.raises(ValueError, match="no integrator 'heun'"):
        dynamics.step(STATES, FORCES, "gymnasium", "heun")


def test_choices_of_the_parameters_are_those_of_the_dynamics() -> None:
    choices = {field.name: field.choices for field in fields("cartpole")}
    assert choices["physics"] == dynamics.PHYSICS
    assert choices["integrator"] == dynamics.INTEGRATORS
    assert (Params().physics, Params().integrator) == ("gymnasium", "euler")
