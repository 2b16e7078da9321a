"""A thermostat is a policy with one number: the temperature at which the heater is switched.

The room loses warmth to the outside and gains it from the heater, one decision every 6 minutes:

    T <- T + dt [-k (T - T_out) + h a] + noise,    kept on a grid of half degrees Fahrenheit

The task, 1 point for each step within 2 degrees of 70, is the book's (Lambert, 2025); the room is
ours. On the grid every chance is a number, so the worth of any switch point is a sum, not an
estimate, and so is the probability of a trajectory, term by term:

    log p(tau) = log p(s_0) + sum_t log pi(a_t | s_t) + sum_t log P(s_t+1 | s_t, a_t)

The policy is pi(on | T) = sigmoid((switch_point - T) / softness). Only its terms hold the switch
point, so REINFORCE (Williams, 1992) finds the best one without knowing the room.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sims.spec import Frame, column, param

GRID = np.arange(30.0, 120.5, 0.5)  # degrees F that the room can have
STEP_HOURS = 0.1
LOSS_RATE = 0.5  # k, per hour
STARTS = np.flatnonzero(np.abs(GRID - 60.0) <= 1.0)  # p(s_0) is uniform on 59 … 61
IN_BAND = (np.abs(GRID - 70.0) <= 2.0).astype(float)  # the reward of being at each temperature
NUM_DECISIONS = 60  # six hours
SWITCH_POINTS = np.arange(55.0, 85.25, 0.25)  # the best is looked for among these
NUM_EPISODES = 64  # of one update


@dataclass(frozen=True)
class Params:
    show: str = param(
        "learning",
        choices=("learning", "trajectory"),
        help="learn the switch point, or follow one trajectory and its probability",
    )
    switch_point: float = param(
        64.0, low=58.0, high=82.0, step=0.5, unit="°F", help="where learning starts from"
    )
    softness: float = param(
        1.0, low=0.2, high=3.0, step=0.1, unit="°F", help="how far from the switch point it wavers"
    )
    heater: float = param(
        25.0, low=16.0, high=60.0, step=1.0, unit="°F/h", help="how fast the heater warms the room"
    )
    outside: float = param(
        40.0, low=20.0, high=60.0, step=1.0, unit="°F", help="the temperature outside"
    )
    noise: float = param(
        0.5, low=0.25, high=2.0, step=0.25, unit="°F", help="draughts: what the dynamics leave open"
    )
    learning_rate: float = param(
        10.0, low=1.0, high=100.0, step=1.0, unit="°F", help="step size on the switch point"
    )
    num_steps: int = param(80, low=1, high=500, step=1, unit="updates", help="length of training")
    seed: int = param(0, low=0, high=1_000_000, step=1, help="start of every random number")


class Columns:
    switch_point: float = column("learned so far, or that of the trajectory", unit="°F")
    best_switch_point: float = column("the best of all", unit="°F", when={"show": ("learning",)})
    comfort: float = column(
        "share of the steps in the band, of this batch", when={"show": ("learning",)}
    )
    exact_comfort: float = column(
        "the same of this switch point, exact", when={"show": ("learning",)}
    )
    best_comfort: float = column("the same of the best switch point", when={"show": ("learning",)})
    gradient: float = column(
        "of comfort, estimated from the batch", unit="1/°F", when={"show": ("learning",)}
    )
    time: float = column("since the start", unit="hours", when={"show": ("trajectory",)})
    temperature: float = column("of the room", unit="°F", when={"show": ("trajectory",)})
    heater: int = column("1 when it is on, 0 when it is off", when={"show": ("trajectory",)})
    log_policy: float = column(
        "log-probability of the actions so far", unit="nats", when={"show": ("trajectory",)}
    )
    log_dynamics: float = column(
        "log-probability of the temperatures so far", unit="nats", when={"show": ("trajectory",)}
    )
    log_prob: float = column(
        "of the trajectory so far, its first state included",
        unit="nats",
        when={"show": ("trajectory",)},
    )
    temperatures: list = column("of one trajectory, for the scene, in °F")
    heater_on: list = column("1 or 0 for each step of it")


@dataclass(frozen=True)
class Episodes:
    """N trajectories: `states` (N, T + 1) as places on GRID, `actions` (N, T), 1 for on."""

    states: np.ndarray
    actions: np.ndarray


def run(params: Params) -> Iterator[Frame]:
    """Learning: one frame an update. Trajectory: one frame a decision."""
    rng = np.random.default_rng(params.seed)
    dynamics = transitions(params)
    if params.show == "trajectory":
        yield from _follow(params, dynamics, rng)
        return
    worth = comfort(SWITCH_POINTS, params.softness, dynamics)
    best, switch_point = int(worth.argmax()), params.switch_point
    for step in range(params.num_steps):
        episodes = play(switch_point, params.softness, dynamics, NUM_EPISODES, rng)
        push = policy_gradient(episodes, switch_point, params.softness)
        yield {
            "step": step,
            "switch_point": switch_point,
            "best_switch_point": float(SWITCH_POINTS[best]),
            "comfort": float(IN_BAND[episodes.states[:, 1:]].mean()),
            "exact_comfort": float(comfort(np.array([switch_point]), params.softness, dynamics)[0]),
            "best_comfort": float(worth[best]),
            "gradient": push,
            "temperatures": GRID[episodes.states[0]].tolist(),
            "heater_on": episodes.actions[0].tolist(),
            "progress": (step + 1) / params.num_steps,
        }
        switch_point = float(np.clip(switch_point + params.learning_rate * push, 55.0, 85.0))


def transitions(params: Params) -> np.ndarray:
    """P(s' | s, a) as (2, S, S), off and on: the drift plus normal noise, read off at the grid."""
    flow = -LOSS_RATE * (GRID - params.outside) + params.heater * np.array([[0.0], [1.0]])
    after = GRID + STEP_HOURS * flow
    nearest = np.clip(after, GRID[0], GRID[-1])[:, :, None]
    density = np.exp(-0.5 * ((GRID - nearest) / params.noise) ** 2)
    return density / density.sum(axis=2, keepdims=True)


def heater_prob(switch_point: np.ndarray | float, softness: float, state: np.ndarray) -> np.ndarray:
    """pi(on | T) at places `state` of the grid."""
    return 1 / (1 + np.exp((GRID[state] - switch_point) / softness))


def comfort(switch_points: np.ndarray, softness: float, dynamics: np.ndarray) -> np.ndarray:
    """Exact share of steps in the band for each switch point (C,): backwards from the last step."""
    on = heater_prob(switch_points[:, None], softness, np.arange(len(GRID)))
    value = np.zeros_like(on)  # expected points still to come, by state (C, S)
    for _ in range(NUM_DECISIONS):
        reached = IN_BAND + value
        value = (1 - on) * (reached @ dynamics[0].T) + on * (reached @ dynamics[1].T)
    return value[:, STARTS].mean(axis=1) / NUM_DECISIONS


def play(
    switch_point: float, softness: float, dynamics: np.ndarray, count: int, rng: np.random.Generator
) -> Episodes:
    """`count` trajectories of the policy."""
    upper = dynamics.cumsum(axis=2)
    upper[:, :, -1] = 1.0  # rounding must leave no gap above
    states = np.empty((count, NUM_DECISIONS + 1), np.int64)
    actions = np.empty((count, NUM_DECISIONS), np.int64)
    states[:, 0] = rng.choice(STARTS, count)
    for t in range(NUM_DECISIONS):
        actions[:, t] = rng.random(count) < heater_prob(switch_point, softness, states[:, t])
        rows = upper[actions[:, t], states[:, t]]
        states[:, t + 1] = (rng.random((count, 1)) > rows).sum(axis=1)
    return Episodes(states, actions)


def policy_gradient(episodes: Episodes, switch_point: float, softness: float) -> float:
    """REINFORCE's estimate of d comfort / d switch point, less the other episodes' mean return.

    d log pi(a | T) / d switch_point = (a - pi(on | T)) / softness.
    """
    rewards = IN_BAND[episodes.states[:, 1:]]
    to_go = rewards[:, ::-1].cumsum(axis=1)[:, ::-1] / NUM_DECISIONS
    others = (to_go.sum(axis=0) - to_go) / (len(to_go) - 1)
    on = heater_prob(switch_point, softness, episodes.states[:, :-1])
    score = (episodes.actions - on) / softness
    return float(((to_go - others) * score).sum(axis=1).mean())


def log_terms(
    episodes: Episodes, switch_point: float, softness: float, dynamics: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    """log p(s_0), and log pi(a_t | s_t) and log P(s_t+1 | s_t, a_t), each (N, T), in nats."""
    before, after, actions = episodes.states[:, :-1], episodes.states[:, 1:], episodes.actions
    logit = (GRID[before] - switch_point) / softness
    policy = -np.logaddexp(0, np.where(actions == 1, logit, -logit))
    return -float(np.log(len(STARTS))), policy, np.log(dynamics[actions, before, after])


def _follow(params: Params, dynamics: np.ndarray, rng: np.random.Generator) -> Iterator[Frame]:
    episodes = play(params.switch_point, params.softness, dynamics, 1, rng)
    start, policy, physics = log_terms(episodes, params.switch_point, params.softness, dynamics)
    log_policy, log_dynamics = policy[0].cumsum(), physics[0].cumsum()
    temperatures, actions = GRID[episodes.states[0]].tolist(), episodes.actions[0].tolist()
    for step in range(NUM_DECISIONS):
        yield {
            "step": step,
            "time": (step + 1) * STEP_HOURS,
            "temperature": temperatures[step + 1],
            "heater": actions[step],
            "log_policy": float(log_policy[step]),
            "log_dynamics": float(log_dynamics[step]),
            "log_prob": start + float(log_policy[step] + log_dynamics[step]),
            "switch_point": params.switch_point,
            "temperatures": temperatures[: step + 2],
            "heater_on": actions[: step + 1],
            "progress": (step + 1) / NUM_DECISIONS,
        }
