"""The KL sweep with trained policies: 8 betas x 4 seeds in one batch, beside 32 single runs of TRL.

Ours trains 32 transformers of 13,120 weights by RLOO in a world of 32,768 completions, against a
reward model fitted to 1,000 comparisons, and compares each with the exact optimum. The peer's RLOO
trains one GPT-2 of the same width, layers, heads and lengths (EOS and PAD in its vocabulary,
too), with the same batch and as many updates: the median CPU time of a step, times both counts.
"""

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

BETAS = (2.0, 1.0, 0.6, 0.4, 0.3, 0.2, 0.1, 0.05)
NUM_SEEDS = 4
PEER_STEPS = 40  # timed; a whole run of the peer would add nothing but time
WORLDS = range(3)  # seeds of world, comparisons and reward model


def measure() -> list[dict[str, Any]]:
    """The rows of the budget table on the sweep; RuntimeError without the peer."""
    from language import in_own_process

    return rows(in_own_process(__file__, "sweep"))


def rows(made: dict[str, Any]) -> list[dict[str, Any]]:
    """CPU seconds of the sweep, and the worst distance to the optimum, over all worlds."""
    ours, peer = statistics.median(made["ours"]), made["peer"]
    gaps = [gap for world in made["gaps"] for gap in world]
    large = [gap for world in made["gaps"] for gap in world[: BETAS.index(0.2) + 1]]
    return [
        {"what": "KL sweep, 32 policies: CPU s", "ours": round(ours, 2), "peer": round(peer, 1),
         "ratio": round(peer / ours, 1), "budget": "<= 10 s and >= 25x",
         "ok": ours <= 10 and peer / ours >= 25},
        {"what": "KL sweep: KL to the optimum, beta >= 0.2", "ours": round(max(large), 4),
         "peer": "", "ratio": "", "budget": "<= 0.02 nats", "ok": max(large) <= 0.02},
        {"what": "KL sweep: KL to the optimum, every beta", "ours": round(max(gaps), 4),
         "peer": "", "ratio": "", "budget": "<= 0.05 nats", "ok": max(gaps) <= 0.05},
    ]  # fmt: skip


def compare() -> dict[str, Any]:
    """CPU seconds of our sweeps, of 32 runs of the peer's, and the worst gap of each beta."""
    import torch

    torch.set_num_threads(1)
    made: dict[str, Any] = {"ours": [], "gaps": []}
    for seed in WORLDS:
        spent, gaps = ours(seed)
        made["ours"].append(spent)
        made["gaps"].append(gaps)
        told = " ".join(f"{beta:g}: {gap:.3f}" for beta, gap in zip(BETAS, gaps, strict=True))
        print(
            f"world {seed}: {spent:.2f} s; worst KL to the optimum at beta {told}", file=sys.stderr
        )
    made["peer"] = peer()
    return made


def ours(seed: int) -> tuple[float, list[float]]:
    """CPU seconds of one sweep, and for each beta the worst KL(pi || pi*) of its seeds, in nats."""
    import torch

    from sims.language import exact
    from sims.language.policies import Policies
    from sims.language.raters import compare as asked
    from sims.language.rewards import fit_reward_model
    from sims.language.training import train_policies
    from sims.language.world import World, gold_reward, source_logprobs

    world = World()
    reference = Policies.pretrain(world, source_logprobs(world, seed), seed)
    ref = reference.exact()[0]
    gold = exact.standardise(gold_reward(world, seed), ref)
    comparisons = asked(gold, ref, 1000, 0.0, seed)
    proxy = exact.standardise(fit_reward_model(world, comparisons, 0, 400, seed)[0], ref)
    betas = torch.tensor(BETAS).repeat_interleave(NUM_SEEDS)
    start = time.process_time()
    *_, last = train_policies(world, reference, ref, proxy, betas, "rloo", seed=seed)
    spent = time.process_time() - start
    gaps = exact.kl(last.exact(), exact.optimum(ref, proxy, betas)).view(-1, NUM_SEEDS)
    return spent, gaps.max(1).values.tolist()


def peer() -> float:
    """CPU seconds of 32 single runs of TRL's RLOO, from the median of its steps."""
    import _trl

    from sims.language.policies import NUM_HEADS, WIDTH
    from sims.language.training import BATCH_SIZE, NUM_STEPS
    from sims.language.transformer import Config, Transformer
    from sims.language.world import World

    world = World()
    config = Config(
        len(world.words) + 2,
        world.length + 1,
        width=WIDTH,
        num_heads=NUM_HEADS,
        bos=1,
        eos=1,
        pad=0,
    )
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        _trl.save(Transformer.fresh(config, 0), folder)
        trainer = _trl.on_policy(
            "RLOO", folder, ["w2"] * 400, BATCH_SIZE, world.length, 0.2, BATCH_SIZE
        )
        step = statistics.median(_trl.steps(trainer, PEER_STEPS))
    print(f"TRL: {1e3 * step:.1f} ms a step", file=sys.stderr)
    return step * NUM_STEPS * len(BETAS) * NUM_SEEDS


if __name__ == "__main__":
    print(json.dumps(compare()))
