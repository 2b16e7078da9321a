"""RLHF in three steps, in a world where the answer is known: imitate, learn to score, reinforce.

    sft           a tiny transformer imitates demonstrations (samples of a source text)
    reward_model  scores fitted to comparisons of its samples (Bradley and Terry, 1952)
    rl            policy gradients climb   E[r] - beta KL(pi || pi_ref)   from the SFT model

Every completion can be listed (see sims/language/world.py), so every number in a frame is a sum
over all of them and not an estimate, and the best policy at each KL is known:

    pi* = pi_ref exp(r / beta) / Z,   and   E_pi[r] <= min over beta of beta (KL + log Z)

The recipe is that of Ouyang et al. (2022); the optimum stands in Rafailov et al. (2023).

The true reward is not a sum over words, and takes longer to climb than a learned one. Without a
reward model, at beta = 0.05 and seed 0, GRPO ends 0.43 nats from its optimum after 200 updates, and
0.10 after 600.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from sims.language import exact, training
from sims.language.audience import Audience, heard
from sims.language.lab import NUM_SFT_FRAMES, Lab, accuracy, sft, untrained
from sims.language.raters import SHARPNESS, Comparisons, compare
from sims.language.rewards import train_reward_model
from sims.spec import Frame, column, param

STAGES = ("sft", "reward_model", "rl")
RM_UPDATES, RL_UPDATES = 10, 2  # gradient updates that one frame stands for
RM_STEPS = 200
OTHER_RATERS = 2_000_000  # added to the seed
NUM_HELD_OUT = 2000  # comparisons that the reward model is judged on and never sees


@dataclass(frozen=True)
class Params:
    algorithm: str = param(
        "rloo",
        choices=("reinforce", "rloo", "grpo", "ppo"),
        help="how the third step climbs",
    )
    beta: float = param(
        0.1,
        low=0.05,
        high=2.0,
        step=0.01,
        help="weight of the KL: the price of leaving the SFT model",
    )
    num_comparisons: int = param(
        1000, low=50, high=20_000, step=50, help="pairs that the raters compare"
    )
    noise: float = param(
        0.0, low=0.0, high=0.5, step=0.05, help="share of answers that are flipped; 0.5: a coin"
    )
    hidden: int = param(
        0, low=0, high=128, step=16, help="hidden units of the reward model; 0 adds up words"
    )
    skip: str = param(
        "nothing",
        choices=("nothing", "sft", "reward_model"),
        help="leave a step out: start from random weights, or be paid the true reward",
    )
    score: str = param(
        "own",
        choices=("own", "shuffled"),
        help="in step 3 each completion earns its own score, or that of another of its batch",
    )
    use_annealing: bool = param(
        True, help="bring beta down from 1 to its value in the first half of step 3"
    )
    stop_after: str = param(
        "rl", choices=("sft", "reward_model", "rl"), help="pause when this step is done"
    )
    num_steps: int = param(
        200, low=20, high=1000, step=20, unit="updates", help="length of the third step"
    )
    learning_rate: float = param(
        0.01, low=0.0005, high=0.02, step=0.0005, help="step size of the third step"
    )
    source: str = param("simulated", choices=("simulated", "room"), help="who compares: see labels")
    labels: str = param(
        "", max_length=50_000, help="of a room (sims/language/audience.py); empty: a recorded room"
    )
    seed: int = param(0, low=0, high=1_000_000, step=1, help="the world, its raters and every draw")


class Columns:
    stage: str = column("sft, reward_model or rl")
    loss: float = column(
        "what the step lowers: of a completion, of a comparison, or beta KL - E[r]", unit="nats"
    )
    gap: float = column(
        "KL from what the step aims at: source, raters of an unseen comparison, optimum",
        unit="nats",
    )
    accuracy: float = column("of the reward model on held-out comparisons; 1/2 until there is one")
    kl: float = column("KL(policy || reference); 0 until RL moves the policy away", unit="nats")
    proxy_reward: float = column(
        "E[learned reward], in standard deviations of the reference; 0 before it"
    )
    frontier_reward: float = column("the most proxy reward that any policy could have at this KL")
    gold_reward: float = column("E[true reward], in standard deviations of the demonstrations")
    entropy: float = column("of a completion", unit="nats")
    optimum_gold_reward: float = column(
        "gold_reward of the policy with the most proxy reward at this KL; 0 until there is a proxy"
    )
    repeat_rate: float = column("share of the words that were said before in their completion")
    said: str = column("whose labels these are", when={"source": ("room",)})
    samples: list = column("four completions")
    words: list = column("the words of the first one")
    log_ratios: list = column("log(pi / pi_ref) of each of these words, in nats")


def run(params: Params) -> Iterator[Frame]:
    """Frames of the three steps, one after the other."""
    for step, (progress, frame) in enumerate(_stages(params)):
        yield {"step": step, **frame, "progress": progress}


def _stages(params: Params) -> Iterator[tuple[float, Frame]]:
    """(share of the work done, frame): the steps up to `stop_after`, one frame each if skipped."""
    lab = Lab(params.seed)
    room = heard(params, lab.world, lab.gold, lab.source)
    said = {"said": room.words} if room else {}
    counts = {
        "sft": 1 if params.skip == "sft" else NUM_SFT_FRAMES,
        "reward_model": 1 if params.skip == "reward_model" else 1 + RM_STEPS // RM_UPDATES,
        "rl": 1 + math.ceil(params.num_steps / RL_UPDATES),
    }
    wanted = STAGES[: STAGES.index(params.stop_after) + 1]
    total, done = sum(counts[stage] for stage in wanted), 0
    for stage in wanted:
        for frame in _frames(stage, lab, params, room):
            done += 1
            yield done / total, frame | said


def _frames(stage: str, lab: Lab, params: Params, room: Audience | None) -> Iterator[Frame]:
    if stage == "sft":
        return iter([untrained(lab)]) if params.skip == "sft" else sft(lab)
    return _reward_model(lab, params, room) if stage == "reward_model" else _rl(lab, params)


def _reward_model(lab: Lab, params: Params, room: Audience | None) -> Iterator[Frame]:
    """Step 2: frames of fitting the reward; leaves it in `lab`."""
    comparisons, held_out, wins = _asked(lab, params, room)

    def frame(reward: Tensor, loss: float) -> Frame:
        margins = reward[held_out.chosen] - reward[held_out.rejected]
        lab.accuracy = accuracy(margins)
        gap = _excess(wins, margins)
        return lab.frame("reward_model", lab.reference, lab.ref_logprobs, loss, gap)

    if params.skip == "reward_model":
        yield frame(SHARPNESS * lab.gold, loss=0.0)
        lab.set_proxy(lab.gold)
        return
    fitting = train_reward_model(lab.world, comparisons, params.hidden, RM_STEPS, params.seed)
    reward = lab.gold
    for update, (model, loss) in enumerate(fitting):
        if update % RM_UPDATES == 0:
            reward = model.rewards()
            yield frame(reward, loss)
    lab.set_proxy(reward)


def _asked(
    lab: Lab, params: Params, room: Audience | None
) -> tuple[Comparisons, Comparisons, Tensor]:
    """Comparisons to learn from, held-out ones, and how often the chosen one of these wins (M,): of
    a room it is known only that it did."""
    if room:
        return room.ours, room.held_out, torch.ones(len(room.held_out), dtype=torch.float64)
    ask = (lab.gold, lab.ref_logprobs)
    held_out = compare(*ask, NUM_HELD_OUT, params.noise, params.seed + OTHER_RATERS)
    wins = SHARPNESS * (lab.gold[held_out.chosen] - lab.gold[held_out.rejected])
    wins = params.noise + (1 - 2 * params.noise) * wins.sigmoid()
    return compare(*ask, params.num_comparisons, params.noise, params.seed), held_out, wins


def _rl(lab: Lab, params: Params) -> Iterator[Frame]:
    """Step 3: frames of climbing the learned reward, less beta times the KL."""
    star = exact.optimum(lab.ref_logprobs, lab.proxy, params.beta)
    learning = training.train_policies(
        lab.world,
        lab.reference,
        lab.ref_logprobs,
        lab.proxy,
        [params.beta],
        params.algorithm,
        params.num_steps,
        learning_rate=params.learning_rate,
        seed=params.seed,
        is_shuffled=params.score == "shuffled",
        is_annealed=params.use_annealing,
    )
    for update, policy in enumerate(learning):
        if update % RL_UPDATES == 0 or update == params.num_steps:
            logp = policy.exact()[0]
            objective = exact.expected(logp, lab.proxy)
            objective = objective - params.beta * exact.kl(logp, lab.ref_logprobs)
            yield lab.frame("rl", policy, logp, -float(objective), float(exact.kl(logp, star)))


def _excess(wins: Tensor, margins: Tensor) -> float:
    """Mean KL(raters || model) of a comparison, nats: won with `wins`, or with sigmoid(margins)."""
    loses, log_win = 1 - wins, F.logsigmoid(margins)
    log_lose = F.logsigmoid(-margins)
    per_pair = torch.xlogy(wins, wins) + torch.xlogy(loses, loses)
    return float((per_pair - wins * log_win - loses * log_lose).mean())
