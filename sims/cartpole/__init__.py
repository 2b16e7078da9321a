"""Cart-pole: a pole on a cart, two pushes, and five ways to learn when to push which way.

The agent sees four numbers (position, speed, angle, turning speed), pushes left or right every
0.02 s, and is paid 1 for every step until the pole leans 12 degrees, the cart leaves the track, or
500 steps are over. "Solved" is Gymnasium's word for a mean return of 475 over 100 episodes.

    random              a coin decides; learns nothing
    linear_search       weighs the four numbers, tries neighbours of the weights, keeps the best
    reinforce           policy gradient on whole episodes (Williams, 1992)
    reinforce_baseline  the same, minus the mean return of the other episodes
    ppo                 clipped steps, several from each rollout (Schulman et al., 2017)

`env_id` takes the agent elsewhere: to any registered Gymnasium environment with discrete actions
and a flat observation. There PPO learns, whatever `algorithm` says (but for random), for all of
`num_steps`; physics, integrator, preset, scaling and reward are of the cart alone.

Where only the next reward counts (`gamma` = 0), the 1 of every step says nothing. `reward` =
upright pays PPO the cosine of the angle that a step leads to, which also says something at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from sims.cartpole import linear_search, ppo, random_pushes, reinforce
from sims.cartpole.environment import World
from sims.cartpole.evaluation import greedy_return, is_solved
from sims.cartpole.policy import Policy
from sims.cartpole.update import Update
from sims.spec import Frame, column, param

CART_POLE = "CartPole-v1"  # has physics of our own, much faster than Gymnasium's
CHECK_EVERY = 1024  # environment steps between two looks at whether the task is solved


@dataclass(frozen=True)
class Params:
    algorithm: str = param(
        "reinforce_baseline",
        choices=("random", "linear_search", "reinforce", "reinforce_baseline", "ppo"),
        help="how the policy is found",
    )
    preset: str = param(
        "fast",
        choices=("fast", "zoo"),
        help="PPO only: our own settings, or those of rl-baselines3-zoo",
    )
    physics: str = param(
        "gymnasium",
        choices=("gymnasium", "point_mass", "friction"),
        help="a rod, a point mass on a massless rod, or a rod with friction",
    )
    integrator: str = param(
        "euler",
        choices=("euler", "semi_implicit"),
        help="positions move with the old velocities (Gymnasium) or with the new ones",
    )
    learning_rate: float = param(
        1.0,
        low=0.1,
        high=10.0,
        step=0.1,
        unit="× usual",
        help="step size, as a multiple of the algorithm's own; random and linear_search have none",
    )
    use_scaling: bool = param(
        True, help="PPO only: bring the four numbers to one size before the networks see them"
    )
    reward: str = param(
        "alive",
        choices=("alive", "upright"),
        help="PPO only: 1 for every step, or how upright the pole stands after it (cos theta)",
    )
    gamma: float = param(
        0.98, low=0.0, high=1.0, step=0.01, help="discount: how much the next step's return counts"
    )
    num_steps: int = param(
        100_000,
        low=1_000,
        high=500_000,
        step=1_000,
        unit="environment steps",
        help="training stops here if the task is not solved before",
    )
    env_id: str = param(
        "CartPole-v1",
        max_length=60,
        suggestions=("CartPole-v1", "Acrobot-v1", "MountainCar-v0", "LunarLander-v3"),
        help="a Gymnasium environment; on another than CartPole-v1 it is PPO that learns",
    )
    seed: int = param(0, low=0, high=1_000_000, step=1, help="start of every random number")


class Columns:
    env_steps: int = column("steps of all environments so far", unit="steps")
    episodic_return: float = column(
        "of the training episodes since the last frame, mean; a step of the cart pays 1"
    )
    greedy_return: float = column(
        "of fresh episodes without exploring, mean: 10 of the cart, 4 elsewhere"
    )
    entropy: float = column("of the policy", unit="nats")
    learning_rate: float = column("of this update")
    poses: list = column(
        "[x in metres, theta in radians] at 25 Hz of one greedy episode of the cart"
    )
    film: list = column(
        "elsewhere, of four frames, one greedy episode: pictures in a PNG, their size, number and "
        "rate, the episode's steps and return"
    )


def run(params: Params) -> Iterator[Frame]:
    """One frame for every update, until the task is solved or `num_steps` are spent."""
    if params.env_id != CART_POLE:
        yield from _elsewhere(params)
        return
    world, show = World(params.physics, params.integrator), _generators(params.seed)[2]
    episodic_return = 0.0  # until the first episode ends
    for step, (update, solved) in enumerate(learn(params)):
        if update.returns:
            episodic_return = float(np.mean(update.returns))
        mean_return, poses = greedy_return(update.policy, 10, show, world)
        yield {
            "step": step,
            "env_steps": update.env_steps,
            "episodic_return": episodic_return,
            "greedy_return": mean_return,
            "entropy": update.entropy,
            "learning_rate": update.learning_rate,
            "progress": 1.0 if solved else min(1.0, update.env_steps / params.num_steps),
            "poses": poses,
            "film": [],
        }


def _elsewhere(params: Params) -> Iterator[Frame]:
    """The frames of an agent in another environment."""
    from sims.cartpole import any_world, film  # torch and Gymnasium: the cart does without

    episodic_return, progress = 0.0, 0.0  # until the first episode ends
    for step, update in enumerate(_updates_elsewhere(params)):
        if update.returns:
            episodic_return = float(np.mean(update.returns))
        seed = params.seed + 1 + step
        judged = any_world.greedy_return(update.policy, params.env_id, 4, seed)
        before, progress = progress, min(1.0, update.env_steps / params.num_steps)
        is_shown = film.is_due(before, progress)
        yield {
            "step": step,
            "env_steps": update.env_steps,
            "episodic_return": episodic_return,
            "greedy_return": judged,
            "entropy": update.entropy,
            "learning_rate": update.learning_rate,
            "progress": progress,
            "poses": [],
            "film": film.film(update.policy, params.env_id, seed) if is_shown else [],
        }


def _updates_elsewhere(params: Params) -> Iterator[Update]:
    from sims.cartpole import any_world

    return any_world.updates(
        params.env_id, params.learning_rate, params.gamma, params.num_steps, params.seed,
        is_random=params.algorithm == "random",
    )  # fmt: skip


def train(params: Params) -> Policy:
    """The policy at the end of the same training, without frames."""
    policy = None
    is_cart = params.env_id == CART_POLE
    made = (update for update, _ in learn(params)) if is_cart else _updates_elsewhere(params)
    for update in made:
        policy = update.policy
    assert policy is not None  # num_steps is at least 1: there is an update
    return policy


def learn(params: Params) -> Iterator[tuple[Update, bool]]:
    """(update, solved) until solved: 100 fresh greedy episodes that average 495 of 500."""
    world = World(params.physics, params.integrator)
    training, checking, _ = _generators(params.seed)
    next_check = CHECK_EVERY
    for update in _updates(params, world, training):
        solved = False
        if update.env_steps >= next_check:
            next_check = update.env_steps + CHECK_EVERY
            solved = is_solved(update.policy, checking, world)
        yield update, solved
        if solved:
            return


def _updates(params: Params, world: World, rng: np.random.Generator) -> Iterator[Update]:
    gamma, num_steps = params.gamma, params.num_steps
    if params.algorithm == "random":
        return random_pushes.updates(world, num_steps, rng)
    if params.algorithm == "linear_search":
        return linear_search.updates(world, num_steps, rng)
    if params.algorithm == "ppo":
        settings = ppo.PRESETS[params.preset]
        rate = settings.learning_rate * params.learning_rate
        settings = replace(settings, learning_rate=rate)
        is_upright = params.reward == "upright"
        return ppo.updates(world, settings, gamma, num_steps, rng, params.use_scaling, is_upright)
    use_baseline = {"reinforce": False, "reinforce_baseline": True}[params.algorithm]
    rate = reinforce.LEARNING_RATE * params.learning_rate
    return reinforce.updates(world, use_baseline, rate, gamma, num_steps, rng)


def _generators(seed: int) -> list[np.random.Generator]:
    """Three independent streams: training, checking, showing. Looking does not change learning."""
    return [np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(3)]
