"""The acrobot against Gymnasium's, its energy, and clips as the eye gets them."""

import gymnasium
import numpy as np
import pytest

from sims.acrobot import clips, dynamics, search

pytestmark = pytest.mark.numeric


def wrapped(angle: np.ndarray) -> np.ndarray:
    return (angle + np.pi) % (2 * np.pi) - np.pi


def test_every_step_is_gymnasiums() -> None:
    env = gymnasium.make("Acrobot-v1").unwrapped
    env.reset(seed=0)
    rng = np.random.default_rng(1)
    fast = np.array([np.pi, np.pi, 13.0, 29.0])  # beyond both speed limits: clipping counts too
    states = rng.uniform(-1, 1, (4, 500)) * fast[:, None]
    actions = rng.integers(0, 3, 500)
    ours = dynamics.step(states, np.array(dynamics.TORQUES)[actions])
    for k, action in enumerate(actions):
        env.state = states[:, k].copy()  # type: ignore[attr-defined]
        env.step(action)
        difference = ours[:, k] - np.asarray(env.state)  # type: ignore[attr-defined]
        difference[:2] = wrapped(difference[:2])
        assert np.abs(difference).max() < 1e-12


def test_a_policy_flips_in_gymnasium_as_it_does_here() -> None:
    """The torques are those of the three actions: what is learned here can be judged there."""
    policy = np.random.default_rng(5).standard_normal((1, search.NUM_WEIGHTS))
    ours = search.rollouts(policy, 1, np.random.default_rng(0))[:26, :, 0]
    env = gymnasium.make("Acrobot-v1").unwrapped
    env.reset(seed=0)
    env.state = ours[0].copy()  # type: ignore[attr-defined]
    for reached in ours[1:]:
        seen = np.asarray(env.state)[:, None]  # type: ignore[attr-defined]
        torque = search.torques(policy, seen)[0]
        assert torque in dynamics.TORQUES
        env.step(dynamics.TORQUES.index(torque))
        assert np.abs(wrapped(np.asarray(env.state)[:2] - reached[:2])).max() < 1e-9  # type: ignore[attr-defined]


@pytest.mark.parametrize("torque", [0.0, 1.0])
def test_the_motor_alone_changes_the_energy(torque: float) -> None:
    """d energy / dt = torque * omega2, with an energy written down from the rods' motion."""
    states = np.random.default_rng(2).uniform(-2, 2, (4, 50))
    slope = dynamics.rates(states, torque)
    h = 1e-6
    change = dynamics.energy(states + h * slope) - dynamics.energy(states - h * slope)
    assert change / (2 * h) == pytest.approx(torque * states[3], abs=1e-6)


def test_a_hanging_body_stays_where_it_is() -> None:
    assert not dynamics.rates(np.zeros((4, 3)), 0.0).any()
    assert dynamics.tip_height(np.zeros((4, 3))) == pytest.approx(-2)
    assert dynamics.tip_height(np.array([np.pi, 0, 0, 0])) == pytest.approx(2)


def test_turns_count_the_way_round() -> None:
    states = np.zeros((5, 4, 2))
    states[:, 0, 0] = np.linspace(0.3, 0.3 + 4 * np.pi, 5)
    states[:, 0, 1] = np.linspace(0, -np.pi, 5)
    assert clips.turns(states) == pytest.approx([2.0, -0.5])


def test_poses_go_through_every_step_and_as_fast_as_the_body() -> None:
    """A path that is itself a cubic in time must be met exactly between the steps too."""
    times = np.arange(6) * dynamics.TIME_STEP
    fine = np.arange(26) * dynamics.TIME_STEP / clips.POSES_A_STEP
    path = np.polynomial.Polynomial([0.2, -1.0, 0.7, 1.3])
    other = np.polynomial.Polynomial([-0.4, 2.0, -1.1, 0.2])
    each = [f(times) for f in (path, other, path.deriv(), other.deriv())]
    poses = np.array(clips.poses(np.stack(each, axis=1)))
    assert poses == pytest.approx(np.stack([path(fine), other(fine)], axis=1), abs=6e-4)


def test_pairs_differ_more_than_random_ones_do() -> None:
    rng = np.random.default_rng(3)
    states = search.rollouts(rng.standard_normal((20, search.NUM_WEIGHTS)), 2, rng)
    first, second = clips.pairs(states, 200, rng)
    others = [clips.draw(states, 200, rng) for _ in range(2)]
    assert first.shape == (clips.CLIP_STEPS + 1, 4, 200)

    def apart(a: np.ndarray, b: np.ndarray) -> float:
        return float(np.abs(clips.turns(a) - clips.turns(b)).mean())

    assert apart(first, second) > 1.3 * apart(*others)


def test_a_clip_is_a_stretch_of_one_episode() -> None:
    states = np.arange(60.0)[:, None, None] + np.zeros((60, 4, 3)) + 1000 * np.arange(3)
    drawn = clips.draw(states, 50, np.random.default_rng(4))
    assert (np.diff(drawn, axis=0) == 1).all()


def test_the_search_finds_what_it_is_paid_for() -> None:
    """Swinging high needs many pushes in time: no torque alone lifts the tip above the bar."""
    found = search.Search(np.random.default_rng(0))
    for _ in range(8):
        found.generation(lambda states: dynamics.tip_height(states.swapaxes(0, 1)).mean(axis=0))
    shown = search.rollouts(found.best[None], 8, np.random.default_rng(1))
    assert dynamics.tip_height(shown.swapaxes(0, 1)).max() > 1
