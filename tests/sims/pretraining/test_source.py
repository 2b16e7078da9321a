"""The source: its entropy rate by other ways, and text that keeps to its probabilities."""

import math

import numpy as np
import pytest
import torch

from sims.pretraining.source import Source, stationary

pytestmark = pytest.mark.numeric


def test_pairs_are_the_left_eigenvector_of_the_chain_on_pairs() -> None:
    source = Source.random(1, vocabulary=7)
    matrix = np.zeros((7, 7, 7, 7))  # from (a, b) to (b, c)
    for b in range(7):
        matrix[:, b, b, :] = source.probs[:, b].numpy()
    values, vectors = np.linalg.eig(matrix.reshape(49, 49).T)
    rest = np.real(vectors[:, np.argmin(abs(values - 1))])
    assert source.pairs.flatten().numpy() == pytest.approx(rest / rest.sum(), abs=1e-11)


def test_entropy_rate_of_chains_that_are_known_by_heart() -> None:
    even = torch.full((4, 4, 4), 0.25, dtype=torch.float64)
    assert Source.of(even).entropy_rate == pytest.approx(math.log(4))
    # order 1, two states that stay with 0.9 and 0.6: at rest 0.8 and 0.2
    rows = torch.tensor([[0.9, 0.1], [0.4, 0.6]], dtype=torch.float64)
    source = Source.of(rows.expand(2, 2, 2))
    assert source.pairs.sum(0).tolist() == pytest.approx([0.8, 0.2])
    bits = 0.8 * binary(0.1) + 0.2 * binary(0.4)
    assert source.entropy_rate == pytest.approx(bits * math.log(2))


def binary(p: float) -> float:
    return -p * math.log2(p) - (1 - p) * math.log2(1 - p)


def test_entropy_rate_is_what_long_text_shows() -> None:
    source = Source.random(0)
    tokens = source.draw(20_000, 12, torch.Generator().manual_seed(0))
    true = source.following(tokens)
    surprise = -true.gather(2, tokens[:, 2:, None]).log().mean()
    assert float(surprise) == pytest.approx(source.entropy_rate, abs=0.01)


def test_text_starts_at_rest() -> None:
    source = Source.random(2, vocabulary=5)
    tokens = source.draw(200_000, 4, torch.Generator().manual_seed(0))
    for place in (0, 2):
        index = tokens[:, place] * 5 + tokens[:, place + 1]
        shares = torch.bincount(index, minlength=25) / len(tokens)
        assert shares.tolist() == pytest.approx(source.pairs.flatten().tolist(), abs=0.004)


def test_a_chain_that_never_comes_to_rest_is_named() -> None:
    rows = torch.tensor([[0.0, 0.5, 0.5], [1.0, 0.0, 0.0], [1.0, 0.0, 0.0]], dtype=torch.float64)
    with pytest.raises(ValueError, match="no single state of rest"):
        stationary(rows.expand(3, 3, 3))  # it goes back and forth between 0 and the others
