"""PPO on any registered Gymnasium environment with a few discrete actions and a flat observation.

The same algorithm as in ppo.py, for more than two actions: a softmax over the actions in the place
of one logit, gradients by torch, and environments by `gymnasium.make_vec`. With autoreset in the
same step (Gymnasium 1.x) the observation after a step is that of the next episode already where
one has ended; `final_obs` is the one that was reached, and what a truncated episode is worth from
there on is estimated from it. A terminated one is worth nothing more.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gymnasium
import numpy as np
import torch
from gymnasium import spaces
from gymnasium.error import DependencyNotInstalled
from gymnasium.vector import AutoresetMode, VectorEnv
from torch import Tensor, nn

import sims.environments  # noqa: F401  registers ours
from sims.advantages import normalise
from sims.cartpole.policy import Predicts
from sims.cartpole.rollout import gae
from sims.cartpole.update import Update
from sims.nearest import nearest
from sims.spec import SpecError

MOST_ACTIONS, MOST_INPUTS = 100, 1_000
NUM_ENVS, ROLLOUT_STEPS, NUM_EPOCHS, NUM_BATCHES = 16, 64, 8, 4
LEARNING_RATE, GAE_LAMBDA, CLIP_EPS, ENTROPY_WEIGHT = 1e-3, 0.95, 0.2, 0.001
MAX_GRAD_NORM, VALUE_WEIGHT, HIDDEN = 0.5, 0.5, 64


def make(env_id: str, num_envs: int, **how: Any) -> VectorEnv:
    """`num_envs` environments of a registered id, which never names a module to import.

    Raises SpecError: an unknown id, actions or observations of another kind, a missing package.
    """
    if env_id not in gymnasium.registry:
        fix = "It names a module, and only registered ids are taken." if ":" in env_id else nearest(
            env_id, sorted(gymnasium.registry), "Try Acrobot-v1."
        )  # fmt: skip
        raise SpecError(f"there is no environment '{env_id[:60]}'. {fix}")
    how = {"vector_kwargs": {"autoreset_mode": AutoresetMode.SAME_STEP}, **how}
    try:
        envs = gymnasium.make_vec(env_id, num_envs, vectorization_mode="sync", **how)
    except (DependencyNotInstalled, ModuleNotFoundError) as error:
        raise SpecError(f"{env_id} needs a package that is not here: {error}") from None
    seen, acts = envs.single_observation_space, envs.single_action_space
    if not isinstance(acts, spaces.Discrete) or acts.n > MOST_ACTIONS:
        what = "discrete actions are supported, as Acrobot-v1 has them"
        raise SpecError(f"{env_id} has actions {acts}; up to {MOST_ACTIONS} {what}.")
    is_flat = isinstance(seen, spaces.Box) and len(seen.shape) == 1
    if not is_flat or spaces.flatdim(seen) > MOST_INPUTS:
        what = "a flat list of numbers is supported, no picture"
        raise SpecError(f"{env_id} has observations {str(seen)[:80]}; {what}.")
    return envs


@dataclass(frozen=True, eq=False)
class Scale:
    """What brings observations to mean 0 and deviation 1, as far as they were seen."""

    mean: np.ndarray
    deviation: np.ndarray

    def __call__(self, observations: np.ndarray) -> Tensor:
        made = (np.asarray(observations, np.float64) - self.mean) / self.deviation
        return torch.as_tensor(np.clip(made, -10, 10), dtype=torch.float32)


@dataclass(frozen=True, eq=False)
class SoftmaxPolicy(Predicts):
    """A tanh network with a logit for each action."""

    actor: nn.Sequential
    scale: Scale

    @torch.no_grad()
    def greedy(self, observations: np.ndarray) -> np.ndarray:
        """Observations (B, n) -> actions (B,)."""
        return self.actor(self.scale(observations)).argmax(-1).numpy()


@dataclass(frozen=True, eq=False)
class Rollout:
    """T steps of N environments, time first; `reached` is what each step led to, BEFORE any
    restart."""

    observations: np.ndarray
    actions: np.ndarray
    rewards: np.ndarray
    reached: np.ndarray
    terminated: np.ndarray
    ended: np.ndarray


class Experience:
    """Environments that go on from rollout to rollout, and the returns of episodes that ended."""

    def __init__(self, envs: VectorEnv, seed: int) -> None:
        self.envs = envs
        self.seen = envs.reset(seed=seed)[0]
        self.totals = np.zeros(envs.num_envs)
        self.finished: list[float] = []

    def collect(self, act: Any, num_steps: int) -> Rollout:
        """`num_steps` of each environment; `act(observations (N, n))` gives actions (N,)."""
        rows = []
        for _ in range(num_steps):
            actions = act(self.seen)
            after, rewards, terminated, truncated, infos = self.envs.step(actions)
            ended, reached = terminated | truncated, after.copy()
            for index in np.flatnonzero(ended):
                reached[index] = infos["final_obs"][index]
            rows.append((self.seen, actions, rewards, reached, terminated, ended))
            self.totals += rewards
            self.finished += self.totals[ended].tolist()
            self.totals[ended] = 0
            self.seen = after
        return Rollout(*(np.array(column) for column in zip(*rows, strict=True)))


def updates(
    env_id: str, rate: float, gamma: float, num_steps: int, seed: int, is_random: bool = False
) -> Iterator[Update]:
    """One Update for every rollout, until `num_steps` environment steps are spent. `rate` is a
    multiple of LEARNING_RATE. With `is_random` nothing is learned. Raises SpecError."""
    envs = make(env_id, NUM_ENVS)
    generator = torch.Generator().manual_seed(seed)
    torch.manual_seed(seed)  # of the first weights
    size, count = map(spaces.flatdim, (envs.single_observation_space, envs.single_action_space))
    actor, critic = _network(size, count, 0.01), _network(size, 1, 1.0)
    learner = torch.optim.Adam([*actor.parameters(), *critic.parameters()], LEARNING_RATE * rate)
    experience, env_steps, known = Experience(envs, seed), 0, np.zeros((0, size))
    scale = Scale(np.zeros(size), np.ones(size))

    @torch.no_grad()
    def act(observations: np.ndarray) -> np.ndarray:
        chances = actor(scale(observations)).softmax(-1)
        return torch.multinomial(chances, 1, generator=generator)[:, 0].numpy()

    while env_steps < num_steps:
        rollout = experience.collect(act, ROLLOUT_STEPS)
        env_steps += rollout.actions.size
        entropy = 0.0 if is_random else _learn(
            actor, critic, learner, rollout, scale, gamma, generator
        )  # fmt: skip
        if len(known) < 20_000:  # the scale is that of what was seen first, and then stays
            known = np.concatenate([known, rollout.observations.reshape(-1, size)])
            scale = Scale(known.mean(0), known.std(0) + 1e-4)
        copy = _network(size, count, 0.01)
        copy.load_state_dict(actor.state_dict())
        policy = _Coin(count, generator) if is_random else SoftmaxPolicy(copy, scale)
        returns, experience.finished = experience.finished, []
        mean = float(np.log(count)) if is_random else entropy
        yield Update(policy, env_steps, returns, mean, LEARNING_RATE * rate)


def greedy_return(policy: Any, env_id: str, num_episodes: int, seed: int) -> float:
    """Mean return of fresh episodes in which `policy` does what it thinks best."""
    envs = make(env_id, num_episodes)
    seen, totals = envs.reset(seed=seed)[0], np.zeros(num_episodes)
    runs = np.ones(num_episodes, bool)
    while runs.any():
        seen, rewards, terminated, truncated, _ = envs.step(policy.greedy(seen))
        totals += rewards * runs
        runs &= ~(terminated | truncated)
    envs.close()
    return float(totals.mean())


@dataclass(frozen=True, eq=False)
class _Coin(Predicts):
    """Any action with equal chance."""

    count: int
    generator: torch.Generator

    def greedy(self, observations: np.ndarray) -> np.ndarray:
        return torch.randint(self.count, (len(observations),), generator=self.generator).numpy()


def _network(inputs: int, outputs: int, gain: float) -> nn.Sequential:
    layers = [nn.Linear(inputs, HIDDEN), nn.Linear(HIDDEN, HIDDEN), nn.Linear(HIDDEN, outputs)]
    for layer, size in zip(layers, (2**0.5, 2**0.5, gain), strict=True):
        nn.init.orthogonal_(layer.weight, size)
        nn.init.zeros_(layer.bias)
    return nn.Sequential(layers[0], nn.Tanh(), layers[1], nn.Tanh(), layers[2])


def _learn(
    actor: nn.Sequential, critic: nn.Sequential, learner: torch.optim.Optimizer, rollout: Rollout,
    scale: Scale, gamma: float, generator: torch.Generator,
) -> float:  # fmt: skip
    """Several steps on one rollout; returns the mean entropy in nats before them."""
    shape, flat = rollout.actions.shape, rollout.observations.reshape(rollout.actions.size, -1)
    seen, actions = scale(flat), torch.as_tensor(rollout.actions.ravel())
    with torch.no_grad():
        values = critic(seen)[:, 0].numpy().reshape(shape)
        reached = scale(rollout.reached.reshape(flat.shape))
        next_values = critic(reached)[:, 0].numpy().reshape(shape)
        old = actor(seen).log_softmax(-1)
    gained = gae(
        rollout.rewards, values, next_values, rollout.terminated, rollout.ended, gamma, GAE_LAMBDA
    )
    returns = torch.as_tensor((gained + values).ravel(), dtype=torch.float32)
    worth = torch.as_tensor(normalise(gained.astype(np.float32).ravel()))
    before = old.gather(1, actions[:, None])[:, 0]
    for _ in range(NUM_EPOCHS):
        for rows in torch.randperm(len(seen), generator=generator).chunk(NUM_BATCHES):
            logprobs = actor(seen[rows]).log_softmax(-1)
            ratio = (logprobs.gather(1, actions[rows, None])[:, 0] - before[rows]).exp()
            clipped = ratio.clamp(1 - CLIP_EPS, 1 + CLIP_EPS)
            gain = torch.minimum(ratio * worth[rows], clipped * worth[rows]).mean()
            spread = -(logprobs.exp() * logprobs).sum(-1).mean()
            error = (critic(seen[rows])[:, 0] - returns[rows]).square().mean()
            learner.zero_grad()
            (VALUE_WEIGHT * error - gain - ENTROPY_WEIGHT * spread).backward()
            nn.utils.clip_grad_norm_([*actor.parameters(), *critic.parameters()], MAX_GRAD_NORM)
            learner.step()
    return float(-(old.exp() * old).sum(-1).mean())
