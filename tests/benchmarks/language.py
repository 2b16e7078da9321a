"""Training steps and sampling on the same GPT-2 beside TRL and `generate`: CPU seconds, one thread.

nano has 2 layers, width 64 and 64 tokens; small has 4, 128 and 256. A GRPO step samples 24 tokens
for 8 prompts of 8, 8 times each, with a reference; DPO and reward-model steps read 16 pairs of
8 + 24 tokens. The trainers take turns, three times; a row is the median of all steps of each.
"""

import functools
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
TURNS, STEPS = 3, 10
BUDGETS = {"GRPO step": 2.2, "DPO step": 2.3, "reward-model step": 1.5, "sampling 64 x 24": 2.5}


def measure() -> list[dict[str, Any]]:
    """The rows of the budget table on language models; RuntimeError without the peer."""
    return rows(in_own_process(__file__, "language"))


def in_own_process(file: str, name: str) -> Any:
    """The JSON that `file` prints: the number of threads is fixed when torch is first imported."""
    import _trl

    if importlib.util.find_spec("trl") is None:
        raise RuntimeError(_trl.MISSING.format(name))
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, file],
        env={**os.environ, **threads, "PYTHONPATH": path, "HF_HUB_OFFLINE": "1"},
        stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])


def rows(spent: dict[str, dict[str, list[float]]]) -> list[dict[str, Any]]:
    """One row for each kind of step and model, in milliseconds. Small models have no budget."""
    made = []
    for what, times in spent.items():
        ours, peer = (1e3 * statistics.median(times[who]) for who in ("ours", "peer"))
        kind, shape = what.rsplit(", ", 1)
        least = BUDGETS[kind] if shape == "nano" else 0.0
        made.append(
            {"what": f"{what}: CPU ms", "ours": round(ours, 1), "peer": round(peer, 1),
             "ratio": round(peer / ours, 2), "budget": f">= {least:g}x" if least else "",
             "ok": peer / ours >= least}
        )  # fmt: skip
    return made


def compare() -> dict[str, dict[str, list[float]]]:
    """CPU seconds of every timed step, by row and by who made it."""
    import torch

    torch.set_num_threads(1)
    spent: dict[str, dict[str, list[float]]] = {}
    for _ in range(TURNS):
        for shape in ("nano", "small"):
            for what, made in turn(shape).items():
                row = spent.setdefault(f"{what}, {shape}", {"ours": [], "peer": []})
                for who, times in made.items():
                    row[who] += times
                told = "  ".join(
                    f"{who} {1e3 * statistics.median(t):.1f}" for who, t in made.items()
                )
                print(f"{what}, {shape}: {told} ms", file=sys.stderr)
    return spent


def turn(shape: str) -> dict[str, dict[str, list[float]]]:
    """Every kind of step once: ours, then the peer's."""
    import _steps
    import _trl
    import torch

    from sims.language.sampling import sample

    layers, width, vocab = _trl.SHAPES[shape]
    generator = torch.Generator().manual_seed(1)
    prompts, pairs, asked, judged = texts(vocab, generator)

    fresh = functools.partial(_trl.model_of, layers, width, vocab)
    grpo, few = _steps.grpo(fresh(), distinct), prompts[: _steps.NUM_PROMPTS]
    dpo, rewarded = _steps.dpo(fresh()), _steps.reward_model(fresh())
    batch = (prompts[: _steps.NUM_PAIRS], pairs[: _steps.NUM_PAIRS])
    model, rows_of_64 = fresh(), prompts[:64]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        _trl.save(model, folder)
        generate = peer_sampling(folder, rows_of_64)
        return {
            "GRPO step": {
                "ours": clock(lambda: grpo(few)),
                "peer": _trl.steps(_trl.on_policy("GRPO", folder, asked, 8, 24, 0.04, 64), STEPS),
            },
            "DPO step": {
                "ours": clock(lambda: dpo(*batch)),
                "peer": _trl.steps(_trl.on_pairs("DPO", folder, judged, 16), STEPS),
            },
            "reward-model step": {
                "ours": clock(lambda: rewarded(*batch)),
                "peer": _trl.steps(_trl.on_pairs("Reward", folder, judged, 16), STEPS),
            },
            "sampling 64 x 24": {
                "ours": clock(lambda: sample(model, rows_of_64, _steps.NEW, generator=generator)),
                "peer": clock(generate),
            },
        }


def peer_sampling(folder: Path, prompts: Any) -> Callable[[], Any]:
    """Writes to each of the prompts with the model of `folder`, as `transformers` does it."""
    import _steps
    import torch
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(folder).eval()
    settings = {"do_sample": True, "top_k": 0, "top_p": 1.0, "max_new_tokens": _steps.NEW}
    mask = torch.ones_like(prompts)
    return lambda: model.generate(input_ids=prompts, attention_mask=mask, **settings)


def distinct(tokens: Any) -> Any:
    """The reward (B,) of GRPO: how many different tokens an answer (B, T) has."""
    import torch

    return torch.tensor([float(len(set(row))) for row in tokens.tolist()])


def texts(vocab: int, generator: Any) -> tuple[Any, Any, list[Any], list[Any]]:
    """Prompts and pairs of answers as tokens, for us, and as text, for the peer."""
    import _steps
    import _trl
    import torch

    pairs = torch.randint(2, vocab, (160, 2, _steps.NEW), generator=generator)
    pairs[..., -1] = 1  # the end, which TRL puts there itself
    prompts = torch.randint(2, vocab, (160, _steps.PROMPT), generator=generator)
    asked = [_trl.text(prompt) for prompt in prompts]
    judged = [
        {"prompt": prompt, "chosen": f" {_trl.text(a[:-1])}", "rejected": f" {_trl.text(b[:-1])}"}
        for prompt, (a, b) in zip(asked, pairs, strict=True)
    ]
    return prompts, pairs, asked, judged


def clock(step: Callable[[], Any]) -> list[float]:
    """CPU seconds of each step after three that warm up."""
    times = []
    for _ in range(3 + STEPS):
        start = time.process_time()
        step()
        times.append(time.process_time() - start)
    return times[3:]


if __name__ == "__main__":
    print(json.dumps(compare()))
