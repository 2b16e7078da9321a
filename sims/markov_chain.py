"""A chain of states with a prize at either end: the smallest problem with a future.

The agent stands next to the left end. A step into an end pays that end's reward and stops; with
chance `slip` a step goes the other way. The discount gamma says what a later reward is worth now.

    value iteration   V(s) <- max_a sum_s' P(s' | s, a) [r(s') + gamma V(s')], again and again
    linear solve      V = (I - gamma P_pi)^-1 r_pi, one equation a state, for a policy that is fixed

Each sweep of the first shrinks the error by gamma at least (Sutton and Barto, 2018). The second,
with the policy improved until nothing changes, gives the exact answer without any sweep.

    discount   how going left and going right compare as gamma rises from 0 to 0.99: solved, and
               as the mean of sampled walks
    sweeps     value iteration at one gamma, against the linear solve
    visits     walk on and on, starting over at each end: visit frequencies against the stationary
               distribution d = d P_pi
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sims.spec import Frame, column, param

LEFT, RIGHT = 0, 1
START = 1  # next to the left end
DISCOUNTS = tuple(k / 100 for k in range(100))
SETTLED = 1e-9  # value iteration stops when no value changes by more
NUM_WALKS = 400  # that are averaged beside the exact worth of a way to go
NUM_LOOKS = 60  # frames of a walk, evenly spaced in the logarithm of its length


@dataclass(frozen=True)
class Params:
    show: str = param(
        "discount",
        choices=("discount", "sweeps", "visits"),
        help="vary the discount, watch value iteration, or count visits",
    )
    num_states: int = param(5, low=3, high=12, step=1, unit="states", help="length of the chain")
    left_reward: float = param(0.3, low=0.0, high=1.0, step=0.05, help="what the left end pays")
    right_reward: float = param(1.0, low=0.0, high=1.0, step=0.05, help="what the right end pays")
    slip: float = param(
        0.1, low=0.0, high=0.5, step=0.05, help="chance that a step goes the other way"
    )
    gamma: float = param(
        0.8, low=0.0, high=0.99, step=0.01, help="discount, unless it is what varies"
    )
    num_steps: int = param(
        10_000, low=100, high=100_000, step=100, unit="steps", help="length of the walk"
    )
    seed: int = param(0, low=0, high=1_000_000, step=1, help="the slips of walks")


class Columns:
    gamma: float = column("discount")
    values: list = column("of each state, for the scene")
    actions: list = column("of the best policy in each state: -1 left, 1 right, 0 at an end")
    rewards: list = column("what the two ends pay")
    frequencies: list = column("share of the time in each state; zeros unless visits are counted")
    stationary: list = column("the stationary distribution; zeros unless visits are counted")
    go_left: float = column(
        "value of always going left, from the start", when={"show": ("discount",)}
    )
    go_right: float = column(
        "value of always going right, from the start", when={"show": ("discount",)}
    )
    sampled_left: float = column(
        "mean return of sampled walks to the left", when={"show": ("discount",)}
    )
    sampled_right: float = column(
        "mean return of sampled walks to the right", when={"show": ("discount",)}
    )
    value: float = column(
        "of the start under the best policy, as far as it is known",
        when={"show": ("discount", "sweeps")},
    )
    exact_value: float = column("of the start under the best policy", when={"show": ("sweeps",)})
    error: float = column("of the values, largest over states", when={"show": ("sweeps",)})
    bound: float = column(
        "gamma to the number of sweeps, times the first error", when={"show": ("sweeps",)}
    )
    num_visits: int = column("steps of the walk so far", unit="steps", when={"show": ("visits",)})
    distance: float = column(
        "total variation between frequencies and stationary distribution",
        when={"show": ("visits",)},
    )
    at_start: float = column("share of the time at the start", when={"show": ("visits",)})
    exact_at_start: float = column(
        "the same in the stationary distribution", when={"show": ("visits",)}
    )


@dataclass(frozen=True)
class Chain:
    """Dynamics (2, S, S) with LEFT and RIGHT first, where the ends lead nowhere; pay (2, S)."""

    dynamics: np.ndarray
    pay: np.ndarray  # expected reward of an action in a state


def run(params: Params) -> Iterator[Frame]:
    """One frame for each discount, each sweep, or each look at the walk."""
    chain = build(params)
    make = {"discount": _discounts, "sweeps": _sweeps, "visits": _visits}[params.show]
    for step, frame in enumerate(make(chain, params)):
        yield {"step": step, **frame}


def build(params: Params) -> Chain:
    """The chain as arrays."""
    count = params.num_states
    dynamics, prizes = np.zeros((2, count, count)), np.zeros(count)
    prizes[0], prizes[-1] = params.left_reward, params.right_reward
    for state in range(1, count - 1):
        for action, ahead in ((LEFT, -1), (RIGHT, 1)):
            dynamics[action, state, state + ahead] += 1 - params.slip
            dynamics[action, state, state - ahead] += params.slip
    return Chain(dynamics, dynamics @ prizes)


def worth(chain: Chain, values: np.ndarray, gamma: float) -> np.ndarray:
    """Q (2, S): what each action pays now, plus gamma times the value of where it leads."""
    return chain.pay + gamma * chain.dynamics @ values


def solve(chain: Chain, actions: np.ndarray, gamma: float) -> np.ndarray:
    """V (S,) of a fixed policy, by one linear equation a state."""
    states = np.arange(len(actions))
    moves, pay = chain.dynamics[actions, states], chain.pay[actions, states]
    return np.linalg.solve(np.eye(len(actions)) - gamma * moves, pay)


def best_policy(chain: Chain, gamma: float) -> tuple[np.ndarray, np.ndarray]:
    """(actions, V): improve and solve until nothing changes; a tie keeps the action it had."""
    actions = np.zeros(chain.pay.shape[1], np.int64)
    while True:
        values = solve(chain, actions, gamma)
        q = worth(chain, values, gamma)
        better = q.max(axis=0) > q[actions, np.arange(len(actions))] + 1e-12
        if not better.any():
            return actions, values
        actions = np.where(better, q.argmax(axis=0), actions)


def stationary(moves: np.ndarray) -> np.ndarray:
    """d (S,) with d = d P and sum 1, for a chain (S, S) that has one such distribution."""
    count = len(moves)
    system = np.vstack([moves.T - np.eye(count), np.ones(count)])
    return np.linalg.lstsq(system, np.eye(count + 1)[-1], rcond=None)[0].clip(min=0.0)


def _scene(params: Params, gamma: float, values: np.ndarray, actions: np.ndarray) -> Frame:
    signs = np.where(actions == RIGHT, 1, -1)
    signs[[0, -1]] = 0
    nothing = [0.0] * params.num_states
    return {
        "gamma": gamma,
        "values": values.tolist(),
        "actions": signs.tolist(),
        "rewards": [params.left_reward, params.right_reward],
        "frequencies": nothing,
        "stationary": nothing,
    }


def sample_walks(
    params: Params, action: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Steps to an end and what it paid, each (NUM_WALKS,), for walks that always try `action`."""
    places = np.full(NUM_WALKS, START)
    lengths, last = np.zeros(NUM_WALKS, np.int64), params.num_states - 1
    while (going := (places > 0) & (places < last)).any():
        ahead = np.where(rng.random(NUM_WALKS) < params.slip, -1, 1) * (
            1 if action == RIGHT else -1
        )
        places, lengths = places + ahead * going, lengths + going
    return lengths, np.where(places == 0, params.left_reward, params.right_reward)


def mean_return(lengths: np.ndarray, prizes: np.ndarray, gamma: float) -> float:
    """Mean of gamma^t r over walks whose only reward comes with their last step, t = length - 1."""
    return float((gamma ** (lengths - 1.0) * prizes).mean())


def _discounts(chain: Chain, params: Params) -> Iterator[Frame]:
    rng, count = np.random.default_rng(params.seed), params.num_states
    walks = {way: sample_walks(params, way, rng) for way in (LEFT, RIGHT)}
    for gamma in DISCOUNTS:
        actions, values = best_policy(chain, gamma)
        yield {
            **_scene(params, gamma, values, actions),
            "go_left": float(solve(chain, np.full(count, LEFT), gamma)[START]),
            "go_right": float(solve(chain, np.full(count, RIGHT), gamma)[START]),
            "sampled_left": mean_return(*walks[LEFT], gamma),
            "sampled_right": mean_return(*walks[RIGHT], gamma),
            "value": float(values[START]),
            "progress": gamma / DISCOUNTS[-1],
        }


def _sweeps(chain: Chain, params: Params) -> Iterator[Frame]:
    gamma = params.gamma
    exact = best_policy(chain, gamma)[1]
    values, change, sweep = np.zeros_like(exact), 1.0, 0
    first_error = float(np.abs(exact).max())
    while change > SETTLED:
        q = worth(chain, values, gamma)
        error = float(np.abs(values - exact).max())
        following = q.max(axis=0)
        change = float(np.abs(following - values).max())
        yield {
            **_scene(params, gamma, values, q.argmax(axis=0)),
            "value": float(values[START]),
            "exact_value": float(exact[START]),
            "error": error,
            "bound": gamma**sweep * first_error,
            "progress": 1.0 if change <= SETTLED else min(0.99, 1 - error / (first_error or 1.0)),
        }
        values, sweep = following, sweep + 1


def restarting(chain: Chain, actions: np.ndarray) -> np.ndarray:
    """P_pi (S, S) of a walk that starts over after each end."""
    moves = chain.dynamics[actions, np.arange(len(actions))].copy()
    moves[[0, -1], START] = 1.0
    return moves


def _visits(chain: Chain, params: Params) -> Iterator[Frame]:
    actions, values = best_policy(chain, params.gamma)
    moves = restarting(chain, actions)
    exact = stationary(moves)
    upper = moves.cumsum(axis=1)
    upper[:, -1] = 1.0  # rounding must leave no gap above
    looks = np.unique(np.geomspace(1, params.num_steps, NUM_LOOKS).astype(int))
    counts, state, done = np.zeros(len(moves)), START, 0
    rng = np.random.default_rng(params.seed)
    for look in looks:
        for uniform in rng.random(look - done):
            state = int(np.searchsorted(upper[state], uniform, side="right"))
            counts[state] += 1
        done = int(look)
        seen = counts / done
        yield {
            **_scene(params, params.gamma, values, actions),
            "frequencies": seen.tolist(),
            "stationary": exact.tolist(),
            "num_visits": done,
            "distance": float(np.abs(seen - exact).sum() / 2),
            "at_start": float(seen[START]),
            "exact_at_start": float(exact[START]),
            "progress": done / params.num_steps,
        }
