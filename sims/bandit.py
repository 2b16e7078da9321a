"""Machines that pay with unknown chances: explore to find the best, exploit to be paid.

Regret is what was lost against always pulling the best machine: the sum over pulls of its gap.

    epsilon_greedy   the best so far; in a share epsilon of the pulls, any machine
    ucb1             the highest mean + sqrt(2 ln t / n), n pulls of it so far (Auer et al., 2002)
    thompson         one draw from each machine's Beta posterior; the highest is pulled
    gradient         a softmax policy and REINFORCE with a running mean as baseline (Williams, 1992)

A method that explores at a fixed rate loses at a fixed rate. No method that is good on every
bandit can lose less, in the long run, than the bound of Lai and Robbins (1985), whose growth is
logarithmic:

    regret(t) / ln t >= sum of gap / KL(machine || best)    as t goes to infinity

It bounds the slope, not the curve: a good method may lie below the line at first.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sims.spec import Frame, column, param

METHODS = ("epsilon_greedy", "ucb1", "thompson", "gradient")
NUM_LOOKS = 60  # frames of each method, evenly spaced over the pulls


@dataclass(frozen=True)
class Params:
    method: str = param(
        "all",
        choices=("all", "epsilon_greedy", "ucb1", "thompson", "gradient"),
        help="how the next machine is chosen: one way, or all four side by side",
    )
    epsilon: float = param(
        0.1, low=0.0, high=1.0, step=0.01, help="share of pulls that explore, in epsilon_greedy"
    )
    learning_rate: float = param(
        0.2, low=0.01, high=2.0, step=0.01, help="step size on the logits, in gradient"
    )
    use_baseline: bool = param(True, help="gradient: subtract the mean reward so far")
    num_arms: int = param(3, low=2, high=10, step=1, unit="machines", help="to choose from")
    best: float = param(0.8, low=0.1, high=0.95, step=0.05, help="chance that the best one pays")
    spread: float = param(
        0.6, low=0.05, high=0.9, step=0.05, help="best minus worst; the others lie evenly between"
    )
    num_pulls: int = param(
        2_000, low=100, high=10_000, step=100, unit="pulls", help="length of one game"
    )
    num_games: int = param(
        200, low=1, high=1_000, step=1, unit="games", help="games of each method, averaged"
    )
    seed: int = param(0, low=0, high=1_000_000, step=1, help="start of every random number")


class Columns:
    method: str = column("the way of choosing, or lower_bound: the bound of Lai and Robbins")
    pulls: int = column("of one game so far", unit="pulls")
    regret: float = column(
        "wins lost against always pulling the best machine, mean over games", unit="wins"
    )
    best_rate: float = column("share of all pulls that went to the best machine; 1 for the bound")
    methods: list = column("names of the rows of arm_rates")
    arm_rates: list = column(
        "of each method, the share of its pulls that each machine got, the best one last"
    )
    win_rates: list = column("chance that each machine pays, the truth")


class Games:
    """Many games of one method, played side by side: counts, wins and logits are (N, K)."""

    def __init__(self, method: str, params: Params, rng: np.random.Generator) -> None:
        shape = (params.num_games, params.num_arms)
        self.method, self.params, self.rng = method, params, rng
        self.rates = win_rates(params)
        self.counts, self.wins, self.logits = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        self.rows, self.num_pulls = np.arange(shape[0]), 0
        self.regret = 0.0  # mean over games

    def pull(self) -> None:
        """One pull of every game."""
        self.num_pulls += 1
        arms = self._choose()
        rewards = (self.rng.random(len(arms)) < self.rates[arms]).astype(float)
        if self.method == "gradient":
            self.logits += self.params.learning_rate * self._push(arms, rewards)
        self.counts[self.rows, arms] += 1
        self.wins[self.rows, arms] += rewards
        self.regret += float((self.rates.max() - self.rates[arms]).mean())

    def _choose(self) -> np.ndarray:
        if self.method == "thompson":
            return self.rng.beta(1 + self.wins, 1 + self.counts - self.wins).argmax(axis=1)
        if self.method == "gradient":
            upper = softmax(self.logits).cumsum(axis=1)
            return (self.rng.random((len(upper), 1)) > upper[:, :-1]).sum(axis=1)
        if self.num_pulls <= self.params.num_arms:  # one pull of each first
            return np.full(len(self.rows), self.num_pulls - 1)
        means = self.wins / self.counts
        if self.method == "ucb1":
            return (means + np.sqrt(2 * np.log(self.num_pulls - 1) / self.counts)).argmax(axis=1)
        explores = self.rng.random(len(self.rows)) < self.params.epsilon
        anything = self.rng.integers(self.params.num_arms, size=len(self.rows))
        return np.where(explores, anything, means.argmax(axis=1))

    def _push(self, arms: np.ndarray, rewards: np.ndarray) -> np.ndarray:
        past = np.maximum(self.counts.sum(axis=1), 1)
        baseline = self.wins.sum(axis=1) / past if self.params.use_baseline else 0.0
        return (rewards - baseline)[:, None] * score(softmax(self.logits), arms)


def run(params: Params) -> Iterator[Frame]:
    """A frame for each method at each look, the methods in turn, and one of the bound.

    What the scene draws is the same in every frame of a look.
    """
    rates = win_rates(params)
    seeds = zip(METHODS, np.random.SeedSequence(params.seed).spawn(len(METHODS)), strict=True)
    chosen = [pair for pair in seeds if params.method in ("all", pair[0])]
    games = [Games(method, params, np.random.default_rng(seed)) for method, seed in chosen]
    slope, step = lai_robbins(rates), 0
    for look in range(1, NUM_LOOKS + 1):
        pulls = round(look * params.num_pulls / NUM_LOOKS)
        for game in games:
            while game.num_pulls < pulls:
                game.pull()
        bound = min(slope * float(np.log(pulls)), float(rates.max() - rates.min()) * pulls)
        shares = [(game.counts.mean(axis=0) / pulls).tolist() for game in games]
        curves = [(g.method, g.regret, each[-1]) for g, each in zip(games, shares, strict=True)]
        for method, regret, best_rate in [*curves, ("lower_bound", bound, 1.0)]:
            yield {
                "step": step,
                "method": method,
                "pulls": pulls,
                "regret": regret,
                "best_rate": best_rate,
                "methods": [game.method for game in games],
                "arm_rates": shares,
                "win_rates": rates.tolist(),
                "progress": look / NUM_LOOKS,
            }
            step += 1


def win_rates(params: Params) -> np.ndarray:
    """Chance (K,) that each machine pays, from the worst to the best; never below 0.02."""
    worst = max(0.02, params.best - params.spread)
    return np.linspace(worst, params.best, params.num_arms)


def lai_robbins(rates: np.ndarray) -> float:
    """The factor of ln t in the bound: sum over worse machines of gap / KL(machine || best)."""
    best, worse = rates.max(), rates[rates < rates.max()]
    kl = worse * np.log(worse / best) + (1 - worse) * np.log((1 - worse) / (1 - best))
    return float(((best - worse) / kl).sum())


def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities of logits (…, K)."""
    weights = np.exp(logits - logits.max(axis=-1, keepdims=True))  # exp cannot overflow
    return weights / weights.sum(axis=-1, keepdims=True)


def score(probs: np.ndarray, arms: np.ndarray) -> np.ndarray:
    """d log pi(arm) / d logits = onehot(arm) - pi, for probabilities (N, K) and arms (N,)."""
    return np.eye(probs.shape[-1])[arms] - probs
