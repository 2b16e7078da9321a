"""Direct preference optimisation and its family, beside online RL, against the exact optimum.

DPO skips the reward model: the policy itself is one, r = beta log(pi / pi_ref), and is fitted to
the comparisons by the Bradley-Terry likelihood (Rafailov et al., 2023). Its optimum is that of RL
with a KL penalty, pi* = pi_ref exp(r / beta) / Z. Here pi* is known, so it can be seen which of the
two comes how close to it from the same preferences.

Rewards are in standard deviations of the demonstrations. A rater's log-odds are SHARPNESS times the
difference of two of them, so the log-odds of DPO are SHARPNESS times that of its implicit rewards.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from sims import losses
from sims.language import exact, training
from sims.language.audience import Audience, heard
from sims.language.lab import NUM_SFT_FRAMES, Lab, accuracy, sft
from sims.language.policies import Policies, schedule
from sims.language.raters import SHARPNESS, Comparisons, compare
from sims.language.rewards import fit_reward_model
from sims.language.world import generator, source_logprobs
from sims.spec import Frame, column, param

BATCH_SIZE = 64  # pairs of one update
UPDATES = 4  # that one frame stands for
NUM_PROBE = 1000  # pairs that are watched, and that no policy learns from
OTHER = 1_000_000  # added to the seed: another model, other raters


@dataclass(frozen=True)
class Params:
    method: str = param(
        "dpo",
        choices=("dpo", "ipo", "simpo", "kto", "orpo"),
        help="which loss of the family; only dpo aims at the optimum that gap is measured to",
    )
    pairs: str = param(
        "reference",
        choices=("reference", "another_model", "policy", "all"),
        help=(
            "who wrote the pairs: the SFT model or another one (labelled once), the policy (fresh "
            "at each update); all: every pair of the policy's samples, each judged by many raters"
        ),
    )
    reward: str = param(
        "additive",
        choices=("additive", "gold"),
        help="what raters go by: a sum over words that any learner can hold, or the reward of rlhf",
    )
    beta: float = param(
        0.5,
        low=0.05,
        high=2.0,
        step=0.05,
        help="weight of the KL: the price of leaving the SFT model",
    )
    num_comparisons: int = param(
        1000, low=50, high=20_000, step=50, help="pairs that are labelled once"
    )
    noise: float = param(
        0.0, low=0.0, high=0.5, step=0.05, help="share of labels that are flipped; 0.5: a coin"
    )
    num_steps: int = param(200, low=20, high=1000, step=20, unit="updates", help="length")
    learning_rate: float = param(
        0.01, low=0.0005, high=0.02, step=0.0005, help="step size of the method, not of RL"
    )
    source: str = param("simulated", choices=("simulated", "room"), help="who compares: see labels")
    labels: str = param(
        "", max_length=50_000, help="of a room (sims/language/audience.py); empty: a recorded room"
    )
    seed: int = param(0, low=0, high=1_000_000, step=1, help="the world, its raters and every draw")


class Columns:
    stage: str = column("sft or pairs; in sft all that needs a reference is 0")
    loss: float = column(
        "of the last batch (at first, of the first one); of sft, of a completion", unit="nats"
    )
    gap: float = column(
        "KL(policy || pi*), the optimum of the true reward; in sft, KL(source || policy)",
        unit="nats",
    )
    accuracy: float = column("share of the labelled pairs with a margin above 0; 1/2 in sft")
    kl: float = column("KL(policy || reference)", unit="nats")
    gold_reward: float = column("E[true reward], in standard deviations of the demonstrations")
    entropy: float = column("of a completion", unit="nats")
    repeat_rate: float = column("share of the words that were said before in their completion")
    samples: list = column("four completions")
    words: list = column("the words of the first one")
    log_ratios: list = column("log(pi / pi_ref) of each of these words, in nats")
    chosen_logprobs: float = column(
        "mean log pi of the preferred completions of the labelled pairs", unit="nats"
    )
    rejected_logprobs: float = column("the same of those that were not preferred", unit="nats")
    reward_margin: float = column(
        "mean difference of beta log(pi / pi_ref) over the same pairs", unit="nats"
    )
    held_out_accuracy: float = column("share of unseen pairs with a margin above 0; 1/2 in sft")
    rl_gap: float = column(
        "gap of RL, paid a reward model fitted to the same pairs (or the truth)", unit="nats"
    )
    rl_kl: float = column("kl of RL", unit="nats")
    rl_gold_reward: float = column("gold_reward of RL")
    equal_kl_gold_reward: float = column(
        "gold_reward of the best policy by RL's reward at the method's own kl"
    )
    said: str = column("whose labels these are", when={"source": ("room",)})
    written: int = column("completions that the method has sampled so far to learn from")
    rl_written: int = column("the same of RL")


@dataclass(frozen=True)
class Batch:
    """Pairs of completions by number, (M,), and how often the first beats the second."""

    chosen: Tensor
    rejected: Tensor
    wins: Tensor  # 1 where one rater has spoken; a probability where all have
    chosen_logprobs: Tensor  # of the policy, with grad
    rejected_logprobs: Tensor


def run(params: Params) -> Iterator[Frame]:
    """Frames of SFT and then of the method, with RLOO on the same preferences at each update."""
    total = NUM_SFT_FRAMES + 1 + math.ceil(params.num_steps / UPDATES)
    for step, frame in enumerate(_frames(params)):
        yield {"step": step, **frame, "progress": (step + 1) / total}


def _frames(params: Params) -> Iterator[Frame]:
    lab = Lab(params.seed, params.reward == "additive")
    nothing = dict.fromkeys(("chosen_logprobs", "rejected_logprobs", "reward_margin"), 0.0)
    nothing |= {"held_out_accuracy": 0.5, "rl_gap": 0.0, "rl_kl": 0.0, "rl_gold_reward": 0.0}
    nothing |= {"equal_kl_gold_reward": 0.0, "written": 0, "rl_written": 0}
    room = heard(params, lab.world, lab.gold, lab.source)
    said = {"said": room.words} if room else {}
    for frame in sft(lab):
        yield _kept(frame) | nothing | said

    study = Study(params, lab, room)
    online = study.online_rl()
    for update, (policy, loss) in enumerate(study.learning()):
        rival = next(online)  # one update of RL for each of ours
        if update % UPDATES == 0 or update == params.num_steps:
            yield study.frame(policy, loss, rival) | said


class Study:
    """One set of preferences, the method that learns from it, and the RL that does so too."""

    def __init__(self, params: Params, lab: Lab, room: Audience | None = None) -> None:
        self.params, self.lab = params, lab
        self.rng = generator(params.seed, "dpo")
        self.ref = lab.ref_logprobs.float()
        self.star = exact.optimum(lab.ref_logprobs, lab.gold, params.beta)
        self.distance = 0.0  # KL to the reference at the last frame, for KTO
        self.written = self.rl_written = 0  # completions sampled to learn from
        self.labelled: Comparisons | None = room.ours if room else None
        self.probe = room.held_out if room else self._labels(lab.ref_logprobs, NUM_PROBE, OTHER)
        if not room and params.pairs in ("reference", "another_model"):
            others = source_logprobs(lab.world, params.seed + OTHER)
            writer = lab.ref_logprobs if params.pairs == "reference" else others
            self.labelled = self._labels(writer, params.num_comparisons, 0)
        self.watched = self.labelled or self.probe

    def _labels(self, writer: Tensor, num: int, offset: int) -> Comparisons:
        noise, seed = self.params.noise, self.params.seed
        return compare(self.lab.gold, writer, num, noise, seed + offset)

    def learning(self) -> Iterator[tuple[Policies, float]]:
        """(policy, loss of the last batch) before the first update and after each one."""
        params = self.params
        policy = self.lab.reference.copies(1)
        optimizer = torch.optim.Adam(policy.parameters(), lr=params.learning_rate, fused=True)
        loss = self._loss(self._batch(policy))
        self.written = 0  # that batch was looked at, not learned from
        yield policy, loss.item()
        for step in range(params.num_steps):
            optimizer.param_groups[0]["lr"] = params.learning_rate * schedule(
                step, params.num_steps
            )
            loss = self._loss(self._batch(policy))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            yield policy, loss.item()

    def online_rl(self) -> Iterator[Policies]:
        """RLOO with the same beta, on what the same pairs say of the reward."""
        lab, params = self.lab, self.params
        reward = lab.gold
        if self.labelled is not None:
            reward = fit_reward_model(lab.world, self.labelled, 0, 0, params.seed)[0] / SHARPNESS
            reward = reward - exact.expected(lab.ref_logprobs, reward)
        lab.set_proxy(reward)
        policies = training.train_policies(
            lab.world,
            lab.reference,
            lab.ref_logprobs,
            reward,
            [params.beta],
            num_steps=params.num_steps,
            seed=params.seed,
        )
        for update, policy in enumerate(policies):
            self.rl_written = update * training.BATCH_SIZE
            yield policy

    def _batch(self, policy: Policies) -> Batch:
        world = self.lab.world
        if self.labelled is not None:
            size = min(BATCH_SIZE, len(self.labelled))
            drawn = torch.randint(len(self.labelled), (size,), generator=self.rng)
            chosen, rejected = self.labelled.chosen[drawn], self.labelled.rejected[drawn]
            tokens = world.completions()[torch.cat([chosen, rejected])]
            logprobs = policy.logprobs(tokens[None])[0].split(size)
            return Batch(chosen, rejected, torch.ones(size), *logprobs)
        rollout = policy.rollout(2 * BATCH_SIZE, self.rng)
        self.written += 2 * BATCH_SIZE
        index, logprobs = world.index(rollout.tokens)[0], rollout.logprobs[0]
        first, second = torch.arange(2 * BATCH_SIZE).view(2, -1)
        if self.params.pairs == "all":
            first, second = torch.triu_indices(2 * BATCH_SIZE, 2 * BATCH_SIZE, 1)
        wins = self._odds(index[first], index[second])
        if self.params.pairs == "policy":
            wins = (torch.rand(BATCH_SIZE, generator=self.rng) < wins).float()
        return Batch(index[first], index[second], wins, logprobs[first], logprobs[second])

    def _odds(self, first: Tensor, second: Tensor) -> Tensor:
        """How often raters prefer the first (M,); equal ones half of the time."""
        gap = SHARPNESS * (self.lab.gold[first] - self.lab.gold[second])
        noise = self.params.noise
        return ((1 - 2 * noise) * gap.sigmoid() + noise).float()

    def _loss(self, batch: Batch) -> Tensor:
        """Each pair both ways round, weighted by how often it is labelled so."""
        ahead = (batch.chosen_logprobs, batch.rejected_logprobs)
        refs = (self.ref[batch.chosen], self.ref[batch.rejected])
        loss = batch.wins * self._pair_losses(*ahead, *refs)
        if bool((batch.wins < 1).any()):
            loss = loss + (1 - batch.wins) * self._pair_losses(*ahead[::-1], *refs[::-1])
        return loss.mean()

    def _pair_losses(
        self, chosen: Tensor, rejected: Tensor, ref_chosen: Tensor, ref_rejected: Tensor
    ) -> Tensor:
        """The method's loss of each pair (M,): an axis of one is what it averages over."""
        beta, length = SHARPNESS * self.params.beta, self.lab.world.length
        pair = (chosen[:, None], rejected[:, None])
        refs = (ref_chosen[:, None], ref_rejected[:, None])
        method = self.params.method
        if method == "dpo":
            return losses.dpo_loss(*pair, *refs, beta)[0]
        if method == "ipo":
            return losses.ipo_loss(*pair, *refs, self.params.beta)
        if method == "simpo":  # beta counts per token there: times T, it is DPO's scale
            lengths = torch.full_like(pair[0], length)
            return losses.simpo_loss(*pair, lengths, lengths, beta * length)
        if method == "orpo":  # no beta: what grows with the distance allowed is the pairs' weight
            means = (value / length for value in pair)
            return losses.orpo_loss(*means, weight=1 / self.params.beta)
        good = torch.ones_like(pair[0], dtype=torch.bool)
        up = losses.kto_loss(pair[0], refs[0], good, self.distance, beta)
        return (up + losses.kto_loss(pair[1], refs[1], ~good, self.distance, beta)) / 2

    def frame(self, policy: Policies, loss: float, rival: Policies) -> Frame:
        """Both policies measured over all completions."""
        lab = self.lab
        logp, other = policy.exact()[0], rival.exact()[0]
        frame = lab.frame("pairs", policy, logp, loss, float(exact.kl(logp, self.star)))
        self.distance = frame["kl"]
        margins, unseen = (self._margins(logp, pairs) for pairs in (self.watched, self.probe))
        return _kept(frame) | {
            "accuracy": accuracy(margins),
            "chosen_logprobs": float(logp[self.watched.chosen].mean()),
            "rejected_logprobs": float(logp[self.watched.rejected].mean()),
            "reward_margin": float(margins.mean()),
            "held_out_accuracy": accuracy(unseen),
            "rl_gap": float(exact.kl(other, self.star)),
            "rl_kl": max(0.0, float(exact.kl(other, lab.ref_logprobs))),
            "rl_gold_reward": float(exact.expected(other, lab.gold)),
            "equal_kl_gold_reward": lab.optimum_gold_reward(frame["kl"]),
            "written": self.written,
            "rl_written": self.rl_written,
        }

    def _margins(self, logp: Tensor, pairs: Comparisons) -> Tensor:
        reward = self.params.beta * (logp - self.lab.ref_logprobs)
        return reward[pairs.chosen] - reward[pairs.rejected]


def _kept(frame: Frame) -> Frame:
    """A frame of the lab without what speaks of a learned reward: here there is none."""
    learned = ("proxy_reward", "frontier_reward", "optimum_gold_reward")
    return {name: value for name, value in frame.items() if name not in learned}
