"""The sequence world, one word a step: write T words, and be told at the end what they are worth.

The world of sims/language/world.py: V words, T places, and a true reward of every completion. An
agent sees the words so far (V stands where none is yet) and chooses the next; only the last choice
is paid, with the whole reward.
"""

from typing import Any, ClassVar

import gymnasium
import numpy as np
from gymnasium import spaces

from sims.language.world import World, gold_reward


class Sequence(gymnasium.Env):
    """`world_seed` draws the rewards; `length` is T. `info["text"]` is what was written."""

    metadata: ClassVar[dict[str, Any]] = {"render_modes": ["ansi"]}

    def __init__(
        self, length: int = 5, world_seed: int = 0, render_mode: str | None = None
    ) -> None:
        self.world = World(length=length)
        self.rewards = gold_reward(self.world, world_seed).numpy()
        self.blank = len(self.world.words)
        self.render_mode = render_mode
        self.action_space = spaces.Discrete(self.blank)
        self.observation_space = spaces.MultiDiscrete([self.blank + 1] * length)
        self.tokens: list[int] = []

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        super().reset(seed=seed)
        self.tokens = []
        return self._seen(), self._info()

    def step(self, action: Any) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        if not self.action_space.contains(action):
            raise ValueError(f"{action!r} is not a word: words are 0 to {self.blank - 1}.")
        self.tokens.append(int(action))
        is_over = len(self.tokens) >= self.world.length
        reward = self.rewards[self._number()] if is_over else 0.0
        return self._seen(), float(reward), is_over, False, self._info()

    def render(self) -> str | None:
        return self._info()["text"] if self.render_mode == "ansi" else None

    def _number(self) -> int:
        number = 0
        for token in self.tokens:  # in base V, first word first
            number = number * self.blank + token
        return number

    def _seen(self) -> np.ndarray:
        room = [self.blank] * (self.world.length - len(self.tokens))
        return np.array([*self.tokens, *room], np.int64)

    def _info(self) -> dict[str, Any]:
        return {"text": " ".join(self.world.words[token] for token in self.tokens)}
