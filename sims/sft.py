"""Supervised finetuning: a base model that goes on with questions learns to answer them.

    loss = -mean log pi(answer token | question, answer so far)      on the answers' tokens alone

The base model has mostly read questions in lists, so it meets one with the next. A few dozen
examples change what it does, hardly what it knows: it then answers questions that no example asked.
It also copies what examples share: put a phrase in front of some answers, and about as many of its
own begin with it. And it forgets: on the texts of pre-training its loss rises, the more so the
larger the steps are. Ouyang et al. (2022), step 1; Zhou et al. (2023): few examples will do.

What it knows is measured apart from whether it answers: `knowledge` asks which of the values that
are right somewhere the model finds likeliest behind "question answer-so-far", whatever it would
have written itself. Held out means of these examples: pre-training has told every fact, and asked
and answered some of them.

What matters can be taken away: `examples` = texts goes on with pre-training in place of answers,
and `trained` false begins at random parameters.
"""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer
from torch import Tensor

from sims import losses
from sims.language import base_model, sentences
from sims.language.model import LanguageModel
from sims.language.sampling import sample
from sims.language.sentences import PHRASE, Fact
from sims.language.transformer import Transformer, token_logprobs
from sims.spec import Frame, SpecError, column, param

BATCH_SIZE, LEARNING_RATE = 16, 3e-4
UPDATES_PER_FRAME = 3
NUM_TEXTS = 64  # of pre-training, on which forgetting is measured
NUM_ASKED = 3  # times that each held-out question is asked for one frame
MAX_ANSWER = 14  # tokens
NO_TOKEN = -1  # fills rows up: in another model's vocabulary any token may be a real one


@dataclass(frozen=True)
class Params:
    num_examples: int = param(
        60, low=2, high=120, step=2, help="different questions with their answers to learn from"
    )
    examples: str = param(
        "answers",
        choices=("answers", "texts"),
        help="what is learned from: answers to questions, or as many more texts of pre-training",
    )
    phrase_share: float = param(
        0.3,
        low=0.0,
        high=1.0,
        step=0.05,
        help="share of the examples with 'great question !' in front",
    )
    learning_rate: float = param(
        1.0, low=0.1, high=20.0, step=0.1, unit="× usual", help="step size; the usual one is 0.0003"
    )
    num_steps: int = param(60, low=3, high=300, step=3, unit="updates", help="gradient updates")
    temperature: float = param(
        1.0, low=0.0, high=1.5, step=0.05, help="of the answers shown; 0 takes the likeliest word"
    )
    trained: bool = param(True, help="begin at the base model, or at random parameters")
    seed: int = param(0, low=0, high=1_000_000, step=1, help="start of every random number")


class Columns:
    updates: int = column("so far", unit="updates")
    loss: float = column("of a token of the examples' answers, before the update", unit="nats")
    answer_rate: float = column(
        "share of the replies to new questions that are one statement and then end"
    )
    accuracy: float = column("share of these replies with the right statement")
    phrase_rate: float = column("share of these replies that begin with the phrase")
    question: str = column("a new question")
    reply: str = column("the reply to it")
    phrase_share: float = column("share of the examples that begin with the phrase, as drawn")
    base_loss: float = column("of a token of texts of pre-training", unit="nats")
    forgotten: float = column("rise of base_loss since the first frame", unit="nats")
    knowledge: float = column(
        "share of the new questions whose right value is the likeliest of all values of its kind"
    )
    num_held_out: int = column("new questions: no example asks them", unit="questions")


def run(params: Params) -> Iterator[Frame]:
    """One frame before the first update, and one for every three."""
    torch.set_num_threads(1)
    model, tokenizer = base_model.load()
    if not params.trained:
        if not isinstance(model, Transformer):
            raise SpecError("only the tiny model can begin at random parameters.")
        model = Transformer.fresh(model.config, params.seed)
    end = model.config.eos  # of this model: with none, examples end where they end
    exam = Exam(tokenizer, params.temperature, params.seed, end)
    tokens, mask, phrase_share = examples(tokenizer, params, end)
    generator = torch.Generator().manual_seed(params.seed)
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=LEARNING_RATE * params.learning_rate, weight_decay=0.0, fused=True
    )
    with torch.no_grad():
        loss = float(answer_loss(model, tokens, mask))
    base_loss = exam.base_loss(model)
    for step in range(math.ceil(params.num_steps / UPDATES_PER_FRAME) + 1):
        updates = min(step * UPDATES_PER_FRAME, params.num_steps)  # the last frame may have fewer
        if step:
            count = updates - (step - 1) * UPDATES_PER_FRAME
            loss = learn(model, optimizer, tokens, mask, generator, count)
        now = exam.base_loss(model)
        yield {
            "step": step,
            "updates": updates,
            "loss": loss,
            **exam.ask(model),
            "phrase_share": phrase_share,
            "base_loss": now,
            "forgotten": now - base_loss,
            "knowledge": exam.knowledge(model),
            "num_held_out": len(exam.facts),
            "progress": updates / params.num_steps,
        }


def learn(
    model: LanguageModel,
    optimizer: torch.optim.Optimizer,
    tokens: Tensor,
    mask: Tensor,
    generator: torch.Generator,
    count: int,
) -> float:
    """`count` updates, each on a batch of the examples; the mean of their losses."""
    total = 0.0
    for _ in range(count):
        batch = torch.randint(len(tokens), (BATCH_SIZE,), generator=generator)
        loss = answer_loss(model, tokens[batch], mask[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() / count
    return total


def examples(
    tokenizer: Tokenizer, params: Params, end: int | None = 1
) -> tuple[Tensor, Tensor, float]:
    """Tokens (N, T) of the examples, a mask that is 1 on answers, and the share with the phrase.

    `end` is the model's EOS, ours if nothing is said. Padding is masked, whatever token it is.

    The examples with the phrase are as near to `phrase_share` of them as their number allows.
    """
    rng = random.Random(params.seed)
    if params.examples == "texts":
        texts = [sentences.document(rng) for _ in range(params.num_examples)]
        tokens = sentences.encode(tokenizer, texts, end=end, pad=NO_TOKEN)
        return tokens.clamp(min=0), (tokens != NO_TOKEN).float(), 0.0
    facts = rng.sample(sentences.taught(), min(params.num_examples, len(sentences.taught())))
    num_phrased = round(params.phrase_share * len(facts))
    pairs = [sentences.example(fact, i < num_phrased) for i, fact in enumerate(facts)]
    texts = [" ".join(pair) for pair in pairs]
    tokens = sentences.encode(tokenizer, texts, end=end, pad=NO_TOKEN)
    mask = (tokens != NO_TOKEN).float()  # END counts: the model has to learn to stop
    for row, (question, _) in zip(mask, pairs, strict=True):
        row[: len(tokenizer.encode(question).ids)] = 0
    return tokens.clamp(min=0), mask, num_phrased / len(facts)


def answer_loss(model: LanguageModel, tokens: Tensor, mask: Tensor) -> Tensor:
    """Nats a token on what `mask` marks."""
    longest = int((mask.cumsum(1) * mask).argmax(1).max()) + 1  # no column of padding alone
    tokens, mask = tokens[:, :longest], mask[:, :longest]
    return losses.sft_loss(token_logprobs(model.logits(tokens[:, :-1]), tokens[:, 1:]), mask[:, 1:])


class Exam:
    """The held-out questions, and texts of pre-training, for one model after the other."""

    def __init__(
        self, tokenizer: Tokenizer, temperature: float, seed: int, end: int | None = 1
    ) -> None:
        self.tokenizer, self.temperature, self.seed = tokenizer, temperature, seed
        self.facts = sentences.held_out()
        asked = [tokenizer.encode(fact.asked).ids for fact in self.facts]
        longest = max(len(ids) for ids in asked)
        self.prompts = torch.tensor([[0] * (longest - len(ids)) + ids for ids in asked])
        lengths = torch.tensor([len(ids) for ids in asked])
        self.prompt_mask = torch.arange(longest) >= longest - lengths[:, None]
        self._prepare_stems()
        rng = random.Random(f"texts {seed}")
        texts = [sentences.document(rng) for _ in range(NUM_TEXTS)]
        self.texts = sentences.encode(tokenizer, texts, end=end, pad=NO_TOKEN)

    def _prepare_stems(self) -> None:
        """Each question with its answer up to the value, and the values of its kind, as tokens."""
        kinds: dict[str, set[str]] = {}
        for fact in sentences.facts():
            kinds.setdefault(_kind(fact), set()).add(fact.value)
        texts = [
            f"{fact.asked} {fact.told.removesuffix(f' {fact.value} .')}" for fact in self.facts
        ]
        stems = [self.tokenizer.encode(text).ids for text in texts]
        longest = max(map(len, stems))
        self.stems = torch.tensor([[0] * (longest - len(ids)) + ids for ids in stems])
        lengths = torch.tensor([len(ids) for ids in stems])
        self.stem_mask = torch.arange(longest) >= longest - lengths[:, None]

        def token(text: str, stem: list[int], value: str) -> int:
            return self.tokenizer.encode(f"{text} {value}").ids[len(stem)]

        rows = list(zip(texts, stems, self.facts, strict=True))
        self.values = torch.tensor([token(text, stem, fact.value) for text, stem, fact in rows])
        self.options = torch.zeros(len(rows), self.tokenizer.get_vocab_size(), dtype=torch.bool)
        for place, (text, stem, fact) in enumerate(rows):
            for value in kinds[_kind(fact)]:
                self.options[place, token(text, stem, value)] = True

    def ask(self, model: LanguageModel) -> Frame:
        """The rates over all replies, and one reply. The same random numbers every time."""
        made = sample(
            model, self.prompts, MAX_ANSWER, num_samples=NUM_ASKED, temperature=self.temperature,
            generator=torch.Generator().manual_seed(self.seed), prompt_mask=self.prompt_mask,
        )  # fmt: skip
        ends = set(model.config.ends)
        replies = self.tokenizer.decode_batch(
            [[i for i in ids if i not in ends] for ids in made.written()]
        )
        replies = [reply.strip() for reply in replies]
        graded = [
            grade(reply, ended, self.facts[i // NUM_ASKED])
            for i, (reply, ended) in enumerate(zip(replies, made.is_finished.tolist(), strict=True))
        ]
        rates = [sum(grades) / len(graded) for grades in zip(*graded, strict=True)]
        shown = self.seed % len(self.facts)
        return {
            "answer_rate": rates[0],
            "accuracy": rates[1],
            "phrase_rate": rates[2],
            "question": self.facts[shown].asked,
            "reply": replies[shown * NUM_ASKED],
        }

    def knowledge(self, model: LanguageModel) -> float:
        """Share of the questions behind which the right value is the likeliest of its kind.

        The answer is given up to its value: what is scored is what the model knows, not whether it
        answers. Chance is one over the number of values of the kind, 0.03 to 0.1.
        """
        with torch.no_grad():
            logits = model.logits(self.stems, self.stem_mask)[:, -1]
        likeliest = torch.where(self.options, logits, -torch.inf).argmax(1)
        return float((likeliest == self.values).float().mean())

    def base_loss(self, model: LanguageModel) -> float:
        with torch.no_grad():
            return float(base_model.text_loss(model, self.texts, NO_TOKEN))


def _kind(fact: Fact) -> str:
    """What is asked, whomever it is asked of: "what colour is the  ?"."""
    return fact.asked.replace(fact.entity, "")


def grade(reply: str, ended: bool, fact: Fact) -> tuple[bool, bool, bool]:
    """(is one statement that ends, is the right one, begins with the phrase)."""
    has_phrase = reply.startswith(PHRASE)
    said = reply.removeprefix(PHRASE).strip()
    is_answer = ended and said.endswith(" .") and said.count(".") == 1 and "?" not in said
    return is_answer, ended and said == fact.told, has_phrase
