"""What can be said exactly when every completion can be listed.

All vectors run over the N completions, in float64; distributions are log-probabilities in nats.

    optimum     pi*(y) = pi_ref(y) exp(r(y) / beta) / Z    the best of E[r] - beta KL(pi || pi_ref)
    best_of_n   F(y)^n - F(y-)^n, shared among equal rewards: the best of n draws from pi_ref

Sources: Rafailov et al. (2023) for the optimum, Beirami et al. (2024) for best-of-n.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from sims.language.world import World, repeats

CHUNK = 8  # betas at a time in `frontier`: 8 x 32,768 numbers stay in the cache


def expected(logp: Tensor, values: Tensor) -> Tensor:
    """E_p[values]: logp (..., N), values (..., N) -> (...)."""
    return (logp.exp() * values).sum(-1)


def entropy(logp: Tensor) -> Tensor:
    """Entropy in nats: (..., N) -> (...). A completion of probability 0 adds nothing."""
    probs = logp.exp()
    return -torch.where(probs > 0, probs * logp, 0.0).sum(-1)


def kl(logp: Tensor, logq: Tensor) -> Tensor:
    """KL(p || q) in nats: (..., N), (..., N) -> (...). Infinite where q is 0 and p is not."""
    probs = logp.exp()
    return torch.where(probs > 0, probs * (logp - logq), 0.0).sum(-1)


def draw(probs: Tensor, uniform: Tensor) -> Tensor:
    """Completions by number (M,) at the points `uniform` (M,) in [0, 1) of probabilities (N,).

    The same points give like draws from like distributions: what changes in a text along a path is
    then the policy's doing.
    """
    upper = probs.cumsum(0)
    return torch.searchsorted(upper, uniform * upper[-1], right=True).clamp(max=len(upper) - 1)


def standardise(reward: Tensor, ref_logprobs: Tensor) -> Tensor:
    """The reward with mean 0 and standard deviation 1 under the reference (N,) -> (N,).

    Without it beta has no meaning that carries over from one reward model to the next. A constant
    reward becomes 0 everywhere.
    """
    ref_logprobs, reward = ref_logprobs.double(), reward.double()
    centred = reward - expected(ref_logprobs, reward)
    spread = expected(ref_logprobs, centred**2).sqrt()
    return centred / spread if spread > 1e-12 else torch.zeros_like(centred)


def optimum(ref_logprobs: Tensor, reward: Tensor, beta: float | Tensor) -> Tensor:
    """Log-probabilities of pi* = pi_ref exp(reward / beta) / Z.

    `beta` is a number, giving (N,), or a tensor (B,), giving (B, N). ValueError unless beta > 0.
    """
    beta = torch.as_tensor(beta, dtype=torch.float64)
    _check_betas(beta)
    return (ref_logprobs.double() + reward.double() / beta[..., None]).log_softmax(-1)


def best_of_n(ref_logprobs: Tensor, reward: Tensor, n: int | Tensor) -> Tensor:
    """Log-probabilities of the highest reward among n independent draws from the reference.

    `n` is a number, giving (N,), or a tensor (B,), giving (B, N). Equal rewards: the winner is one
    of them, as likely as the reference makes it. Sums are taken from the nearer end, so that
    neither a rare best nor a rare worst is lost to rounding. ValueError unless n >= 1.
    """
    n = torch.as_tensor(n, dtype=torch.float64)
    if not bool((n >= 1).all()):
        raise ValueError(f"n is {n.min():g}, but best-of-n needs at least 1 draw.")
    logp = ref_logprobs.double().log_softmax(-1)
    mass, level = _levels(logp, reward)
    below = mass.cumsum(0)  # F: this level and all lower ones
    above = mass.flip(0).cumsum(0).flip(0) - mass
    log_below = torch.where(below < 0.5, below.log(), torch.log1p(-above.clamp(0.0, 1.0)))
    share = (mass / log_below.exp()).clamp(max=1.0)
    # F^n - (F - mass)^n = F^n (1 - (1 - mass / F)^n)
    n = n[..., None]
    log_win = n * log_below + torch.log(-torch.expm1(n * torch.log1p(-share)))
    return logp + (log_win - mass.log())[..., level]


def best_of_n_bound(n: int) -> float:
    """log n - (n - 1) / n: the KL of best-of-n when no two rewards are equal; else above it."""
    return math.log(n) - (n - 1) / n


def win_rate(logp: Tensor, ref_logprobs: Tensor, reward: Tensor) -> Tensor:
    """P(a draw of p has a higher reward than a draw of the reference), ties counting half."""
    mass, level = _levels(ref_logprobs, reward)
    return expected(logp, (mass.cumsum(0) - mass / 2)[level])


def frontier(
    ref_logprobs: Tensor, proxy: Tensor, gold: Tensor, betas: Sequence[float] | Tensor
) -> dict[str, Tensor]:
    """The optimum of the proxy at every beta: beta, kl, proxy_reward, gold_reward, entropy (B,)."""
    betas = torch.as_tensor(betas, dtype=torch.float64)
    _check_betas(betas)
    rows = [_points(ref_logprobs, proxy, gold, some) for some in betas.split(CHUNK)]
    joined = {key: torch.cat([row[key] for row in rows]) for key in rows[0]}
    return {"beta": betas, **joined}


def most_reward(ref_logprobs: Tensor, reward: Tensor, distance: Tensor) -> Tensor:
    """The most E[reward] that any policy reaches at these KLs (B,) from the reference: (B,).

    For every beta, E[reward] <= beta (KL + log Z), with equality for one: the least over many betas
    is the frontier itself, read off a little too high between two of them.
    """
    betas = torch.logspace(4, -2, 160, dtype=torch.float64)
    found = frontier(ref_logprobs, reward, reward, betas)
    value = found["proxy_reward"] - betas * found["kl"]  # beta log Z
    return (betas * distance[:, None] + value).amin(-1)


def _points(ref: Tensor, proxy: Tensor, gold: Tensor, betas: Tensor) -> dict[str, Tensor]:
    """One chunk of the frontier; log pi* - ref = proxy / beta - log Z, and its mean is the KL."""
    tilted = ref + proxy / betas[:, None]
    log_z = torch.logsumexp(tilted, -1)
    probs = tilted.sub_(log_z[:, None]).exp_()
    mean_proxy, mean_gold, mean_ref = (probs @ torch.stack([proxy, gold, ref], 1)).unbind(1)
    distance = mean_proxy / betas - log_z
    return {
        "kl": distance,
        "proxy_reward": mean_proxy,
        "gold_reward": mean_gold,
        "entropy": -(mean_ref + distance),
    }


def _levels(logp: Tensor, reward: Tensor) -> tuple[Tensor, Tensor]:
    """Probability of each distinct reward (L,), lowest first, and the place of each one (N,)."""
    levels, level = torch.unique(reward, return_inverse=True)
    mass = torch.zeros(len(levels), dtype=torch.float64)
    return mass.index_add_(0, level, logp.double().exp()), level


def _check_betas(betas: Tensor) -> None:
    if not bool((betas > 0).all()):  # also refuses NaN
        raise ValueError(f"beta is {betas.min():g}, but the weight of the KL must be above 0.")


def repeat_rate(world: World) -> Tensor:
    """Share of the words after the first that were said before (N,): 0 all new, 1 all the same."""
    return repeats(world) / max(1, world.length - 1)
