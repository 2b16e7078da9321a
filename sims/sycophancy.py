"""Raters who like to be agreed with, and the policy that learns what they like.

In a share q of the pairs the raters choose the answer that agrees and flatters more ("sure",
"thanks", "great"), or the longer one, whatever it is worth; else they judge by the true reward
(sycophancy: Sharma et al., 2023; length: Singhal et al., 2023). A reward model is fitted to their
choices, and the policy climbs it with a KL penalty. Nothing in this asks for flattery.

    sweep = taste_rate   q rises from 0 to 1, the KL's weight beta stays
    sweep = beta         beta falls from 5 to 0.05, q stays: the same against the distance travelled

The optimum pi* = pi_ref exp(proxy / beta) / Z is exact; tiny transformers are trained beside it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from sims.language import exact
from sims.language.policies import Policies
from sims.language.raters import agreement, compare, letters
from sims.language.rewards import fit_reward_model
from sims.language.training import train_policies
from sims.language.world import World, generator, gold_reward, source_logprobs
from sims.spec import Frame, column, param

TASTE_RATES = tuple(i / 10 for i in range(11))
BETAS = tuple(5 * 100 ** (-i / 12) for i in range(13))
EVERY = 2  # of these points also gets a trained policy


@dataclass(frozen=True)
class Params:
    taste: str = param(
        "agreement", choices=("agreement", "length"), help="what the raters like, true or not"
    )
    sweep: str = param(
        "taste_rate", choices=("taste_rate", "beta"), help="what varies along the curve"
    )
    taste_rate: float = param(
        0.3, low=0.0, high=1.0, step=0.05, help="share of pairs judged by taste, if beta is swept"
    )
    beta: float = param(
        0.3, low=0.05, high=5.0, step=0.05, help="weight of the KL, if the taste rate is swept"
    )
    algorithm: str = param(
        "rloo",
        choices=("none", "reinforce", "rloo", "grpo", "ppo"),
        help="how policies are trained beside the exact optimum; none: they are not",
    )
    num_comparisons: int = param(
        2_000, low=100, high=20_000, step=100, unit="pairs", help="judgements to learn from"
    )
    num_steps: int = param(
        300, low=20, high=1_000, step=20, unit="updates", help="training of each policy"
    )
    seed: int = param(0, low=0, high=1_000_000, step=1, help="the world, its raters and every draw")


class Columns:
    method: str = column("exact, or the algorithm")
    taste_rate: float = column("share of the pairs that raters judge by their taste")
    beta: float = column("KL coefficient")
    kl: float = column("KL(policy || reference)", unit="nats")
    agreement_rate: float = column("share of the words that only agree or flatter")
    ref_agreement_rate: float = column("the same of the reference")
    letters: float = column("of an answer", unit="letters")
    ref_letters: float = column("the same of the reference", unit="letters")
    gold_reward: float = column("E[true reward], in standard deviations of the reference")
    proxy_reward: float = column("E[learned reward], in standard deviations of the reference")
    gap: float = column("KL to the optimum; 0 for the optimum itself", unit="nats")
    sample: str = column("an answer")


@dataclass(frozen=True)
class Point:
    """One place of the sweep, and the reward model (N,) that its raters lead to."""

    taste_rate: float
    beta: float
    proxy: Tensor


def run(params: Params) -> Iterator[Frame]:
    """One frame for every point of the sweep: the exact optima first, then trained policies."""
    world = World()
    source = source_logprobs(world, params.seed)
    gold = exact.standardise(gold_reward(world, params.seed), source)
    points = _points(world, source, gold, params)
    trained = points[::EVERY] if params.algorithm != "none" else []
    total = len(points) + len(trained)

    shown = _policies(world, source, points, trained, params)
    for step, (method, ref, point, logp) in enumerate(shown):
        yield {
            "step": step,
            "method": method,
            **_measure(world, gold, ref, point, logp, params.seed),
            "progress": (step + 1) / total,
        }


def _points(world: World, source: Tensor, gold: Tensor, params: Params) -> list[Point]:
    """The sweep. Every q asks the same raters about the same pairs: only their taste changes."""
    liking = {"agreement": agreement, "length": letters}[params.taste](world)

    def proxy(taste_rate: float) -> Tensor:
        count, seed = params.num_comparisons, params.seed
        pairs = compare(gold, source, count, 0.0, seed, taste=liking, taste_rate=taste_rate)
        rewards, _ = fit_reward_model(world, pairs, 0, 0, seed)
        return exact.standardise(rewards, source)

    if params.sweep == "taste_rate":
        return [Point(rate, params.beta, proxy(rate)) for rate in TASTE_RATES]
    fixed = proxy(params.taste_rate)
    return [Point(params.taste_rate, beta, fixed) for beta in BETAS]


def _policies(
    world: World, source: Tensor, points: list[Point], trained: list[Point], params: Params
) -> Iterator[tuple[str, Tensor, Point, Tensor]]:
    """(method, reference (N,), point, log-probabilities (N,)) of every policy to be shown."""
    for point in points:
        yield "exact", source, point, exact.optimum(source, point.proxy, point.beta)
    if not trained:
        return
    reference = Policies.pretrain(world, source, params.seed)
    ref = reference.exact()[0]
    rewards = torch.stack([point.proxy for point in trained])
    betas = [point.beta for point in trained]
    *_, policies = train_policies(
        world,
        reference,
        ref,
        rewards,
        betas,
        params.algorithm,
        num_steps=params.num_steps,
        seed=params.seed,
    )
    for point, logp in zip(trained, policies.exact(), strict=True):
        yield params.algorithm, ref, point, logp


def _measure(
    world: World, gold: Tensor, ref: Tensor, point: Point, logp: Tensor, seed: int
) -> Frame:
    agreeing, size = agreement(world) / world.length, letters(world)
    uniform = torch.rand(1, generator=generator(seed, "sample"), dtype=torch.float64)
    best = exact.optimum(ref, point.proxy, point.beta)
    return {
        "taste_rate": point.taste_rate,
        "beta": point.beta,
        "kl": max(0.0, float(exact.kl(logp, ref))),
        "agreement_rate": float(exact.expected(logp, agreeing)),
        "ref_agreement_rate": float(exact.expected(ref, agreeing)),
        "letters": float(exact.expected(logp, size)),
        "ref_letters": float(exact.expected(ref, size)),
        "gold_reward": float(exact.expected(logp, gold)),
        "proxy_reward": float(exact.expected(logp, point.proxy)),
        "gap": max(0.0, float(exact.kl(logp, best))),
        "sample": world.text(exact.draw(logp.exp(), uniform)[0]),
    }
