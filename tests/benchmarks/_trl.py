"""The peer: TRL's trainers in their lightest setting, on a model that we save for them.

No gradient checkpointing, no mixed precision, no logging, no saving, no dropout. The clock is
read at the end of every step inside one `train()`: set-up and the first steps do not count.
"""

import time
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, models, pre_tokenizers

from sims.language import checkpoint
from sims.language.transformer import Config, Transformer

SHAPES = {"nano": (2, 64, 64), "small": (4, 128, 256)}  # layers, width, vocabulary
WARM_UP = 3  # steps that are not timed
MISSING = "the {} benchmark needs trl: run `make bench`, or pip install --editable '.[bench]'"
LIGHT: dict[str, Any] = {
    "use_cpu": True, "bf16": False, "gradient_checkpointing": False, "report_to": "none",
    "logging_strategy": "no", "save_strategy": "no", "disable_tqdm": True,
    "dataloader_pin_memory": False, "learning_rate": 1e-4, "lr_scheduler_type": "constant",
    "max_grad_norm": 1.0, "seed": 0,
}  # fmt: skip


def model_of(layers: int, width: int, vocab: int, max_length: int = 64) -> Transformer:
    """A random GPT-2 of that shape; PAD is token 0 and EOS token 1."""
    config = Config(
        vocab, max_length, width=width, num_layers=layers, num_heads=4, bos=1, eos=1, pad=0
    )
    return Transformer.fresh(config, 0)


def tokenizer_of(vocab: int) -> Tokenizer:
    vocabulary = {"<pad>": 0, "<end>": 1} | {f"w{i}": i for i in range(2, vocab)}
    made = Tokenizer(models.WordLevel(vocabulary, unk_token="<pad>"))
    made.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return made


def text(tokens: torch.Tensor) -> str:
    return " ".join(f"w{token}" for token in tokens.tolist())


def save(model: Transformer, folder: Path) -> None:
    checkpoint.save(model, tokenizer_of(model.config.vocab_size), folder)


def steps(trainer: Any, count: int) -> list[float]:
    """CPU seconds of each of `count` steps, after the warm-up."""
    from transformers import TrainerCallback

    ends: list[float] = []

    class Clock(TrainerCallback):
        def on_step_end(self, *_args: Any, **_kwargs: Any) -> None:
            ends.append(time.process_time())

    trainer.add_callback(Clock())
    trainer.args.max_steps = count + WARM_UP
    trainer.train()
    return [
        after - before for before, after in zip(ends[WARM_UP - 1 :], ends[WARM_UP:], strict=False)
    ]


def on_policy(
    kind: str, folder: Path, prompts: list[str], group: int, new: int, beta: float, batch: int
) -> Any:
    """GRPOTrainer or RLOOTrainer; the reward counts the answers' distinct tokens."""
    import trl
    from transformers import AutoModelForCausalLM, AutoTokenizer

    def reward(completion_ids: list[list[int]], **_kwargs: Any) -> list[float]:
        return [float(len(set(ids))) for ids in completion_ids]

    arguments = getattr(trl, f"{kind}Config")(
        output_dir=str(folder / "out"), per_device_train_batch_size=batch, num_generations=group,
        max_completion_length=new, beta=beta, max_steps=1000, **LIGHT,
    )  # fmt: skip
    return getattr(trl, f"{kind}Trainer")(
        model=AutoModelForCausalLM.from_pretrained(folder), reward_funcs=reward, args=arguments,
        train_dataset=_dataset([{"prompt": prompt} for prompt in prompts]),
        processing_class=AutoTokenizer.from_pretrained(folder, padding_side="left"),
    )  # fmt: skip


def on_pairs(kind: str, folder: Path, rows: list[dict[str, str]], batch: int) -> Any:
    """DPOTrainer or RewardTrainer on rows of prompt, chosen, rejected."""
    import trl
    from transformers import (
        AutoModelForCausalLM,
        AutoModelForSequenceClassification,
        AutoTokenizer,
    )

    extra = {"beta": 0.1} if kind == "DPO" else {"center_rewards_coefficient": None}
    arguments = getattr(trl, f"{kind}Config")(
        output_dir=str(folder / "out"), per_device_train_batch_size=batch, max_steps=1000,
        **extra, **LIGHT,
    )  # fmt: skip
    if kind == "DPO":
        model = AutoModelForCausalLM.from_pretrained(folder)
    else:
        model = AutoModelForSequenceClassification.from_pretrained(folder, num_labels=1)
    return getattr(trl, f"{kind}Trainer")(
        model=model, args=arguments, train_dataset=_dataset(rows),
        processing_class=AutoTokenizer.from_pretrained(folder),
    )  # fmt: skip


def _dataset(rows: list[dict[str, str]]) -> Any:
    """With a name of its own: the fingerprint that it would work out cannot pickle some pyarrow."""
    import pyarrow
    from datasets import Dataset
    from datasets.table import InMemoryTable

    return Dataset(InMemoryTable(pyarrow.Table.from_pylist(rows)), fingerprint=f"rows{len(rows)}")
