"""REINFORCE's expected step is the true gradient, whatever the baseline; only the noise differs."""

import itertools

import numpy as np
import pytest

from sims.cartpole import dynamics, reinforce
from sims.cartpole.environment import World, observe
from sims.cartpole.network import Network

pytestmark = pytest.mark.numeric

HORIZON = 4
START = np.array([0.0, 0.0, 0.185, 0.6])  # about to fall to the right: pushing right helps


def trajectory(actions: tuple[int, ...]) -> tuple[np.ndarray, int]:
    """Observations (T, 4) of those pushes from START, and the length (until a fall or the end)."""
    state, seen = START[:, None], []
    for action in actions:
        seen.append(observe(state)[0])
        state = World().step(state, np.array([action]))
        if dynamics.fallen(state)[0]:
            break
    return np.array(seen), len(seen)


def objective(matrix: np.ndarray, bias: float) -> float:
    """J = E[length] of a linear policy in float64, by the sum over all sequences of pushes."""
    total = 0.0
    for actions in itertools.product((0, 1), repeat=HORIZON):
        seen, length = trajectory(actions)
        right = 1 / (1 + np.exp(-(seen.astype(np.float64) @ matrix + bias)))
        played = np.array(actions[:length])
        probability = np.prod(np.where(played, right, 1 - right))
        total += probability * 0.5 ** (HORIZON - length) * length  # sequences that share a fall
    return total


def expected_update(network: Network, episodes: dict, use_baseline: bool) -> np.ndarray:
    """The mean update over all pairs of `episodes`: actions -> (observations, probability)."""
    expected = np.zeros(5)
    for pair in itertools.product(episodes, repeat=2):
        alive, actions = np.zeros((HORIZON, 2), bool), np.zeros((HORIZON, 2), bool)
        observations = np.zeros((HORIZON, 2, 4), np.float32)
        for i, played in enumerate(pair):
            length = len(played)
            alive[:length, i], actions[:length, i] = True, played
            observations[:length, i] = episodes[played][0]
        worth = reinforce.returns_to_go(alive, 1.0)
        if use_baseline:
            worth -= reinforce.leave_one_out(worth, alive)
        logits = network.forward(observations[alive])[0]
        gradient = reinforce.loss_gradient(logits, actions[alive], worth[alive])
        network.backward(gradient[None])
        expected -= episodes[pair[0]][1] * episodes[pair[1]][1] * network.gradient  # ascent
    return expected


@pytest.mark.parametrize("use_baseline", [False, True])
def test_expected_update_is_the_true_gradient(
    use_baseline: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All pairs of episodes with their probabilities, against central differences of J."""
    monkeypatch.setattr(reinforce, "NUM_EPISODES", 2)
    network = Network(np.random.default_rng(0), (), output_gains=(1.0,))
    network.weights[:] = [0.4, -0.3, 2.0, 0.5, 0.1]
    matrix, bias = network.weights[:4].astype(np.float64), float(network.weights[4])

    episodes = {}  # distinct ones, with their probability
    for actions in itertools.product((0, 1), repeat=HORIZON):
        seen, length = trajectory(actions)
        right = 1 / (1 + np.exp(-(seen @ matrix + bias)))
        played = actions[:length]
        probability = float(np.prod(np.where(played, right, 1 - right)))
        episodes[played] = seen, probability
    assert sum(p for _, p in episodes.values()) == pytest.approx(1)
    assert len({len(played) for played in episodes}) > 1  # the return depends on the pushes

    expected = expected_update(network, episodes, use_baseline)
    h = 1e-5
    true = [
        (
            objective(matrix + h * e[:4], bias + h * e[4])
            - objective(matrix - h * e[:4], bias - h * e[4])
        )
        / (2 * h)
        for e in np.eye(5)
    ]
    assert np.abs(true).max() > 0.01
    assert expected == pytest.approx(np.array(true), abs=2e-6)


def test_the_baseline_lowers_the_variance() -> None:
    """Of the step's size at the start of training, over 200 batches."""
    rng = np.random.default_rng(0)
    network = Network(rng, (16,), output_gains=(0.01,))
    steps: dict[bool, list[np.ndarray]] = {False: [], True: []}
    for _ in range(200):
        observations, actions, alive = reinforce.play(World(), network.policy(), 16, rng)
        returns = reinforce.returns_to_go(alive, 0.98)
        for use_baseline in steps:
            worth = returns - reinforce.leave_one_out(returns, alive) * use_baseline
            logits = network.forward(observations[alive])[0]
            gradient = reinforce.loss_gradient(logits, actions[alive], worth[alive])
            network.backward(gradient[None])
            steps[use_baseline].append(network.gradient.copy())
    noise = {key: np.var(made, axis=0).sum() for key, made in steps.items()}
    assert noise[True] < 0.8 * noise[False]


def test_returns_to_go_by_hand() -> None:
    alive = np.array([[True, True], [True, False], [True, False]])
    expected = [[1 + 0.5 * (1 + 0.5), 1], [1.5, 0], [1, 0]]
    assert reinforce.returns_to_go(alive, 0.5).tolist() == expected


def test_leave_one_out_by_hand() -> None:
    alive = np.array([[True, True, True], [True, True, False], [True, False, False]])
    returns = np.array([[6.0, 2.0, 1.0], [3.0, 1.0, 0.0], [2.0, 0.0, 0.0]])
    baseline = reinforce.leave_one_out(returns, alive)
    assert baseline[alive].tolist() == [1.5, 3.5, 4.0, 1.0, 3.0, 0.0]


def test_episodes_end_once() -> None:
    network = Network(np.random.default_rng(0), (16,), output_gains=(0.01,))
    observations, actions, alive = reinforce.play(
        World(), network.policy(), 16, np.random.default_rng(1)
    )
    assert observations.shape == (*actions.shape, 4)
    assert alive.shape == actions.shape
    assert alive[0].all()
    assert (np.diff(alive.astype(int), axis=0) <= 0).all()  # once over, it stays over
    leaning = np.abs(observations[..., 2]) > dynamics.ANGLE_LIMIT
    assert not (leaning & alive).any()
