"""GRPO on a verifiable reward beside TRL's, on the shipped arithmetic model: CPU time, one thread.

A step samples 16 answers of up to 8 tokens to each of 32 sums, judges them with the exact verifier,
and learns from them once, without a reference. The trainers take turns, three times; the row is of
the median step.
"""

import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TURNS, STEPS, WARM_UP = 3, 10, 3
TASK, SIZE, NUM_PROMPTS, GROUP = "sums", 6, 32, 16
BUDGET = 2.2


def measure() -> list[dict[str, Any]]:
    """The row of the budget table; RuntimeError without the peer."""
    from language import in_own_process

    spent = in_own_process(__file__, "rlvr")
    ours, peer = (NUM_PROMPTS * GROUP / statistics.median(spent[who]) for who in ("ours", "peer"))
    return [
        {"what": "GRPO, arithmetic: answers a CPU second", "ours": round(ours), "peer": round(peer),
         "ratio": round(ours / peer, 2), "budget": f">= {BUDGET:g}x", "ok": ours / peer >= BUDGET}
    ]  # fmt: skip


def compare() -> dict[str, list[float]]:
    """CPU seconds of every timed step, by who made it."""
    import torch

    torch.set_num_threads(1)
    spent: dict[str, list[float]] = {"ours": [], "peer": []}
    for _ in range(TURNS):
        spent["ours"] += list(ours())
        spent["peer"] += peer()
        told = {who: f"{1e3 * statistics.median(times):.0f} ms" for who, times in spent.items()}
        print(told, file=sys.stderr)
    return spent


def ours() -> Iterator[float]:
    """CPU seconds of each step after the warm-up."""
    import torch

    from sims.arithmetic import base_model
    from sims.arithmetic.trainer import Settings, train

    model, _ = base_model.load(TASK)
    settings = Settings(TASK, SIZE, num_prompts=NUM_PROMPTS, group_size=GROUP)
    batches = train(model, settings, torch.Generator().manual_seed(0))
    for step in range(WARM_UP + STEPS):
        start = time.process_time()
        next(batches)
        if step >= WARM_UP:
            yield time.process_time() - start


def peer() -> list[float]:
    """The same of TRL's GRPOTrainer, on a copy of the same checkpoint."""
    import _trl
    import torch

    from sims.arithmetic import base_model, tasks

    problems = tasks.draw(TASK, SIZE, 640, torch.Generator().manual_seed(0))
    asked = [tasks.text(prompt) for prompt in problems.prompts]
    right = {said: tasks.text(answer) for said, answer in zip(asked, problems.answers, strict=True)}

    def reward(prompts: list[str], completions: list[str], **_kwargs: Any) -> list[float]:
        return [
            float(said.endswith(f"answer {right[prompt]}"))
            for prompt, said in zip(prompts, completions, strict=True)
        ]

    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "model"
        shutil.copytree(base_model.FOLDER, folder)
        new, batch = problems.max_tokens, NUM_PROMPTS * GROUP
        trainer = _trl.on_policy("GRPO", folder, asked, GROUP, new, 0.0, batch)
        trainer.reward_funcs[0] = reward
        return _trl.steps(trainer, STEPS)


if __name__ == "__main__":
    print(json.dumps(compare()))
