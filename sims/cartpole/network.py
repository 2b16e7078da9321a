"""Small tanh networks with their gradient written out, and Adam; NumPy only, float32.

Towers of the same shape stand side by side in one array (PPO: tower 0 the actor, tower 1 the
critic), so that one `matmul` and one `tanh` serve both. All weights live in one flat array, all
gradients in another, and `layers` are views into them: the optimiser sees two plain vectors.
"""

import itertools

import numpy as np

from sims.cartpole.policy import NetworkPolicy

# Brings what a balanced cart shows to about one size: m, m/s, rad, rad/s. Of a handful tried, they
# all helped: with it, PPO with the zoo's settings needs 6 thousand steps in place of 15.
SCALE = (0.5, 0.5, 5.0, 1.0)


class Network:
    """`len(output_gains)` towers: 4 inputs, tanh layers of the `hidden` sizes, one output each.

    Weights start orthogonal with gain sqrt 2, the last layer with its tower's `output_gains`
    (0.01 makes a policy start undecided); biases start at 0. `use_scaling` multiplies the
    observations by SCALE first.
    """

    def __init__(
        self,
        rng: np.random.Generator,
        hidden: tuple[int, ...],
        output_gains: tuple[float, ...],
        use_scaling: bool = False,
    ) -> None:
        self.scale = np.array(SCALE, np.float32) if use_scaling else np.ones(4, np.float32)
        self.sizes = (4, *hidden, 1)
        self.num_towers = len(output_gains)
        sides = list(itertools.pairwise(self.sizes))
        self.weights = np.zeros(self.num_towers * sum((m + 1) * n for m, n in sides), np.float32)
        self.gradient = np.zeros_like(self.weights)
        self.layers = self._views(self.weights)
        self.layer_gradients = self._views(self.gradient)
        for tower, output_gain in enumerate(output_gains):
            for matrix, _ in self.layers:
                gain = output_gain if matrix.shape[2] == 1 else 2**0.5
                matrix[tower] = gain * orthogonal(rng, *matrix.shape[1:])
        self.inputs: list[np.ndarray] = []  # of every layer, in the last `forward`
        self._values: list[np.ndarray] = []
        self._flows: list[np.ndarray] = []

    def _views(self, flat: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
        """(matrix (towers, m, n), bias (towers, 1, n)) of every layer, inside `flat`."""
        views, start = [], 0
        for m, n in itertools.pairwise(self.sizes):
            middle = start + self.num_towers * m * n
            end = middle + self.num_towers * n
            matrix, bias = flat[start:middle], flat[middle:end]
            views.append((matrix.reshape(-1, m, n), bias.reshape(-1, 1, n)))
            start = end
        return views

    def _make_room(self, batch: int) -> None:
        """Keep the big arrays from call to call: asking for them anew doubles a step's time."""
        if not self._values or self._values[0].shape[1] < batch:
            shapes = [(self.num_towers, batch, size) for size in self.sizes[1:-1]]
            self._values = [np.empty(shape, np.float32) for shape in shapes]
            self._flows = [np.empty(shape, np.float32) for shape in shapes]

    def forward(self, observations: np.ndarray) -> np.ndarray:
        """Outputs (towers, B) for observations (B, 4); keeps what `backward` needs."""
        batch = len(observations)
        self._make_room(batch)
        values = observations * self.scale
        self.inputs = [values]
        for (matrix, bias), room in zip(self.layers, self._values, strict=False):
            values = np.matmul(values, matrix, out=room[:, :batch])
            values += bias
            np.tanh(values, out=values)
            self.inputs.append(values)
        matrix, bias = self.layers[-1]
        return (values @ matrix + bias)[..., 0]

    def backward(self, output_gradient: np.ndarray) -> None:
        """Fill `gradient` from dLoss/dOutput (towers, B); once for each `forward`."""
        flow, batch = output_gradient[..., None], output_gradient.shape[1]
        ones = np.ones((1, batch), np.float32)
        for index in range(len(self.layers) - 1, -1, -1):
            values = self.inputs[index]
            matrix_gradient, bias_gradient = self.layer_gradients[index]
            np.matmul(values.swapaxes(-1, -2), flow, out=matrix_gradient)
            np.matmul(ones, flow, out=bias_gradient)  # a sum over the batch, faster than np.sum
            if index:
                matrix = self.layers[index][0].swapaxes(-1, -2)
                # from the one output it is an outer product: `multiply` is three times faster
                product = np.multiply if matrix.shape[1] == 1 else np.matmul
                flow = product(flow, matrix, out=self._flows[index - 1][:, :batch])
                values *= values
                flow *= np.subtract(1, values, out=values)  # d tanh(z) / dz = 1 - tanh(z)^2

    def policy(self) -> NetworkPolicy:
        """A copy of tower 0 that later updates do not touch; it takes unscaled observations."""
        layers = [(matrix[0].copy(), bias[0, 0].copy()) for matrix, bias in self.layers]
        layers[0][0][:] *= self.scale[:, None]
        return NetworkPolicy(tuple(layers))


class Adam:
    """Adam (Kingma and Ba, 2015) on one flat array; the gradient's norm is clipped first."""

    def __init__(self, network: Network, max_grad_norm: float, epsilon: float = 1e-5) -> None:
        self.network, self.max_grad_norm, self.epsilon = network, max_grad_norm, epsilon
        self.mean, self.square, self.room = (np.zeros_like(network.weights) for _ in range(3))
        self.count = 0

    def step(self, learning_rate: float) -> None:
        """Move the network's weights against its present gradient (which is spoilt by it)."""
        gradient, room = self.network.gradient, self.room
        norm = float(np.sqrt(gradient @ gradient))
        if norm > self.max_grad_norm:
            gradient *= self.max_grad_norm / norm
        self.count += 1
        self.mean *= 0.9
        self.mean += np.multiply(gradient, 0.1, out=room)
        gradient *= gradient
        self.square *= 0.999
        self.square += np.multiply(gradient, 0.001, out=room)
        unbias = float(np.sqrt(1 - 0.999**self.count))
        np.sqrt(self.square, out=room)
        room += self.epsilon * unbias
        np.divide(self.mean, room, out=room)
        room *= learning_rate * unbias / (1 - 0.9**self.count)
        self.network.weights -= room


def orthogonal(rng: np.random.Generator, rows: int, columns: int) -> np.ndarray:
    """A random (rows, columns) matrix whose shorter side is orthonormal."""
    tall = rng.standard_normal((max(rows, columns), min(rows, columns)))
    q, r = np.linalg.qr(tall)
    q *= np.sign(np.diag(r))  # without it QR favours some directions
    return q if rows >= columns else q.T


def sigmoid(logits: np.ndarray) -> np.ndarray:
    """P(push right) = 1 / (1 + exp(-logit)), by tanh, which cannot overflow."""
    return 0.5 * (1 + np.tanh(0.5 * logits))


def logprobs(logits: np.ndarray, actions: np.ndarray) -> np.ndarray:
    """log pi(action) of a coin with these logits: -log(1 + exp(-+logit)); actions are 0 or 1."""
    return -np.logaddexp(0, np.where(actions, -logits, logits))


def entropy(logits: np.ndarray) -> float:
    """Mean entropy in nats of coins with these logits; ln 2 = 0.693 when it knows nothing."""
    right = sigmoid(logits)
    return float(np.mean(np.logaddexp(0, logits) - right * logits))
