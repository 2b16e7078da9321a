"""KL estimators, against hand sums, finite differences and the identities of their means."""

import math

import pytest
import torch
from torch import Tensor

from sims.kl_estimators import (
    Params,
    divergences,
    kl_gradients,
    loss_gradient,
    reward_gradient,
    run,
)

FRAMES = list(run(Params()))
STEP = 1e-6


def policies(num_tokens: int = 7) -> tuple[Tensor, Tensor]:
    """Logits of a policy, log-probabilities of a reference."""
    rng = torch.Generator().manual_seed(0)
    logits, ref = torch.randn(2, num_tokens, generator=rng, dtype=torch.float64)
    return logits, ref.log_softmax(-1)


def kl_of_logits(p: list[float], q: list[float]) -> float:
    """KL(softmax p || softmax q) in plain Python."""
    weights = [[math.exp(z) for z in logits] for logits in (p, q)]
    a, b = ([w / sum(row) for w in row] for row in weights)
    return sum(x * math.log(x / y) for x, y in zip(a, b, strict=True))


def differences(is_forward: bool) -> Tensor:
    """Central differences of KL(pi || ref), or of KL(ref || pi), along each logit of pi."""
    logits, ref = (values.tolist() for values in policies())
    slopes = []
    for i in range(len(logits)):
        ends = []
        for sign in (1, -1):
            moved = [z + sign * STEP * (i == j) for j, z in enumerate(logits)]
            ends.append(kl_of_logits(ref, moved) if is_forward else kl_of_logits(moved, ref))
        slopes.append((ends[0] - ends[1]) / (2 * STEP))
    return torch.tensor(slopes, dtype=torch.float64)


def test_gradients_of_both_kls_are_those_of_finite_differences() -> None:
    reverse, forward = kl_gradients(*policies())
    assert torch.allclose(reverse, differences(is_forward=False), atol=1e-8)
    assert torch.allclose(forward, differences(is_forward=True), atol=1e-8)


def test_what_each_estimator_does_in_a_loss() -> None:
    logits, ref = policies()
    assert float(loss_gradient(logits, ref, "k1").norm()) < 1e-12
    assert torch.allclose(loss_gradient(logits, ref, "k2"), differences(False), atol=1e-8)
    assert torch.allclose(loss_gradient(logits, ref, "k3"), differences(True), atol=1e-8)


def test_k1_in_the_reward_follows_the_kl_itself() -> None:
    assert torch.allclose(reward_gradient(*policies()), differences(False), atol=1e-8)


def test_means_k1_and_k3_are_the_kl_and_k2_is_not() -> None:
    for frame in FRAMES:
        assert frame["k1_mean"] == pytest.approx(frame["kl"], abs=1e-12)
        assert frame["k3_mean"] == pytest.approx(frame["kl"], abs=1e-12)
        assert frame["k2"] >= 0
        assert frame["k3"] >= 0
    assert FRAMES[-1]["k2_mean"] > 1.1 * FRAMES[-1]["kl"]
    assert FRAMES[0]["k2_mean"] == pytest.approx(FRAMES[0]["kl"], rel=0.05)
    assert min(frame["k1"] for frame in FRAMES) < 0  # a KL never is


def test_the_ratio_upside_down_gives_minus_kl_and_chi_squared_minus_kl() -> None:
    logits, ref = policies()
    found = divergences(logits, ref)
    p, q = ([math.exp(z) for z in row.log_softmax(-1).tolist()] for row in (logits, ref))
    distance = kl_of_logits(logits.tolist(), ref.tolist())
    chi_squared = sum((a - b) ** 2 / b for a, b in zip(p, q, strict=True))
    assert found["kl"] == pytest.approx(distance)
    assert found["forward_kl"] == pytest.approx(kl_of_logits(ref.tolist(), logits.tolist()))
    assert found["k1_flipped"] == pytest.approx(-distance)
    assert found["k3_flipped"] == pytest.approx(chi_squared - distance)


def test_a_batch_lies_within_its_stated_error_of_the_truth() -> None:
    for batch_size in (16, 4096):
        frames = list(run(Params(batch_size=batch_size, num_points=100)))
        for name in ("k1", "k2", "k3"):
            errors = [(frame[name] - frame["kl"]) / frame[f"{name}_error"] for frame in frames]
            spread = math.sqrt(sum(error**2 for error in errors) / len(errors))
            assert 0.6 < spread < 1.5  # 1 on average; a hundred batches know it to about 10 %


def test_near_the_reference_k3_is_much_calmer_than_k1_and_far_away_it_is_not() -> None:
    assert FRAMES[0]["k3_std"] < 0.1 * FRAMES[0]["k1_std"]
    assert FRAMES[-1]["k3_std"] > FRAMES[-1]["k1_std"]
