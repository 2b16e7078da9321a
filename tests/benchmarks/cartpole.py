"""Cart-pole to "solved and confirmed": CPU seconds of our PPO beside stable-baselines3's.

Seed after seed, the trainers take turns in one process with one thread: ours with its own settings,
ours with the zoo's hyperparameters (with the observations scaled first, as is our default, and raw,
as the peer has them), and stable-baselines3 with the zoo's. All start from nothing and stop by the
same check: every 1,024 environment steps, 100 fresh greedy episodes must average 495. Each policy
is then confirmed on 100 environments of gymnasium.make (>= 475), which is not timed. The check's
time counts. As stable-baselines3 spends much of it in `predict`, each row is followed by one that
leaves the peer's checks out and keeps ours in.
"""

import importlib.util
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SEEDS = range(12)
NUM_STEPS = 100_000
MISSING = (
    "the cart-pole benchmark needs stable-baselines3: run `make bench`, "
    "or pip install --editable '.[bench]'"
)


def measure() -> list[dict[str, Any]]:
    """The rows of the budget table that concern cart-pole; RuntimeError without the peer."""
    if importlib.util.find_spec("stable_baselines3") is None:
        raise RuntimeError(MISSING)
    # a process of its own: the number of threads is fixed when NumPy and torch are first imported
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    done = subprocess.run(
        [sys.executable, "-P", __file__],  # else the peer takes gym.py beside it for a library
        env={**os.environ, **threads, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    return rows(json.loads(done.stdout.splitlines()[-1]))


def rows(runs: dict[str, list[dict[str, float]]]) -> list[dict[str, Any]]:
    """Medians over the seeds; a run that did not end solved and confirmed counts as it took."""

    def seconds(name: str, *, checks: bool = True) -> float:
        spent = [run["cpu"] - (0 if checks else run["check_cpu"]) for run in runs[name]]
        return statistics.median(spent)

    def row(what: str, name: str, least: float, *, checks: bool = True) -> dict[str, Any]:
        ours, peer = seconds(name), seconds("sb3", checks=checks)
        return {"what": what, "ours": round(ours, 3), "peer": round(peer, 3),
                "ratio": round(peer / ours, 1), "budget": f">= {least:g}x" if least else "",
                "ok": peer / ours >= least}  # fmt: skip

    def confirmed(what: str, name: str) -> dict[str, Any]:
        count = {key: sum(run["confirmed"] >= 475 for run in made) for key, made in runs.items()}
        total = len(runs[name])
        return {"what": what, "ours": f"{count[name]} of {total}",
                "peer": f"{count['sb3']} of {len(runs['sb3'])}", "ratio": "",
                "budget": ">= 9 of 10", "ok": count[name] >= 0.9 * total}  # fmt: skip

    trainers = [("fast", "own settings", 20), ("zoo", "zoo settings", 8), ("raw", "zoo, raw", 0)]
    made = []
    for name, words, least in trainers:
        made += [
            row(f"PPO, {words}: CPU s to solved", name, least),
            row(f"PPO, {words}: peer's checks left out", name, least, checks=False),
            confirmed(f"PPO, {words}: seeds confirmed", name),
        ]
    return made


def compare() -> dict[str, list[dict[str, float]]]:
    """All runs, in turns; the first turn of each, which pays for first imports, is thrown away."""
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in ("fast", "zoo", "raw", "sb3")}
    for kept, seed in [(False, 999), *((True, seed) for seed in SEEDS)]:
        num_steps = NUM_STEPS if kept else 2048
        turns = {
            "fast": ours("fast", seed, num_steps),
            "zoo": ours("zoo", seed, num_steps),
            "raw": ours("zoo", seed, num_steps, use_scaling=False),
            "sb3": stable_baselines3(seed, num_steps),
        }
        if kept:
            for name, made in turns.items():
                runs[name].append(made)
            told = "  ".join(f"{name} {made['cpu']:.3f} s" for name, made in turns.items())
            print(f"seed {seed}: {told}", file=sys.stderr)
    return runs


def ours(preset: str, seed: int, num_steps: int, use_scaling: bool = True) -> dict[str, float]:
    """One `train` of sims/cartpole, all of it timed."""
    from sims.cartpole import Params, train

    params = Params(
        algorithm="ppo", preset=preset, seed=seed, num_steps=num_steps, use_scaling=use_scaling
    )
    start = time.process_time()
    policy = train(params)
    spent = time.process_time() - start
    return {"cpu": spent, "check_cpu": 0.0, "confirmed": confirm(policy)}


def stable_baselines3(seed: int, num_steps: int) -> dict[str, float]:
    """The peer with the zoo's settings for CartPole-v1, stopped by our check."""
    import numpy as np
    import torch
    from stable_baselines3 import PPO
    from stable_baselines3.common.callbacks import BaseCallback
    from stable_baselines3.common.env_util import make_vec_env

    from sims.cartpole import CHECK_EVERY
    from sims.cartpole.environment import World
    from sims.cartpole.evaluation import is_solved

    torch.set_num_threads(1)
    rng = np.random.default_rng(seed)
    check_cpu, next_check, solved = 0.0, CHECK_EVERY, False

    class Greedy:
        def greedy(self, observations: np.ndarray) -> np.ndarray:
            return model.predict(observations, deterministic=True)[0]

    class Check(BaseCallback):
        def _on_rollout_start(self) -> None:  # right after the update before it
            nonlocal check_cpu, next_check, solved
            if self.num_timesteps >= next_check:
                begun, next_check = time.process_time(), self.num_timesteps + CHECK_EVERY
                solved = is_solved(Greedy(), rng, World())
                check_cpu += time.process_time() - begun

        def _on_step(self) -> bool:
            return not solved

    start = time.process_time()
    model = PPO(
        "MlpPolicy", make_vec_env("CartPole-v1", n_envs=8, seed=seed), seed=seed, device="cpu",
        n_steps=32, batch_size=256, n_epochs=20, gamma=0.98, gae_lambda=0.8, ent_coef=0.0,
        learning_rate=lambda left: 0.001 * left, clip_range=lambda left: 0.2 * left,
    )  # fmt: skip
    model.learn(num_steps, callback=Check())
    spent = time.process_time() - start
    return {"cpu": spent, "check_cpu": check_cpu, "confirmed": confirm(Greedy())}


def confirm(policy: Any, num_episodes: int = 100) -> float:
    """Mean return over fresh environments of gymnasium.make, stepped side by side."""
    import gymnasium as gym
    import numpy as np

    envs = [gym.make("CartPole-v1") for _ in range(num_episodes)]
    seen = np.array([env.reset(seed=70_000 + i)[0] for i, env in enumerate(envs)])
    running, total = list(range(num_episodes)), 0.0
    while running:
        actions = policy.greedy(seen[running])
        for i, action in zip(tuple(running), actions, strict=True):
            seen[i], reward, terminated, truncated, _ = envs[i].step(int(action))
            total += float(reward)
            if terminated or truncated:
                running.remove(i)
    return total / num_episodes


if __name__ == "__main__":
    print(json.dumps(compare()))
