"""The real model: load, memory, first token and tokens a second, beside the library's `generate`.

Seconds are by the clock on as many threads as the machine has cores; ours and `generate` write in
turns, a row is a median, and a ratio is the median of the pairs' ratios. At batch 16 both write 24
tokens for one prompt: ours reads it once for all samples, while `generate` is given it 16 times.
"""

import dataclasses
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
NAME = "smollm2-135m-instruct"
PROMPT = "Question: Anna has 3 apples and buys 4 more. How many apples has she now?\nAnswer:"
TURNS, LENGTH, GROUP = 3, 24, 16
BUDGETS = {"load": 4.0, "memory": 1.2, "first": 1.0, "rate": 8.0, "ratio": 1.5}


def measure() -> list[dict[str, Any]]:
    """The rows of the real model. RuntimeError where it has not been fetched."""
    from sims.models.catalogue import CATALOGUE, is_here

    if not is_here(CATALOGUE[NAME]):
        raise RuntimeError(f"the model benchmark needs the model: practicum model get {NAME}")
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    threads = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS"), str(os.cpu_count() or 1))
    done = subprocess.run(
        [sys.executable, __file__], env={**os.environ, **threads, "PYTHONPATH": path},
        stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    return rows(json.loads(done.stdout.splitlines()[-1]))


def rows(found: dict[str, float]) -> list[dict[str, Any]]:
    """The table of `practicum bench`."""
    one, group = found["one"], found["group"]
    return [
        _row("load the model, s", found["load"], None, BUDGETS["load"], False),
        _row("memory of the process, GB", found["memory"], None, BUDGETS["memory"], False),
        _row("first token, s", found["first"], None, BUDGETS["first"], False),
        _row("tokens a second, batch 1", one, found["one_peer"], BUDGETS["rate"], True)
        | {"ratio": round(found["one_ratio"], 2)},
        {
            "what": f"tokens a second, batch {GROUP}", "ours": round(group, 1),
            "peer": round(found["group_peer"], 1), "ratio": round(found["group_ratio"], 2),
            "budget": f">= {BUDGETS['ratio']:g}x", "ok": found["group_ratio"] >= BUDGETS["ratio"],
        },
    ]  # fmt: skip


def _row(
    what: str, ours: float, peer: float | None, limit: float, is_least: bool
) -> dict[str, Any]:
    return {
        "what": what, "ours": round(ours, 2), "peer": "" if peer is None else round(peer, 2),
        "ratio": "" if peer is None else round(ours / peer, 2),
        "budget": f"{'>=' if is_least else '<='} {limit:g}",
        "ok": ours >= limit if is_least else ours <= limit,
    }  # fmt: skip


def compare() -> dict[str, float]:
    """Every number, in a process of its own."""
    import torch

    from engine.portable import peak_mb
    from sims.language.sampling import sample
    from sims.models.load import load

    began = time.perf_counter()
    model = load(NAME)
    found = {"load": time.perf_counter() - began}
    tokens = torch.tensor([model.tokenizer(PROMPT).input_ids])
    model.network.generation_config.eos_token_id = None  # both write to the full length
    spent: dict[str, list[float]] = {}

    def ours(count: int, length: int) -> None:
        sample(endless(model), tokens, length, num_samples=count, generator=torch.Generator())

    def peer(count: int, length: int) -> None:
        model.network.generate(
            tokens.repeat(count, 1), do_sample=True, top_k=0, max_new_tokens=length,
            attention_mask=torch.ones(count, tokens.shape[1]).long(), pad_token_id=0,
        )  # fmt: skip

    ours(GROUP, 2)  # warm
    for _ in range(TURNS):
        for name, write, count in (
            ("one", ours, 1), ("one_peer", peer, 1), ("group", ours, GROUP),
            ("group_peer", peer, GROUP),
        ):  # fmt: skip
            spent.setdefault(name, []).append(_seconds(write, count, LENGTH))
        spent.setdefault("first", []).append(_seconds(ours, 1, 1))
    memory = {"memory": peak_mb() / 1024, "first": statistics.median(spent["first"])}
    return found | medians(spent) | memory


def medians(spent: dict[str, list[float]]) -> dict[str, float]:
    """Tokens a second of each way, and ours over the peer's, turn by turn."""
    rates = {
        name: LENGTH * (1 if name.startswith("one") else GROUP) / statistics.median(times)
        for name, times in spent.items()
        if name != "first"
    }
    ratios = {
        f"{name}_ratio": statistics.median(
            peer / ours for ours, peer in zip(spent[name], spent[f"{name}_peer"], strict=True)
        )
        for name in ("one", "group")
    }
    return rates | ratios


def endless(model: Any) -> Any:
    """The model without an end, so that every sample has the same length."""
    shape = dataclasses.replace(model.config, ends=(), pad=None)
    return type(model)(model.network, model.tokenizer, shape)


def _seconds(write: Any, count: int, length: int) -> float:
    began = time.perf_counter()
    write(count, length)
    return time.perf_counter() - began


if __name__ == "__main__":
    print(json.dumps(compare()))
