"""Rejection sampling: draw n answers, keep the one that scores best, and learn to write like that.

    best_of_n    pi_n(y) = F(y)^n - F(y-)^n, with F the reference's share of answers no better
    fine_tuned   a tiny transformer, tuned by SFT on winners (Llama 2: Touvron et al., 2023)

Best-of-n needs no training and pays for it in every answer: n times the words. Its distance from
the reference is at most log n - (n - 1) / n, and less where answers tie or few are left (Beirami et
al., 2024); here every answer is listed and the KL is a sum. Fine-tuning pays once.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from sims.language import exact
from sims.language.policies import Policies, schedule
from sims.language.raters import compare
from sims.language.rewards import fit_reward_model
from sims.language.world import World, generator, gold_reward, source_logprobs
from sims.spec import Frame, column, param

DRAWS = tuple(2**k for k in range(13))
TUNED_DRAWS = (1, 2, 4, 8, 16, 64, 256, 1024)
BATCH_SIZE, LEARNING_RATE = 128, 6e-3
NUM_SHOWN = 8  # candidates in the text panel


@dataclass(frozen=True)
class Params:
    scorer: str = param(
        "reward_model",
        choices=("reward_model", "gold_reward", "random"),
        help="what says which is the best; random: a number drawn once for each answer",
    )
    use_fine_tuning: bool = param(True, help="tune a transformer on the winners of each n as well")
    num_comparisons: int = param(
        1_000, low=100, high=20_000, step=100, unit="pairs", help="fitted by the reward model"
    )
    hidden: int = param(
        0, low=0, high=128, step=16, unit="units", help="size of the reward model; 0 adds up words"
    )
    num_winners: int = param(
        10_000,
        low=100,
        high=50_000,
        step=100,
        unit="answers",
        help="winners to tune on, for each n",
    )
    num_steps: int = param(
        200, low=20, high=1_000, step=20, unit="updates", help="of the tuning, 128 winners in each"
    )
    seed: int = param(0, low=0, high=1_000_000, step=1, help="the world, its raters and every draw")


class Columns:
    method: str = column("best_of_n or fine_tuned")
    cost: int = column("words written for each answer served", unit="words")
    n: int = column("answers of which the best is kept", unit="answers")
    kl: float = column("KL(policy || reference)", unit="nats")
    kl_bound: float = column("the usual bound of n: log n - (n - 1) / n", unit="nats")
    proxy_reward: float = column("E[reward that chooses], in standard deviations of the reference")
    gold_reward: float = column("E[true reward], in standard deviations of the reference")
    frontier_reward: float = column("the most proxy reward that any policy could have at this KL")
    win_rate: float = column("against one draw of the reference, by the proxy; a tie is half a win")
    win_bound: float = column("n / (n + 1)")
    entropy: float = column("of an answer", unit="nats")
    repeat_rate: float = column("share of the words that were said before in their answer")
    gap: float = column(
        "KL(best-of-n || policy), which tuning lowers; 0 for best_of_n itself", unit="nats"
    )
    sample: str = column("an answer")
    candidates: list = column(
        "[answer, score] of the first eight draws; for fine_tuned, of eight answers"
    )


@dataclass(frozen=True)
class Lab:
    """The world, and three vectors (N,): rewards in standard deviations of the source's."""

    world: World
    source: Tensor  # log-probabilities
    gold: Tensor
    proxy: Tensor  # what the scorer says


def run(params: Params) -> Iterator[Frame]:
    """One frame for every n: best-of-n, n = 1, 2, 4, … 4,096, then policies tuned on winners."""
    lab = prepare(params)
    tuned = TUNED_DRAWS if params.use_fine_tuning else ()
    total = len(DRAWS) + len(tuned)
    for step, frame in enumerate(_frames(lab, tuned, params)):
        yield {"step": step, **frame, "progress": (step + 1) / total}


def prepare(params: Params) -> Lab:
    world = World()
    source = source_logprobs(world, params.seed)
    gold = exact.standardise(gold_reward(world, params.seed), source)
    if params.scorer == "gold_reward":
        return Lab(world, source, gold, gold)
    if params.scorer == "random":
        rng = generator(params.seed, "random scorer")
        lot = torch.randn(len(gold), generator=rng, dtype=torch.float64)
        return Lab(world, source, gold, exact.standardise(lot, source))
    comparisons = compare(gold, source, params.num_comparisons, 0.1, params.seed)
    num_steps = min(1_500, 300 + params.num_comparisons // 50)
    proxy, _ = fit_reward_model(world, comparisons, params.hidden, num_steps, params.seed)
    return Lab(world, source, gold, exact.standardise(proxy, source))


def _frames(lab: Lab, tuned: tuple[int, ...], params: Params) -> Iterator[Frame]:
    rng = generator(params.seed, "draws")
    uniform = torch.rand(max(DRAWS), generator=rng, dtype=torch.float64)
    drawn = exact.draw(lab.source.exp(), uniform)  # one row of draws: a larger n sees more of it
    winners = exact.best_of_n(lab.source, lab.proxy, torch.tensor(DRAWS))
    for n, frame in zip(DRAWS, measure(lab, DRAWS, lab.source, winners), strict=True):
        best = drawn[:n][lab.proxy[drawn[:n]].argmax()]
        shown = _shown(lab, best, drawn[: min(n, NUM_SHOWN)])
        yield {"method": "best_of_n", "cost": n * lab.world.length, **frame, **shown}
    if not tuned:
        return
    reference = Policies.pretrain(lab.world, lab.source, params.seed)
    ref = reference.exact()[0]
    policies = fine_tune(lab, reference, ref, tuned, params)
    for logp, frame in zip(policies, measure(lab, tuned, ref, policies), strict=True):
        written = exact.draw(logp.exp(), uniform[:NUM_SHOWN])
        shown = _shown(lab, written[0], written)
        yield {"method": "fine_tuned", "cost": lab.world.length, **frame, **shown}


def measure(lab: Lab, draws: tuple[int, ...], ref: Tensor, logprobs: Tensor) -> Iterator[Frame]:
    """What is known of the policies (S, N) that stand for the best of so many draws from `ref`."""
    distance = exact.kl(logprobs, ref).clamp(min=0.0)
    most = exact.most_reward(ref, lab.proxy, distance)
    targets = exact.best_of_n(ref, lab.proxy, torch.tensor(draws))
    for i, n in enumerate(draws):
        logp = logprobs[i]
        yield {
            "n": n,
            "kl": float(distance[i]),
            "kl_bound": exact.best_of_n_bound(n),
            "proxy_reward": float(exact.expected(logp, lab.proxy)),
            "gold_reward": float(exact.expected(logp, lab.gold)),
            "frontier_reward": float(most[i]),
            "win_rate": float(exact.win_rate(logp, ref, lab.proxy)),
            "win_bound": n / (n + 1),
            "entropy": float(exact.entropy(logp)),
            "repeat_rate": float(exact.expected(logp, exact.repeat_rate(lab.world))),
            "gap": max(0.0, float(exact.kl(targets[i], logp))),
        }


def _shown(lab: Lab, best: Tensor, candidates: Tensor) -> Frame:
    texts = [[lab.world.text(i), float(lab.proxy[i])] for i in candidates]
    return {"sample": lab.world.text(best), "candidates": texts}


def fine_tune(
    lab: Lab, reference: Policies, ref: Tensor, draws: tuple[int, ...], params: Params
) -> Tensor:
    """(S, N) log-probabilities of policies tuned on the winners of n draws, one for each n.

    A winner of n draws is a draw of the exact best-of-n distribution, and that is how it is made.
    """
    rng = generator(params.seed, "winners")
    uniform = torch.rand(len(draws), params.num_winners, generator=rng, dtype=torch.float64)
    targets = exact.best_of_n(ref, lab.proxy, torch.tensor(draws))
    winners = torch.stack([exact.draw(*pair) for pair in zip(targets.exp(), uniform, strict=True)])
    policies = reference.copies(len(draws))
    optimizer = torch.optim.Adam(policies.parameters(), lr=LEARNING_RATE, fused=True)
    for step in range(params.num_steps):
        batch = torch.randint(params.num_winners, (len(draws), BATCH_SIZE), generator=rng)
        tokens = lab.world.completions()[winners.gather(1, batch)]
        loss = -policies.logprobs(tokens).mean(-1)  # SFT: every word of the answer counts
        optimizer.param_groups[0]["lr"] = LEARNING_RATE * schedule(step, params.num_steps)
        optimizer.zero_grad()
        loss.sum().backward()
        optimizer.step()
    return policies.exact()
