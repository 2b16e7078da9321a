"""Problems with one right answer, one token a step: 1 for an answer that the verifier accepts.

The tasks of sims/arithmetic/tasks.py. An agent sees the problem and what it has written (PAD where
nothing is yet) and chooses the next of 17 tokens. The episode ends with the token END
(terminated), or where the longest solution would have ended (truncated: it was cut off, and pays
nothing).
"""

from typing import Any, ClassVar

import gymnasium
import numpy as np
import torch
from gymnasium import spaces

from sims.arithmetic import tasks, verifier
from sims.arithmetic.tasks import END, ID, PAD, WORDS, Problems

DRAWN = 256  # problems at a time


class Arithmetic(gymnasium.Env):
    """`task` is sums, expressions or additions; `size` the digits (of each number of an addition).

    `info["text"]` is the problem and what was written. Raises SpecError (a ValueError) for a task
    or a size that does not exist.
    """

    metadata: ClassVar[dict[str, Any]] = {"render_modes": ["ansi"]}

    def __init__(self, task: str = "sums", size: int = 4, render_mode: str | None = None) -> None:
        tasks.check(task, size)
        self.task, self.size, self.render_mode = task, size, render_mode
        one = tasks.draw(task, size, 1, torch.Generator().manual_seed(0))
        self.most = one.max_tokens
        self.action_space = spaces.Discrete(len(WORDS))
        places = one.prompts.shape[1] + self.most
        self.observation_space = spaces.MultiDiscrete([len(WORDS)] * places)
        self.problem, self.written = one, []
        self._waiting: list[Problems] = []

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        super().reset(seed=seed)
        if seed is not None:
            self._waiting = []
        if not self._waiting:
            source = torch.Generator().manual_seed(int(self.np_random.integers(2**62)))
            drawn = tasks.draw(self.task, self.size, DRAWN, source)
            self._waiting = [drawn.take(slice(k, k + 1)) for k in range(DRAWN)]
        self.problem, self.written = self._waiting.pop(), []
        return self._seen(), self._info()

    def step(self, action: Any) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        if not self.action_space.contains(action):
            raise ValueError(f"{action!r} is not a token: tokens are 0 to {len(WORDS) - 1}.")
        self.written.append(int(action))
        is_done = self.written[-1] == ID[END]
        is_cut = not is_done and len(self.written) >= self.most
        is_right = is_done and bool(verifier.grade(self.problem, self._tokens()).is_right[0])
        return self._seen(), float(is_right), is_done, is_cut, self._info()

    def render(self) -> str | None:
        return self._info()["text"] if self.render_mode == "ansi" else None

    def _tokens(self) -> torch.Tensor:
        room = [ID[PAD]] * (self.most - len(self.written))
        return torch.tensor([[*self.written, *room]])

    def _seen(self) -> np.ndarray:
        return torch.cat([self.problem.prompts[0], self._tokens()[0]]).numpy()

    def _info(self) -> dict[str, Any]:
        return {"text": tasks.text(self.problem.prompts[0], self._tokens()[0])}
