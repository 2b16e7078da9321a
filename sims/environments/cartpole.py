"""Gymnasium's cart-pole with the physics of sims/cartpole/dynamics.py in the place of its own."""

from typing import Any

import numpy as np
from gymnasium.envs.classic_control.cartpole import CartPoleEnv

from sims.cartpole import dynamics


class PhysicsCartPole(CartPoleEnv):
    """CartPole-v1 but for its equations: `physics` and `integrator` are those of
    `sims.cartpole.dynamics`. Spaces, starts, ends, rewards and pictures are Gymnasium's.

    Raises ValueError for physics or an integrator that do not exist.
    """

    def __init__(
        self,
        physics: str = "friction",
        integrator: str = "euler",
        render_mode: str | None = None,
    ) -> None:
        super().__init__(render_mode=render_mode)
        self.physics, self.integrator = physics, integrator
        dynamics.step(np.zeros(4), 0.0, physics, integrator)  # raises for unknown names

    def step(self, action: Any) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        """One push; truncation after 500 steps is the TimeLimit's that `make` adds."""
        if not self.action_space.contains(action):
            raise ValueError(f"{action!r} is not an action: 0 pushes left, 1 pushes right.")
        if self.state is None:
            raise ValueError("Call reset before the first step.")
        force = dynamics.FORCE if action == 1 else -dynamics.FORCE
        now = dynamics.step(np.asarray(self.state, float), force, self.physics, self.integrator)
        self.state = now
        if self.render_mode == "human":
            self.render()
        return now.astype(np.float32), 1.0, bool(dynamics.fallen(now)), False, {}
