"""Advantages in NumPy, for those who use it and, through `losses`, for those who use torch.

The only place where these two are written. Nothing here imports torch, so that cart-pole starts
without it.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

ROUNDING = 8  # last places of the largest value: a smaller spread is taken for rounding error
_FARTHEST = 1e15  # beyond it values are scaled first: a float32 holds the squares up to 1e19


def gae(
    rewards: NDArray,
    values: NDArray,
    next_values: NDArray,
    terminated: NDArray,
    truncated: NDArray,
    gamma: float,
    gae_lambda: float,
) -> NDArray:
    """Generalised advantage estimates (…, T), time on the last axis (schulman2016gae).

    `next_values[t]` is V of the state that step t reached, before any restart. After a time limit
    V counts (the episode could have gone on) and the sum stops; after `terminated` V is 0, whatever
    stands there, NaN included (pardo2018time). A step marked both ways is terminated. What comes
    after an end, real or padding, never reaches what was before it. All have one shape: ValueError.
    """
    shapes = {np.shape(one) for one in (rewards, values, next_values, terminated, truncated)}
    if len(shapes) > 1:
        raise ValueError(f"gae takes series of one shape, but there are {sorted(shapes)}.")
    terminated = np.asarray(terminated, bool)
    ended = terminated | np.asarray(truncated, bool)
    # where, not a product: NaN times 0 is NaN
    deltas = rewards + gamma * np.where(terminated, 0, next_values) - values
    advantages = np.empty_like(deltas)
    following = np.zeros(deltas.shape[:-1])  # float64: a long sum in float32 would lose places
    for t in range(deltas.shape[-1] - 1, -1, -1):
        following = deltas[..., t] + gamma * gae_lambda * np.where(ended[..., t], 0, following)
        advantages[..., t] = following
    return advantages


def normalise(advantages: NDArray, mask: NDArray | None = None) -> NDArray:
    """Mean 0 and deviation 1 on the last axis, at any scale; 0 where all are equal.

    Equal means up to rounding: a spread of a few last places of the largest value is not a signal,
    and dividing by it would make one. A single advantage stays as it is. With a `mask`, 1 on what
    is real, the rest is 0 and counts for nothing, NaN included.
    """
    if mask is None:
        return _normalised(advantages, advantages.shape[-1], None)
    is_real = np.asarray(mask) > 0
    kept = np.where(is_real, advantages, 0).astype(advantages.dtype)
    # a row of padding alone would have no mean: all of it is 0 anyway
    counted = is_real | ~is_real.any(-1, keepdims=True)
    return np.where(is_real, _normalised(kept, counted.sum(-1, keepdims=True), counted), 0)


def _normalised(values: NDArray, num: int | NDArray, counted: NDArray | None) -> NDArray:
    """`normalise` of the `num` values in each row that are `counted` (None: all)."""
    if not values.size:
        return values
    among: dict[str, Any] = {"axis": -1, "keepdims": True}
    if counted is not None:
        among["where"] = counted
    size = np.maximum(np.abs(values.max(-1, keepdims=True)), np.abs(values.min(-1, keepdims=True)))
    if size.max() > _FARTHEST or 0 < size.max() < 1 / _FARTHEST:
        values = values / np.where(size > 0, size, 1)  # their squares would leave the type's range
        size = np.minimum(size, 1)
    centred = values - values.mean(**among)
    spread = values.std(**among)
    is_rounding = spread <= ROUNDING * np.finfo(values.dtype).eps * size
    if is_rounding.any():
        centred, spread = np.where(is_rounding, 0, centred), np.where(is_rounding, 1, spread)
    return np.where(np.less(num, 2), values, centred / spread)
