"""One score for a whole answer, or one for each token: what a gradient hears through the noise.

T tokens, each right with chance p on its own; an answer's score is the number of right ones, less
its mean. REINFORCE (Williams, 1992) multiplies each token's grad log pi = x - p, x = 1 if right, by

    sequence   the score of the whole answer: each token hears the luck of all others
    to_go      its own reward and those after it: each hears the luck of what comes later
    token      its own reward alone

All three have the same mean, p q (q = 1 - p). Their variances differ, here exactly:

    Var = pq (p^3 + q^3) - (p q)^2 + heard (p q)^2,    heard = T - 1, the tokens after it, or 0

Needed is the number of answers whose mean gradient stands two standard errors from zero:
n = 4 Var / (p q)^2. For p = 1/4 that is 16/3 + 4 heard.

    variance   n against T, counted from sampled answers and from the formula
    learning   T tokens trained by each of the three, on answers of their own
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sims.spec import Frame, column, param

SIGNALS = ("sequence", "to_go", "token")
LENGTHS = (1, 2, 3, 5, 7, 10, 14, 20, 30, 50, 70, 100, 140, 200)


@dataclass(frozen=True)
class Params:
    show: str = param(
        "variance",
        choices=("variance", "learning"),
        help="how noisy the gradient is at each length, or what training makes of it",
    )
    p_right: float = param(
        0.25, low=0.05, high=0.95, step=0.05, help="chance that a token is right, untrained"
    )
    use_baseline: bool = param(True, help="subtract the mean of what the gradient is multiplied by")
    num_answers: int = param(
        4_000, low=100, high=20_000, step=100, unit="answers", help="sampled at each length"
    )
    num_tokens: int = param(
        50, low=1, high=200, step=1, unit="tokens", help="length of the answers that are trained"
    )
    batch_size: int = param(
        16, low=2, high=256, step=1, unit="answers", help="for one update of the training"
    )
    learning_rate: float = param(
        0.3, low=0.01, high=3.0, step=0.01, help="step size on the logits of the training"
    )
    num_steps: int = param(100, low=1, high=1_000, step=1, unit="updates", help="of the training")
    seed: int = param(0, low=0, high=1_000_000, step=1, help="start of every random number")


class Columns:
    num_tokens: int = column("length of an answer", unit="tokens", when={"show": ("variance",)})
    signal: str = column("what the gradient is multiplied by: sequence, to_go or token")
    needed: float = column(
        "answers that it takes, from samples, mean over tokens",
        unit="answers",
        when={"show": ("variance",)},
    )
    exact_needed: float = column("the same, exact", unit="answers", when={"show": ("variance",)})
    token_needed: float = column(
        "needed, were each token paid for itself alone",
        unit="answers",
        when={"show": ("variance",)},
    )
    score_needed: float = column(
        "needed, were each token paid for the whole answer",
        unit="answers",
        when={"show": ("variance",)},
    )
    std: float = column("of one answer's gradient, from samples", when={"show": ("variance",)})
    exact_std: float = column("the same, exact", when={"show": ("variance",)})
    answers: int = column("sampled so far", unit="answers", when={"show": ("learning",)})
    right_rate: float = column("chance of a token to be right", when={"show": ("learning",)})
    least_rate: float = column(
        "the same of the token that is learned worst", when={"show": ("learning",)}
    )


def run(params: Params) -> Iterator[Frame]:
    """Variance: a frame for each length and signal. Learning: one for each update and signal."""
    rng = np.random.default_rng(params.seed)
    show = {"variance": _variance, "learning": _learning}[params.show]
    for step, frame in enumerate(show(params, rng)):
        yield {"step": step, **frame}


def _variance(params: Params, rng: np.random.Generator) -> Iterator[Frame]:
    p = np.float64(params.p_right)
    for k, length in enumerate(LENGTHS):
        right = rng.random((params.num_answers, length)) < p
        variances = {
            signal: float(
                gradients(right, np.full(length, p), signal, params.use_baseline)
                .var(axis=0, ddof=1)
                .mean()
            )
            for signal in SIGNALS
        }
        for signal, variance in variances.items():
            exact = exact_variance(length, params.p_right, signal, params.use_baseline)
            yield {
                "num_tokens": length,
                "signal": signal,
                "needed": 4 * variance / float(p - p**2) ** 2,
                "exact_needed": 4 * exact / float(p - p**2) ** 2,
                "token_needed": 4 * variances["token"] / float(p - p**2) ** 2,
                "score_needed": 4 * variances["sequence"] / float(p - p**2) ** 2,
                "std": variance**0.5,
                "exact_std": exact**0.5,
                "progress": (k + 1) / len(LENGTHS),
            }


def gradients(right: np.ndarray, p: np.ndarray, signal: str, use_baseline: bool) -> np.ndarray:
    """Each answer's gradient on each token's logit: right (N, T) bool and p (T,) -> (N, T)."""
    rewards = right - p if use_baseline else right.astype(float)
    if signal == "sequence":
        worth = rewards.sum(axis=1, keepdims=True)
    elif signal == "to_go":
        worth = rewards[:, ::-1].cumsum(axis=1)[:, ::-1]
    else:
        worth = rewards
    return worth * (right - p)


def exact_variance(length: int, p: float, signal: str, use_baseline: bool) -> float:
    """Variance of one token's gradient, mean over the tokens.

    With x its own reward less the baseline and S the sum of the `heard` others, independent of it,
    E[(x + S)^2 (right - p)^2] falls into three terms; the square of the mean, p q, is taken off.
    """
    q = 1 - p
    heard = {"sequence": np.full(length, length - 1), "to_go": np.arange(length)[::-1]}
    others = heard.get(signal, np.zeros(length)).astype(float)
    if use_baseline:
        mean, square, own, own_once = 0 * others, others * p * q, p * q * (p**3 + q**3), 0.0
    else:  # here x is 1 or 0, so x^2 = x, and E[x (right - p)^2] = p q^2
        mean, square = others * p, others * p * q + (others * p) ** 2
        own = own_once = p * q**2
    second = own + 2 * mean * own_once + square * p * q
    return float((second - (p * q) ** 2).mean())


def _learning(params: Params, rng: np.random.Generator) -> Iterator[Frame]:
    start = np.log(params.p_right / (1 - params.p_right))
    logits = {signal: np.full(params.num_tokens, start) for signal in SIGNALS}
    for step in range(params.num_steps + 1):
        luck = rng.random((params.batch_size, params.num_tokens))  # the same for all three
        for signal in SIGNALS:
            p = 1 / (1 + np.exp(-logits[signal]))
            yield {
                "signal": signal,
                "answers": step * params.batch_size,
                "right_rate": float(p.mean()),
                "least_rate": float(p.min()),
                "progress": step / params.num_steps,
            }
            pushes = gradients(luck < p, p, signal, params.use_baseline)
            logits[signal] = logits[signal] + params.learning_rate * pushes.mean(axis=0)
