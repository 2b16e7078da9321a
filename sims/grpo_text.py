"""GRPO live on a model that writes text: a check in place of a reward model, on one prompt.

    advantage = (reward - mean of the group) / its deviation        loss = -mean advantage log p
    KL        = mean over the replies of  sum over tokens of  r - 1 - log r,  r = p_start / p

Each step samples a group of replies, checks each by a rule and makes what was paid likelier
(Shao et al., 2024). A group that earns all the same teaches nothing. `model` = tiny trains all its
weights; `real` trains low-rank adapters in its last layers (Hu et al., 2022) and keeps the rest.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer
from torch import Tensor

from sims import losses
from sims.language import base_model
from sims.language.model import LanguageModel
from sims.language.sampling import Samples, sample
from sims.language.transformer import token_logprobs
from sims.models.adapters import adapted, without_adapters
from sims.models.pretrained import Pretrained
from sims.next_token import encode
from sims.spec import Frame, column, param

NUM_LAYERS = 8  # of the real model that get adapters: what lies below needs no backward pass
Logits = Callable[[Tensor, Tensor], Tensor]  # `completion_logits` of a model
RATES = {"tiny": 1e-3, "real": 1e-3}  # the usual step size


@dataclass(frozen=True)
class Params:
    prompt: str = param(
        "the",
        max_length=200,
        suggestions=("the", "Who are you?", "Tell me about the sea."),
        help="the one prompt that is trained on; the real model gets it in its chat template",
    )
    model: str = param(
        "tiny",
        choices=("tiny", "real"),
        help="117,000 weights that know 200 words; or the real model that the server was started "
        "with: about five seconds a step",
    )
    reward: str = param(
        "ends",
        choices=("ends", "letter"),
        help="1 for a reply that ends by itself within max_tokens; or the share of its words that "
        "begin with s",
    )
    num_steps: int = param(10, low=1, high=60, step=1, unit="updates", help="gradient updates")
    group_size: int = param(8, low=2, high=32, step=2, help="replies in each step")
    max_tokens: int = param(12, low=4, high=40, step=1, unit="tokens", help="of a reply, at most")
    learning_rate: float = param(
        1.0, low=0.1, high=5.0, step=0.1, unit="× usual", help="step size; the usual one is 0.001"
    )
    seed: int = param(0, low=0, high=1_000_000, step=1, help="start of every random number")


class Columns:
    updates: int = column("so far", unit="updates")
    reward: float = column("mean of the group, sampled after these updates")
    ends_rate: float = column("share of these replies that end by themselves")
    mean_length: float = column("of these replies", unit="tokens")
    logprob: float = column("mean over these replies, of all tokens", unit="nats")
    kl: float = column("of a reply to the model as it was, by k3 on these replies", unit="nats")
    num_trained: int = column("weights that learn", unit="weights")
    sample: str = column("one of these replies, the first of the group")


def run(params: Params) -> Iterator[Frame]:
    """One frame before the first update and one after each."""
    torch.set_num_threads(1)
    model, tokenizer = base_model.choose(params.model)
    if isinstance(model, Pretrained):
        with adapted(model, NUM_LAYERS) as tuned:

            def before(prompts: Tensor, completions: Tensor) -> Tensor:
                with without_adapters(tuned):
                    return tuned.completion_logits(prompts, completions)

            yield from train(tuned, before, tokenizer, params)
    else:
        yield from train(model.copy(), model.completion_logits, tokenizer, params)


def train(
    model: LanguageModel, before: Logits, tokenizer: Tokenizer, params: Params
) -> Iterator[Frame]:
    """The frames of a model whose `parameters()` are trained in place; `before` answers the logits
    of the model as it was."""
    ids = encode(model, tokenizer, params.prompt, is_chat=params.model == "real")
    prompt, ends = torch.tensor([ids]), set(model.config.ends)
    weights = list(model.parameters())
    optimizer = torch.optim.AdamW(
        weights, lr=RATES[params.model] * params.learning_rate, weight_decay=0.0
    )
    generator = torch.Generator().manual_seed(params.seed)
    for step in range(params.num_steps + 1):
        made = sample(
            model, prompt, params.max_tokens, generator=generator, num_samples=params.group_size
        )
        replies = [
            tokenizer.decode([i for i in row if i not in ends]).strip() for row in made.written()
        ]
        rewards = check(replies, made.is_finished, params.reward)
        yield {
            "step": step,
            "updates": step,
            "reward": float(rewards.mean()),
            "ends_rate": float(made.is_finished.float().mean()),
            "mean_length": float(made.mask.sum(1).mean()),
            "logprob": float((made.logprobs * made.mask).sum(1).mean()),
            "kl": _distance(before, prompt, made),
            "num_trained": sum(weight.numel() for weight in weights),
            "sample": replies[0],
            "progress": step / params.num_steps,
        }
        if step < params.num_steps:
            _learn(model, optimizer, prompt, made, rewards)


def check(replies: list[str], is_finished: Tensor, reward: str) -> Tensor:
    """What each reply earns, (G,): a rule decides, and no model."""
    if reward == "ends":
        return is_finished.float()
    starts = [[word.lstrip("\"'(*").lower()[:1] for word in reply.split()] for reply in replies]
    return torch.tensor([found.count("s") / max(1, len(found)) for found in starts])


def _distance(before: Logits, prompt: Tensor, made: Samples) -> float:
    """KL of a reply to the model as it was, in nats."""
    with torch.no_grad():
        ref = token_logprobs(before(prompt, made.tokens), made.tokens)
    return float((losses.kl_k3(made.logprobs, ref) * made.mask).sum(1).mean())


def _learn(
    model: LanguageModel,
    optimizer: torch.optim.Optimizer,
    prompt: Tensor,
    made: Samples,
    rewards: Tensor,
) -> None:
    """One update on the group, which the model has just written itself."""
    advantages = losses.grpo_advantages(rewards[None])[0]
    if not advantages.any():  # all earn the same
        return
    logprobs = token_logprobs(model.completion_logits(prompt, made.tokens), made.tokens)
    loss = -(advantages[:, None] * logprobs * made.mask).sum() / made.mask.sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
