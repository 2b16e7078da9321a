"""Many cart-poles stepped together, with episodes that end for two different reasons.

terminated   the pole fell or the cart left the track: nothing comes after, its value is 0
truncated    500 steps are over and the pole still stands: the future is cut off, not worthless

Every step pays +1, also the one that ends in a fall, so an episode's return is its length.
"""

from dataclasses import dataclass

import numpy as np

from sims.cartpole import dynamics


@dataclass(frozen=True)
class World:
    """Which equations move the cart; see dynamics.PHYSICS and dynamics.INTEGRATORS."""

    physics: str = "gymnasium"
    integrator: str = "euler"

    def step(self, state: np.ndarray, actions: np.ndarray) -> np.ndarray:
        """States (4, N) after one step; an action of 1 pushes right, 0 pushes left."""
        force = np.where(actions, dynamics.FORCE, -dynamics.FORCE)
        return dynamics.step(state, force, self.physics, self.integrator)


class Carts:
    """`num_carts` episodes side by side; one that ends starts anew in the same step.

    `state` is (4, num_carts) float64, `lengths` the steps so far, `finished` the returns of the
    episodes that ended since `take_finished` last emptied the list.
    """

    def __init__(self, num_carts: int, rng: np.random.Generator, world: World) -> None:
        self.rng, self.world = rng, world
        self.state = dynamics.start_states(rng, num_carts)
        self.lengths = np.zeros(num_carts, np.int64)
        self.finished: list[int] = []

    def step(self, actions: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """One step of every cart: (reached, terminated, truncated).

        `reached` (4, N) is the state BEFORE any restart: the one to bootstrap from. A pole that
        falls in the very step of the time limit has fallen: terminated wins.
        """
        self.state = reached = self.world.step(self.state, actions)
        self.lengths += 1
        terminated = dynamics.fallen(reached)
        truncated = (self.lengths >= dynamics.MAX_EPISODE_STEPS) & ~terminated
        ended = np.flatnonzero(terminated | truncated)
        if ended.size:
            self.finished += self.lengths[ended].tolist()
            self.state = reached.copy()
            self.state[:, ended] = dynamics.start_states(self.rng, ended.size)
            self.lengths[ended] = 0
        return reached, terminated, truncated

    def take_finished(self) -> list[int]:
        """Returns of the episodes that ended since the last call."""
        taken, self.finished = self.finished, []
        return taken


def observe(state: np.ndarray) -> np.ndarray:
    """What a policy sees of states (4, N): float32 rows (N, 4), as Gymnasium hands them out."""
    return state.T.astype(np.float32)
