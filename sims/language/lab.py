"""The bench of the `rlhf` and `dpo` simulations: a world, its SFT model, and exact measurements.

Both begin with step 1 of Ouyang et al. (2022): a tiny transformer imitates demonstrations. Every
number in a frame is a sum over all completions, not an estimate.
"""

import functools
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from sims.language import exact
from sims.language.policies import PRETRAIN_STEPS, Policies, pretraining
from sims.language.rewards import features
from sims.language.world import World, generator, gold_reward, source_logprobs
from sims.spec import Frame

SFT_UPDATES = 10  # gradient updates that one frame of `sft` stands for
NUM_SFT_FRAMES = 1 + PRETRAIN_STEPS // SFT_UPDATES
NUM_SHOWN = 4  # samples in each frame
GRID = torch.logspace(-2, 1.3, 80, dtype=torch.float64)  # betas that bound the frontier


class Lab:
    """What is known of the world of one seed, and what the steps have made so far.

    `is_additive` replaces the true reward by the sum of words at places that is closest to it.
    """

    def __init__(self, seed: int, is_additive: bool = False) -> None:
        self.seed, self.is_additive, self.world = seed, is_additive, World()
        self.source = source_logprobs(self.world, seed)
        gold = gold_reward(self.world, seed)
        if is_additive:
            gold = additive(self.world, gold, self.source)
        self.gold = exact.standardise(gold, self.source)
        self.repeats = exact.repeat_rate(self.world)
        self.reference = Policies.fresh(self.world, seed)  # until `sft` has made a better one
        self.ref_logprobs = self.reference.exact()[0]
        self.proxy = torch.zeros_like(self.gold)
        self.accuracy = 0.5
        self._values = self._frontier_kl = self._frontier_gold = torch.zeros_like(GRID)

    def frame(self, stage: str, policy: Policies, logp: Tensor, loss: float, gap: float) -> Frame:
        """One frame; `logp` (N,) is `policy.exact()[0]`. In stage `sft` there is no reference."""
        distance = 0.0 if stage == "sft" else max(0.0, float(exact.kl(logp, self.ref_logprobs)))
        # the same random numbers every time: what changes in the text is the policy's doing
        tokens = policy.sample(NUM_SHOWN, generator(self.seed, "samples"))
        return {
            "stage": stage,
            "loss": loss,
            "gap": gap,
            "accuracy": self.accuracy,
            "kl": distance,
            "proxy_reward": float(exact.expected(logp, self.proxy)),
            "frontier_reward": self.frontier_reward(distance),
            "gold_reward": float(exact.expected(logp, self.gold)),
            "optimum_gold_reward": self.optimum_gold_reward(distance),
            "entropy": float(exact.entropy(logp)),
            "repeat_rate": float(exact.expected(logp, self.repeats)),
            "samples": [self.world.text(row) for row in tokens[0]],
            "words": [self.world.words[token] for token in tokens[0, 0].tolist()],
            "log_ratios": self._log_ratios(stage, policy, tokens[:, :1]),
        }

    def set_proxy(self, reward: Tensor) -> None:
        """Make `reward` (N,) the one that RL climbs, in standard deviations of the reference."""
        self.proxy = exact.standardise(reward, self.ref_logprobs)
        found = exact.frontier(self.ref_logprobs, self.proxy, self.gold, GRID)
        self._values = found["proxy_reward"] - GRID * found["kl"]  # beta log Z
        self._frontier_kl, self._frontier_gold = found["kl"], found["gold_reward"]

    def frontier_reward(self, distance: float) -> float:
        """The most proxy reward at KL `distance`; 0 until there is a proxy.

        No policy passes E[r] - beta KL = beta log Z, whatever beta is: the least of these bounds.
        """
        if not self.proxy.any():
            return 0.0
        return float((GRID * distance + self._values).min())

    def optimum_gold_reward(self, distance: float) -> float:
        """The true reward of the best policy by the proxy at KL `distance`; 0 without a proxy.

        It is the optimum of the objective for the beta that leads so far, between two of GRID.
        """
        if not self.proxy.any():
            return 0.0
        kl, gold = self._frontier_kl.flip(0), self._frontier_gold.flip(0)  # betas rise, KL falls
        return float(np.interp(distance, kl.numpy(), gold.numpy()))

    def _log_ratios(self, stage: str, policy: Policies, tokens: Tensor) -> list[float]:
        if stage == "sft":
            return [0.0] * self.world.length
        with torch.no_grad():
            now = policy.token_logprobs(tokens) - self.reference.token_logprobs(tokens)
        return now[0, 0].tolist()


def sft(lab: Lab) -> Iterator[Frame]:
    """Frames of imitating the source; leaves the trained model in `lab` as the reference.

    The work is done once in a process for each seed: later runs get the same frames at once.
    """
    record = _imitation(lab.seed, lab.is_additive)
    yield from record.frames()
    lab.reference, lab.ref_logprobs = record.lab.reference, record.lab.ref_logprobs


def untrained(lab: Lab) -> Frame:
    """The frame before any demonstration: a random model, nearly uniform over completions."""
    return _sft_frame(lab, lab.reference, lab.ref_logprobs)


def additive(world: World, reward: Tensor, logprobs: Tensor) -> Tensor:
    """The sum over places of a worth of each word there that is nearest to `reward` (N,).

    Least squares, weighted with the probabilities of `logprobs`.
    """
    inputs = features(world).double()
    weighted = inputs * logprobs.exp()[:, None]
    worth = torch.linalg.lstsq(inputs.T @ weighted, weighted.T @ reward, driver="gelsd").solution
    return inputs @ worth


def accuracy(margins: Tensor) -> float:
    """Share of pairs whose chosen answer has the higher score, a tie counting half."""
    return float(((margins > 0).double() + 0.5 * (margins == 0).double()).mean())


class Imitation:
    """The frames of one `sft`, made when they are first asked for and kept."""

    def __init__(self, seed: int, is_additive: bool) -> None:
        self.lab = Lab(seed, is_additive)
        self._kept: list[Frame] = []
        self._work = _imitate(self.lab)

    def frames(self) -> Iterator[Frame]:
        for number in range(NUM_SFT_FRAMES):
            if number == len(self._kept):
                try:
                    self._kept.append(next(self._work))
                except BaseException:  # an interrupted generator is finished: start anew next time
                    _imitation.cache_clear()
                    raise
            yield self._kept[number]


@functools.lru_cache(maxsize=4)
def _imitation(seed: int, is_additive: bool) -> Imitation:
    return Imitation(seed, is_additive)


def _imitate(lab: Lab) -> Iterator[Frame]:
    yield untrained(lab)
    for update, (policy, _) in enumerate(pretraining(lab.world, lab.source, lab.seed), start=1):
        if update % SFT_UPDATES == 0:
            logp = policy.exact()[0]
            if update == PRETRAIN_STEPS:
                lab.reference, lab.ref_logprobs = policy.copies(1), logp
            yield _sft_frame(lab, policy, logp)


def _sft_frame(lab: Lab, policy: Policies, logp: Tensor) -> Frame:
    """`gap` is KL(source || policy); `loss`, the cross-entropy, is that above the entropy."""
    gap = float(exact.kl(lab.source, logp))
    return lab.frame("sft", policy, logp, float(exact.entropy(lab.source)) + gap, gap)
