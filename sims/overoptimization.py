"""Over-optimisation: the further a policy climbs a learned reward, the more it finds its faults.

Raters compare answers, a reward model is fitted to what they said, and answers are improved by
three routes. Every answer of the world is listed, so reward and KL are sums, not estimates.

    exact         pi* = pi_ref exp(proxy / beta) / Z, beta falling from 20 to 0.05
    best_of_n     the best of n draws by the proxy, n = 1, 2, 4, … 65,536
    rloo, …       tiny transformers trained by policy gradient, one for each beta, side by side

With d = sqrt(KL), Gao et al. (2023) found that the true reward follows d (alpha - beta d) for
best-of-n and d (alpha - beta log d) for RL; both are fitted to the curves here, by least squares.
In this small world the first fits well and the second only roughly (`fit_error` says how well).

The reference of the first two is the source of text itself; trained policies start from a
transformer that imitates it to within 0.01 nats, and are measured against that one. The two differ
on texts that are too rare to learn, and so at the far end of the curves.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from sims.language import exact
from sims.language.policies import Policies
from sims.language.raters import compare
from sims.language.rewards import fit_reward_model
from sims.language.training import train_policies
from sims.language.world import World, generator, gold_reward, source_logprobs
from sims.spec import Frame, column, param

EXACT_BETAS = tuple(20 * 400 ** (-i / 29) for i in range(30))
TRAINED_BETAS = (2.0, 1.0, 0.6, 0.4, 0.3, 0.2, 0.1, 0.05)
DRAWS = tuple(2**k for k in range(17))
ALGORITHMS = ("reinforce", "rloo", "grpo", "ppo")


@dataclass(frozen=True)
class Params:
    algorithm: str = param(
        "rloo",
        choices=("none", "reinforce", "rloo", "grpo", "ppo", "all"),
        help="RL beside the exact curve and best-of-n: none, one algorithm, or all four",
    )
    scorer: str = param(
        "reward_model",
        choices=("reward_model", "gold_reward"),
        help="what is climbed: the learned reward, or the truth itself",
    )
    num_comparisons: int = param(
        1_000,
        low=100,
        high=100_000,
        step=100,
        unit="pairs",
        help="judgements that the reward model is fitted to",
    )
    hidden: int = param(
        0, low=0, high=128, step=16, unit="units", help="size of the reward model; 0 adds up words"
    )
    ensemble: int = param(
        1,
        low=1,
        high=8,
        step=1,
        help="reward models, each with mean 0; the most sceptical one counts",
    )
    noise: float = param(
        0.1, low=0.0, high=0.4, step=0.05, help="share of the judgements that are flipped"
    )
    num_steps: int = param(
        300, low=20, high=1_000, step=20, unit="updates", help="training of each policy"
    )
    seed: int = param(0, low=0, high=1_000_000, step=1, help="the world, its raters and every draw")


class Columns:
    method: str = column("exact, best_of_n, or the algorithm")
    beta: float = column("KL coefficient; 0 for best_of_n")
    n: int = column("answers of which the best is kept; 0 for all other methods", unit="answers")
    kl: float = column("KL(policy || reference)", unit="nats")
    root_kl: float = column("its square root, Gao's d")
    proxy_reward: float = column("E[learned reward], in standard deviations of the source's")
    gold_reward: float = column("E[true reward], in standard deviations of the source's")
    repeat_rate: float = column("share of the words that were said before in their answer")
    entropy: float = column("of an answer", unit="nats")
    gap: float = column(
        "KL to the optimum of this beta; 0 for best_of_n, which aims at none", unit="nats"
    )
    sample: str = column("an answer")
    alpha: float = column("rise of Gao's form fitted to this method's gold reward")
    decline: float = column("its fall (Gao's beta)")
    gold_fit: float = column("its value at this point, in standard deviations")
    fit_error: float = column("root mean square of what it misses")


@dataclass(frozen=True)
class Lab:
    """A world with its truth, and what the raters made the reward model believe: all (N,)."""

    world: World
    source: Tensor  # log-probabilities of the text
    gold: Tensor  # standardised under the source, as is the proxy
    proxy: Tensor


@dataclass(frozen=True)
class Curve:
    """The points of one method: a beta or a number of draws each, and what it arrives at."""

    method: str
    logprobs: Tensor  # (B, N)
    ref_logprobs: Tensor  # (N,)
    betas: tuple[float, ...] = ()
    draws: tuple[int, ...] = ()


def run(params: Params) -> Iterator[Frame]:
    """One frame for every point of each method's curve, in the order of rising KL."""
    lab = prepare(params)
    num_trained = {"none": 0, "all": len(ALGORITHMS)}.get(params.algorithm, 1)
    total = len(EXACT_BETAS) + len(DRAWS) + num_trained * len(TRAINED_BETAS)
    step = 0
    for curve in _curves(lab, params):
        for frame in frames(lab, curve, params.seed):
            yield {"step": step, **frame, "progress": (step + 1) / total}
            step += 1


def prepare(params: Params) -> Lab:
    """The world of this seed, and the reward model that the judgements lead to."""
    world = World()
    source = source_logprobs(world, params.seed)
    gold = exact.standardise(gold_reward(world, params.seed), source)
    if params.scorer == "gold_reward":
        return Lab(world, source, gold, gold)
    comparisons = compare(gold, source, params.num_comparisons, params.noise, params.seed)
    num_steps = min(1_500, 300 + params.num_comparisons // 50)  # more data bears more steps
    proxy, _ = fit_reward_model(
        world, comparisons, params.hidden, num_steps, params.seed, params.ensemble, source
    )
    return Lab(world, source, gold, exact.standardise(proxy, source))


def _curves(lab: Lab, params: Params) -> Iterator[Curve]:
    best = exact.optimum(lab.source, lab.proxy, torch.tensor(EXACT_BETAS, dtype=torch.float64))
    yield Curve("exact", best, lab.source, betas=EXACT_BETAS)
    winners = exact.best_of_n(lab.source, lab.proxy, torch.tensor(DRAWS))
    yield Curve("best_of_n", winners, lab.source, draws=DRAWS)
    for algorithm in ALGORITHMS:
        if params.algorithm in (algorithm, "all"):
            yield trained(lab, algorithm, params.num_steps, params.seed)


def trained(lab: Lab, algorithm: str, num_steps: int, seed: int) -> Curve:
    """One trained policy for each beta, and the transformer that they started from."""
    reference = Policies.pretrain(lab.world, lab.source, seed)
    ref_logprobs = reference.exact()[0]
    *_, policies = train_policies(
        lab.world,
        reference,
        ref_logprobs,
        lab.proxy,
        TRAINED_BETAS,
        algorithm,
        num_steps=num_steps,
        seed=seed,
    )
    return Curve(algorithm, policies.exact(), ref_logprobs, betas=TRAINED_BETAS)


def frames(lab: Lab, curve: Curve, seed: int) -> Iterator[Frame]:
    """The frames of one curve, without `step` and `progress`."""
    probs, repeat_rate = curve.logprobs.exp(), exact.repeat_rate(lab.world)
    values = torch.stack([lab.proxy, lab.gold, repeat_rate, curve.ref_logprobs], 1)
    proxy, gold, repeats, mean_ref = (probs @ values).unbind(1)
    entropy = -(probs * curve.logprobs).sum(-1)
    distance = (-entropy - mean_ref).clamp(min=0.0)  # rounding could leave -1e-15
    alpha, decline, fitted = gao_fit(distance.sqrt(), gold, curve.method == "best_of_n")
    uniform = torch.rand(1, generator=generator(seed, "sample"), dtype=torch.float64)
    for i in range(len(probs)):
        yield {
            "method": curve.method,
            "beta": curve.betas[i] if curve.betas else 0.0,
            "n": curve.draws[i] if curve.draws else 0,
            "kl": float(distance[i]),
            "root_kl": float(distance[i].sqrt()),
            "proxy_reward": float(proxy[i]),
            "gold_reward": float(gold[i]),
            "repeat_rate": float(repeats[i]),
            "entropy": float(entropy[i]),
            "gap": _gap(lab, curve, i),
            "sample": lab.world.text(exact.draw(probs[i], uniform)[0]),
            "alpha": alpha,
            "decline": decline,
            "gold_fit": float(fitted[i]),
            "fit_error": float((fitted - gold).square().mean().sqrt()),
        }


def gao_fit(distance: Tensor, gold: Tensor, is_best_of_n: bool) -> tuple[float, float, Tensor]:
    """(alpha, beta, fitted values (B,)) of Gao's form through points d, R (B,), by least squares.

    R = d (alpha - beta d) for best-of-n, R = d (alpha - beta log d) for RL: both are linear in
    alpha and beta. At d = 0 both forms are 0.
    """
    falling = distance**2 if is_best_of_n else torch.xlogy(distance, distance)
    terms = torch.stack([distance, -falling], 1)
    alpha, decline = torch.linalg.lstsq(terms, gold[:, None]).solution[:, 0].tolist()
    return alpha, decline, alpha * distance - decline * falling


def _gap(lab: Lab, curve: Curve, i: int) -> float:
    if curve.method in ("exact", "best_of_n"):
        return 0.0
    best = exact.optimum(curve.ref_logprobs, lab.proxy, curve.betas[i])
    return max(0.0, float(exact.kl(curve.logprobs[i], best)))
