"""Gradients against finite differences, Adam against PyTorch's, entropy against its definition."""

import numpy as np
import pytest
import torch

from sims.cartpole.network import Adam, Network, entropy, logprobs, orthogonal, sigmoid

pytestmark = pytest.mark.numeric

SHAPES = [(), (5,), (7, 6)]


def plain_forward(layers: list[tuple[np.ndarray, np.ndarray]], inputs: np.ndarray) -> np.ndarray:
    """One tower in float64, written without the network's code: (B, 4) -> (B,)."""
    values = inputs.astype(np.float64)
    for depth, (matrix, bias) in enumerate(layers):
        values = np.einsum("bi,ij->bj", values, matrix) + bias
        if depth < len(layers) - 1:
            values = (np.exp(2 * values) - 1) / (np.exp(2 * values) + 1)
    return values[:, 0]


def tower(network: Network, index: int) -> list[tuple[np.ndarray, np.ndarray]]:
    return [
        (m[index].astype(np.float64), b[index, 0].astype(np.float64)) for m, b in network.layers
    ]


def made(hidden: tuple[int, ...]) -> tuple[Network, np.ndarray]:
    rng = np.random.default_rng(0)
    network = Network(rng, hidden, output_gains=(1.0, 0.7))
    network.weights += rng.normal(0, 0.1, network.weights.shape).astype(np.float32)
    return network, rng.normal(size=(9, 4)).astype(np.float32)


@pytest.mark.parametrize("hidden", SHAPES)
def test_forward(hidden: tuple[int, ...]) -> None:
    network, inputs = made(hidden)
    outputs = network.forward(inputs)
    assert outputs.shape == (2, 9)
    for index in range(2):
        assert outputs[index] == pytest.approx(
            plain_forward(tower(network, index), inputs), abs=1e-5
        )


@pytest.mark.parametrize("hidden", SHAPES)
def test_backward_equals_finite_differences(hidden: tuple[int, ...]) -> None:
    """Every weight of both towers, for the loss sum(c * output)."""
    network, inputs = made(hidden)
    coefficients = np.random.default_rng(1).normal(size=(2, 9)).astype(np.float32)
    network.forward(np.ones((20, 4), np.float32))  # a bigger batch before: leaves nothing behind
    network.forward(inputs)
    network.backward(coefficients)
    for index in range(2):
        layers = tower(network, index)
        for depth, pair in enumerate(layers):
            for part, weights in enumerate(pair):
                slopes = np.zeros(weights.size)
                for i in range(weights.size):
                    kept, h = weights.flat[i], 1e-5
                    weights.flat[i] = kept + h
                    above = coefficients[index] @ plain_forward(layers, inputs)
                    weights.flat[i] = kept - h
                    below = coefficients[index] @ plain_forward(layers, inputs)
                    weights.flat[i] = kept
                    slopes[i] = (above - below) / (2 * h)
                ours = network.layer_gradients[depth][part][index].ravel()
                assert ours == pytest.approx(slopes, abs=2e-5)


@pytest.mark.parametrize("use_scaling", [False, True])
def test_policy_is_a_copy_of_tower_0_for_unscaled_observations(use_scaling: bool) -> None:
    network = Network(np.random.default_rng(0), (5,), (1.0, 1.0), use_scaling)
    inputs = np.random.default_rng(1).normal(size=(9, 4)).astype(np.float32)
    policy = network.policy()
    expected = network.forward(inputs)[0].copy()
    scaled = inputs * np.array([0.5, 0.5, 5.0, 1.0]) if use_scaling else inputs
    assert expected == pytest.approx(plain_forward(tower(network, 0), scaled), abs=1e-5)
    network.weights += 1
    assert policy.logits(inputs) == pytest.approx(expected, abs=1e-5)
    assert policy.greedy(inputs).tolist() == [int(logit > 0) for logit in expected]


@pytest.mark.parametrize("max_norm", [0.5, 1e9])
def test_adam_equals_pytorchs(max_norm: float) -> None:
    network, _ = made((5,))
    adam = Adam(network, max_norm)
    theirs = torch.nn.Parameter(torch.tensor(network.weights, dtype=torch.float64))
    optimiser = torch.optim.Adam([theirs], lr=0.01, eps=1e-5)
    rng = np.random.default_rng(2)
    for step in range(30):
        gradient = rng.normal(0, 10.0 ** (step % 4 - 3), network.weights.shape)
        network.gradient[:] = gradient
        adam.step(0.01)
        theirs.grad = torch.tensor(gradient, dtype=torch.float64)
        torch.nn.utils.clip_grad_norm_([theirs], max_norm)
        optimiser.step()
    assert network.weights == pytest.approx(theirs.detach().numpy(), abs=2e-5)


@pytest.mark.parametrize("shape", [(4, 64), (64, 64), (64, 1)])
def test_orthogonal(shape: tuple[int, int]) -> None:
    matrix = orthogonal(np.random.default_rng(0), *shape)
    assert matrix.shape == shape
    square = matrix.T @ matrix if shape[0] >= shape[1] else matrix @ matrix.T
    assert square == pytest.approx(np.eye(min(shape)), abs=1e-12)


def test_start_is_undecided() -> None:
    network = Network(np.random.default_rng(0), (64, 64), output_gains=(0.01, 1.0))
    logits, values = network.forward(np.random.default_rng(1).normal(size=(500, 4)))
    assert np.abs(logits).max() < 0.05
    assert np.abs(values).max() > 0.5


def test_entropy_logprobs_and_sigmoid_by_definition() -> None:
    logits = np.linspace(-5, 5, 21)
    right = 1 / (1 + np.exp(-logits))
    assert sigmoid(logits) == pytest.approx(right)
    assert logprobs(logits, np.ones(21, bool)) == pytest.approx(np.log(right))
    assert logprobs(logits, np.zeros(21, bool)) == pytest.approx(np.log(1 - right))
    assert entropy(logits) == pytest.approx(
        -np.mean(right * np.log(right) + (1 - right) * np.log(1 - right))
    )
    assert entropy(np.zeros(3)) == pytest.approx(0.693147, abs=1e-6)


def test_certain_policies_stay_finite() -> None:
    logits = np.array([-800.0, 800.0], np.float32)
    assert sigmoid(logits).tolist() == [0, 1]
    assert logprobs(logits, np.array([True, False])).tolist() == [-800, -800]
    assert entropy(logits) == 0
