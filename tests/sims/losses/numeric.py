"""Tensors of double precision, and gradients without autograd: what the tests of losses share.

Expected values there come from NumPy, `math` or sums over a whole small vocabulary, not from torch
formulas of the same shape.
"""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor


def double(values: object) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)


def slopes(loss: Callable[[Tensor], Tensor], at: Tensor, h: float = 1e-6) -> Tensor:
    """Central differences of a loss, which know nothing of autograd."""
    found = torch.zeros_like(at)
    for index in np.ndindex(*at.shape):
        bump = torch.zeros_like(at)
        bump[index] = h
        found[index] = (loss(at + bump) - loss(at - bump)) / (2 * h)
    return found


def gradient(loss: Callable[[Tensor], Tensor], at: Tensor) -> Tensor:
    leaf = at.clone().requires_grad_()
    loss(leaf).backward()
    assert leaf.grad is not None
    return leaf.grad
