"""Three estimates of a KL divergence from samples, and what each does as part of a loss.

Samples y come from the policy pi; u = pi_ref(y) / pi(y), reference OVER policy (Schulman, 2020).

    k1 = -log u             right on average, noisy, below 0 on many samples
    k2 = (log u)^2 / 2      biased, calm, never below 0
    k3 = u - 1 - log u      right on average, calmer than k1 when the KL is small, never below 0

A good estimate need not have a good gradient. Put into a loss, with the samples held fixed, k1
pushes nowhere on average, k2 follows KL(pi || pi_ref), and k3 follows the other KL,
KL(pi_ref || pi). k1 in the REWARD gives the right gradient (Shah et al., 2025).

The policy is a softmax over some tokens, moved away from the reference step by step; means,
deviations and gradients are exact sums over all tokens, and one batch is drawn beside them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from sims.language.world import generator
from sims.losses import KL_ESTIMATORS, kl_k1, kl_k3
from sims.spec import Frame, column, param


@dataclass(frozen=True)
class Params:
    num_tokens: int = param(
        50, low=2, high=500, step=1, unit="tokens", help="size of the vocabulary"
    )
    batch_size: int = param(
        64, low=1, high=4_096, step=1, unit="samples", help="samples of one estimate"
    )
    shift: float = param(
        2.0, low=0.1, high=4.0, step=0.1, help="how far the last policy's logits are moved"
    )
    num_points: int = param(40, low=2, high=200, step=1, help="policies on the way there")
    seed: int = param(0, low=0, high=1_000_000, step=1, help="the two policies and the samples")


class Columns:
    kl: float = column("KL(pi || pi_ref), exact", unit="nats")
    forward_kl: float = column("KL(pi_ref || pi), exact", unit="nats")
    k1_flipped: float = column(
        "exact mean of k1 with the ratio upside down: minus the KL", unit="nats"
    )
    k3_flipped: float = column(
        "exact mean of k3 with the ratio upside down: chi^2 less the KL", unit="nats"
    )
    k1: float = column("-log u, mean of one batch, u being pi_ref / pi", unit="nats")
    k1_mean: float = column("exact mean of k1", unit="nats")
    k1_std: float = column("exact standard deviation of one sample of k1", unit="nats")
    k1_error: float = column("exact root mean square error of a batch of k1", unit="nats")
    k2: float = column("(log u)^2 / 2, mean of one batch", unit="nats")
    k2_mean: float = column("exact mean of k2", unit="nats")
    k2_std: float = column("exact standard deviation of one sample of k2", unit="nats")
    k2_error: float = column("exact root mean square error of a batch of k2", unit="nats")
    k3: float = column("u - 1 - log u, mean of one batch", unit="nats")
    k3_mean: float = column("exact mean of k3", unit="nats")
    k3_std: float = column("exact standard deviation of one sample of k3", unit="nats")
    k3_error: float = column("exact root mean square error of a batch of k3", unit="nats")
    k1_force: float = column(
        "length of the gradient of k1 in a loss, over that of the KL's gradient"
    )
    k1_cosine: float = column("its direction against the KL's gradient; 0 where there is no force")
    k2_force: float = column(
        "length of the gradient of k2 in a loss, over that of the KL's gradient"
    )
    k2_cosine: float = column("its direction against the KL's gradient")
    k3_force: float = column(
        "length of the gradient of k3 in a loss, over that of the KL's gradient"
    )
    k3_cosine: float = column("its direction against the KL's gradient")
    k1_in_reward_force: float = column("length of the gradient of k1 in the reward, over the KL's")
    k1_in_reward_cosine: float = column("its direction against the KL's gradient")
    k3_forward_cosine: float = column("direction of the gradient of k3 against the forward KL's")


def run(params: Params) -> Iterator[Frame]:
    """One frame for every policy, each further from the reference than the one before."""
    rng = generator(params.seed, "policies")
    start, direction = torch.randn(2, params.num_tokens, generator=rng, dtype=torch.float64)
    ref = start.log_softmax(-1)
    for step in range(params.num_points):
        progress = (step + 1) / params.num_points
        logits = start + params.shift * progress * direction
        samples = torch.rand(
            params.batch_size,
            generator=generator(params.seed, f"batch {step}"),
            dtype=torch.float64,
        )
        frame = {"step": step, **divergences(logits, ref), **_values(logits, ref, samples)}
        yield {**frame, **_gradients(logits, ref), "progress": progress}


def divergences(logits: Tensor, ref: Tensor) -> Frame:
    """Both KLs between softmax(logits) and the log-probs `ref` (V,), and the flipped estimates."""
    logp = logits.log_softmax(-1)
    flipped = {"k1_flipped": kl_k1, "k3_flipped": kl_k3}
    return {
        "kl": float((logp.exp() * (logp - ref)).sum()),
        "forward_kl": float((ref.exp() * (ref - logp)).sum()),
        **{key: float((logp.exp() * k(ref, logp)).sum()) for key, k in flipped.items()},
    }


def _values(logits: Tensor, ref: Tensor, uniform: Tensor) -> Frame:
    """The estimates of one batch, and what all batches do on average."""
    logp = logits.log_softmax(-1)
    upper = logp.exp().cumsum(0)
    drawn = torch.searchsorted(upper, uniform * upper[-1], right=True).clamp(max=len(upper) - 1)
    truth, frame = (logp.exp() * (logp - ref)).sum(), {}
    for name, estimator in KL_ESTIMATORS.items():
        values = estimator(logp, ref)
        mean = (logp.exp() * values).sum()
        variance = (logp.exp() * (values - mean) ** 2).sum()
        frame[name] = float(values[drawn].mean())
        frame[f"{name}_mean"] = float(mean)
        frame[f"{name}_std"] = float(variance.sqrt())
        frame[f"{name}_error"] = float(((mean - truth) ** 2 + variance / len(uniform)).sqrt())
    return frame


def _gradients(logits: Tensor, ref: Tensor) -> Frame:
    """Expected gradients on the logits, against those of the two KLs."""
    reverse, forward = kl_gradients(logits, ref)
    pushes = {name: loss_gradient(logits, ref, name) for name in KL_ESTIMATORS}
    pushes["k1_in_reward"] = reward_gradient(logits, ref)
    frame: Frame = {}
    for name, push in pushes.items():
        frame[f"{name}_force"] = float(push.norm() / reverse.norm())
        frame[f"{name}_cosine"] = 0.0 if name == "k1" else _cosine(push, reverse)
    frame["k3_forward_cosine"] = _cosine(pushes["k3"], forward)
    return frame


def kl_gradients(logits: Tensor, ref: Tensor) -> tuple[Tensor, Tensor]:
    """Gradients (V,) of KL(pi || pi_ref) and of KL(pi_ref || pi) on pi's logits."""
    logits = logits.detach().requires_grad_()
    logp = logits.log_softmax(-1)
    reverse, forward = (logp.exp() * (logp - ref)).sum(), (ref.exp() * (ref - logp)).sum()
    kept = torch.autograd.grad(reverse, logits, retain_graph=True)[0]
    return kept, torch.autograd.grad(forward, logits)[0]


def loss_gradient(logits: Tensor, ref: Tensor, name: str) -> Tensor:
    """Mean over samples of the gradient (V,) of an estimate in a loss: samples do not move."""
    logits = logits.detach().requires_grad_()
    logp = logits.log_softmax(-1)
    mean = (logp.exp().detach() * KL_ESTIMATORS[name](logp, ref)).sum()
    return torch.autograd.grad(mean, logits)[0]


def reward_gradient(logits: Tensor, ref: Tensor) -> Tensor:
    """Mean over samples of k1 grad log pi: the penalty k1 in the reward of a policy gradient."""
    logits = logits.detach().requires_grad_()
    logp = logits.log_softmax(-1)
    surrogate = (logp.exp().detach() * kl_k1(logp, ref).detach() * logp).sum()
    return torch.autograd.grad(surrogate, logits)[0]


def _cosine(a: Tensor, b: Tensor) -> float:
    return float(a @ b / (a.norm() * b.norm()))
