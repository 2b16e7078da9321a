"""TAMER: a trainer says good or bad, and the agent does what it thinks will please (Knox, 2008).

Nobody writes a reward. A trainer watches cart-pole in slow motion and now and then sends +1 or -1
for a push seen some steps ago; signals come late, and some are wrong. The agent fits a model H of
what the trainer would say and pushes where H is higher:

    H(s, a) = a w . [1, s],    a = +1 right or -1 left: praise for one push is blame for the other
    h = sum_k c_k H(s_t-k, a_t-k),    what a signal h is taken to mean

The trainer's delay is not known, so the credit c is spread over the steps that may be meant (Knox
and Stone, 2009, for a trainer in real time). H is fitted by least squares with a small ridge, to
all signals so far. It looks one push ahead and needs no return: the trainer has looked ahead.

This trainer is a formula that balances (sims.cartpole.control) and pretends to be a person. Beside
it learns a policy gradient from the reward that is written by hand, 1 for each step upright.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sims import cartpole
from sims.cartpole.control import linear_gain
from sims.cartpole.environment import Carts, World
from sims.cartpole.evaluation import greedy_return
from sims.cartpole.policy import NetworkPolicy
from sims.spec import Frame, column, param

SCALE = np.array([1.0, 1.0, 0.1, 1.0])  # m, m/s, rad, rad/s: brings the four numbers to one size
RIDGE = 0.1  # as if each weight had been seen to be 0 in a tenth of a signal
LOOK_EVERY = 50  # environment steps between two frames
NUM_JUDGED = 10  # episodes that judge a policy


@dataclass(frozen=True)
class Params:
    delay: int = param(
        2, low=0, high=20, step=1, unit="steps", help="how late a signal comes, give or take half"
    )
    noise: float = param(
        0.1, low=0.0, high=0.5, step=0.05, help="share of the signals that are wrong"
    )
    signal_rate: float = param(
        0.25, low=0.05, high=1.0, step=0.05, help="share of the pushes that get a signal"
    )
    credit: str = param(
        "window",
        choices=("window", "last"),
        help="what a signal is about: any push it may mean, or the last one before it",
    )
    num_steps: int = param(
        1_000, low=100, high=10_000, step=100, unit="environment steps", help="with the trainer"
    )
    beside: str = param(
        "ppo",
        choices=("none", "reinforce_baseline", "ppo"),
        help="who learns from the hand-written reward",
    )
    seed: int = param(0, low=0, high=1_000_000, step=1, help="start of every random number")


class Columns:
    method: str = column("tamer, or the algorithm beside it")
    env_steps: int = column("so far", unit="steps")
    signals: int = column("of the trainer so far; 0 for the algorithm beside it")
    greedy_return: float = column("of 10 fresh episodes, mean", unit="steps")
    agreement: float = column(
        "share of the last pushes that the trainer liked, before slips; 0 beside"
    )
    poses: list = column(
        "[x in metres, theta in radians] at 25 Hz; empty for the algorithm beside it"
    )


class Model:
    """H, as normal equations over all signals: `weights` (5,) of [1, s]."""

    def __init__(self) -> None:
        self.squares, self.sums = RIDGE * np.eye(5), np.zeros(5)
        self.weights = np.zeros(5)

    def learn(self, mixed: np.ndarray, signal: float) -> None:
        """`mixed` (5,): the features of the pushes that a signal may mean, weighed by credit."""
        self.squares += np.outer(mixed, mixed)
        self.sums += signal * mixed
        self.weights = np.linalg.solve(self.squares, self.sums)

    def policy(self) -> NetworkPolicy:
        """Right where H(s, right) > H(s, left): linear in the state."""
        matrix = (self.weights[1:] / SCALE).astype(np.float32).reshape(4, 1)
        return NetworkPolicy(((matrix, self.weights[:1].astype(np.float32)),))


def run(params: Params) -> Iterator[Frame]:
    """One frame every LOOK_EVERY steps with the trainer, then those of the hand-written reward."""
    part = 1.0 if params.beside == "none" else 0.6  # of the whole, as far as it can be foreseen
    step = 0
    for frame in _trained(params):
        yield {"step": step, **frame, "progress": part * frame["env_steps"] / params.num_steps}
        step += 1
    if params.beside == "none":
        return
    settings = cartpole.Params(algorithm=params.beside, num_steps=50_000, seed=params.seed)
    for frame in cartpole.run(settings):
        yield {
            "step": step,
            "method": params.beside,
            "env_steps": frame["env_steps"],
            "signals": 0,
            "greedy_return": frame["greedy_return"],
            "agreement": 0.0,
            "poses": [],
            "progress": part + (1 - part) * frame["progress"],
        }
        step += 1


def features(state: np.ndarray, action: int) -> np.ndarray:
    """a [1, s] (5,) of a state (4,) and a push, 1 to the right or 0 to the left."""
    return np.array([1.0, *(state / SCALE)]) * (1 if action else -1)


def delays(delay: int) -> tuple[int, int]:
    """The least and the most steps by which a signal may be late."""
    return delay - delay // 2, delay + delay // 2


def credit_window(delay: int, credit: str) -> np.ndarray:
    """c (K,): how much of a signal is about the push k steps before it; the sum is 1."""
    least, most = delays(delay) if credit == "window" else (0, 0)
    window = np.zeros(most + 1)
    window[least:] = 1 / (most + 1 - least)
    return window


def _trained(params: Params) -> Iterator[Frame]:
    training, trainer, show = (
        np.random.default_rng(child) for child in np.random.SeedSequence(params.seed).spawn(3)
    )
    world, gains = World(), np.array(linear_gain())
    carts, model = Carts(1, training, world), Model()
    window, (least, most) = credit_window(params.delay, params.credit), delays(params.delay)
    seen: list[np.ndarray] = []  # features of every push so far
    due: dict[int, list[float]] = {}  # signals by the step at which they arrive
    signals, liked = 0, [0.0]
    for t in range(params.num_steps + 1):
        if t % LOOK_EVERY == 0 or t == params.num_steps:
            mean_return, poses = greedy_return(model.policy(), NUM_JUDGED, show, world)
            yield {
                "method": "tamer",
                "env_steps": t,
                "signals": signals,
                "greedy_return": mean_return,
                "agreement": float(np.mean(liked[-LOOK_EVERY:])),
                "poses": poses,
            }
        state = carts.state[:, 0]
        action = int(model.policy().greedy(state[None].astype(np.float32))[0])
        seen.append(features(state, action))
        carts.step(np.array([action]))

        is_good = bool(action) == bool(gains @ state > 0)
        liked.append(float(is_good))
        if trainer.random() < params.signal_rate:
            is_said_good = is_good ^ (trainer.random() < params.noise)
            arrival = t + int(trainer.integers(least, most + 1))
            due.setdefault(arrival, []).append(1.0 if is_said_good else -1.0)
        for signal in due.pop(t, []):
            recent = np.array(seen[-len(window) :][::-1])  # the last push first
            model.learn(window[: len(recent)] @ recent, signal)
            signals += 1
