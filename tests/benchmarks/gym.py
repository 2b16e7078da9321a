"""Returns in two environments of Gymnasium, beside the published ones of rl-baselines3-zoo.

The zoo's figures are those of its benchmark.md for PPO: CartPole-v1 500.00 after 100,000 steps,
Acrobot-v1 -73.51 (deviation 18.20) after 1,000,000. Ours have 100,000 steps in both; the mean of
100 greedy episodes on environments of gymnasium.make_vec, the median over seeds.
"""

import statistics
from typing import Any

from sims import cartpole
from sims.cartpole import any_world

SEEDS = range(3)
NUM_EPISODES = 100
ZOO = {"CartPole-v1": 500.0, "Acrobot-v1": -73.51}  # mean returns
LEAST = {"CartPole-v1": 475.0, "Acrobot-v1": -100.0}  # the thresholds of the two environments


def measure() -> list[dict[str, Any]]:
    """A row for each environment."""
    return [_row(env_id) for env_id in ZOO]


def _row(env_id: str) -> dict[str, Any]:
    returns = []
    for seed in SEEDS:
        policy = cartpole.train(cartpole.Params(algorithm="ppo", env_id=env_id, seed=seed))
        returns.append(any_world.greedy_return(policy, env_id, NUM_EPISODES, seed + 1_000))
    ours, peer = statistics.median(returns), ZOO[env_id]
    return {
        "what": f"{env_id}: mean return of PPO, 100,000 steps, beside rl-baselines3-zoo",
        "ours": round(ours, 1), "peer": peer, "ratio": round(ours / peer, 2),
        "budget": f">= {LEAST[env_id]:g}", "ok": ours >= LEAST[env_id],
    }  # fmt: skip
