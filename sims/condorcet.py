"""Raters who disagree: where majorities run in a circle, no reward agrees with all of them.

Three answers A, B, C. A share of the raters hold one of the orders ABC, BCA, CAB, each as often;
the others hold ABC. Once that share is above 3/4 the majority is for A over B, for B over C, and
for C over A (Condorcet, 1785). A reward model puts all three on one line, and must lose one.

The Bradley-Terry fit to the shares of votes P(i > j) leaves the same surplus e on each edge of the
circle, since its gradient is zero at A, at B and at C:

    P(i > j) = sigmoid(s_i - s_j) + e,    with e the root of  sum over the circle of logit(P - e)

What it costs is KL(P || sigmoid), in nats a comparison. With all raters in the circle and no slips,
P = 2/3, all scores are equal, e = 1/6, and the cost is ln 2 - H(2/3) = 0.057. (The cost is not a
sign of a circle: votes that run in none may miss the formula by as much. The lost majority is.)

    raters   the share in the circle rises from 0 to 1
    chance   orders are drawn at random: how often no answer beats all others (8.77 % for three
             answers and many raters: Guilbaud, 1952)
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sims.spec import Frame, column, param

CIRCLE = ((0, 1), (1, 2), (2, 0))  # A over B, B over C, C over A
ORDERS = np.array([[0, 1, 2], [1, 2, 0], [2, 0, 1]])  # best first; the first one is ABC
SHARES = tuple(k / 20 for k in range(21))
CROWDS = (1, 3, 5, 7, 9, 11, 15, 21, 31, 51, 101)  # raters: odd, so that no vote ends level
CHUNK = 2_000  # elections at a time, to keep arrays small


@dataclass(frozen=True)
class Params:
    show: str = param(
        "raters",
        choices=("raters", "chance"),
        help="fit a reward to raters who disagree, or count circles among random raters",
    )
    num_raters: int = param(
        1_000, low=10, high=100_000, step=10, unit="raters", help="who judge all three pairs"
    )
    noise: float = param(
        0.05, low=0.0, high=0.4, step=0.01, help="share of the judgements that are slips"
    )
    num_answers: int = param(
        3, low=3, high=7, step=1, unit="answers", help="to choose from, among random raters"
    )
    num_elections: int = param(
        20_000, low=1_000, high=100_000, step=1_000, help="crowds of random raters"
    )
    seed: int = param(0, low=0, high=1_000_000, step=1, help="the raters and their slips")


class Columns:
    circle_share: float = column(
        "share of the raters who are in the circle", when={"show": ("raters",)}
    )
    a_over_b: float = column("share of the votes for A against B", when={"show": ("raters",)})
    b_over_c: float = column("share of the votes for B against C", when={"show": ("raters",)})
    c_over_a: float = column("share of the votes for C against A", when={"show": ("raters",)})
    score_a: float = column("fitted score of A; the three sum to 0", when={"show": ("raters",)})
    score_b: float = column("fitted score of B", when={"show": ("raters",)})
    score_c: float = column("fitted score of C", when={"show": ("raters",)})
    proxy_c_over_a: float = column(
        "what the fitted scores say of C against A", when={"show": ("raters",)}
    )
    loss: float = column("of the fit, a comparison", unit="nats", when={"show": ("raters",)})
    floor: float = column(
        "what a table of the three shares has, a comparison",
        unit="nats",
        when={"show": ("raters",)},
    )
    cost: float = column("loss less floor", unit="nats", when={"show": ("raters",)})
    exact_cost: float = column(
        "the same for endless raters", unit="nats", when={"show": ("raters",)}
    )
    majorities_kept: int = column(
        "of the three majorities, those that the order of the scores keeps",
        when={"show": ("raters",)},
    )
    is_circle: bool = column("whether the majorities form a circle", when={"show": ("raters",)})
    votes: list = column(
        "a_over_b, b_over_c and c_over_a, for the scene", when={"show": ("raters",)}
    )
    scores: list = column("score_a, score_b and score_c, for the scene", when={"show": ("raters",)})
    raters: int = column("drawn at random", unit="raters", when={"show": ("chance",)})
    no_winner_rate: float = column(
        "share of the sampled crowds without a winner", when={"show": ("chance",)}
    )
    limit: float = column("the same for endless raters", when={"show": ("chance",)})


def run(params: Params) -> Iterator[Frame]:
    """Raters: one frame for each share. Chance: one frame for each size of the crowd."""
    rng = np.random.default_rng(params.seed)
    if params.show == "chance":
        yield from _chance(params, rng)
        return
    joins, orders = rng.random(params.num_raters), rng.integers(3, size=params.num_raters)
    slips = rng.random((params.num_raters, 3)) < params.noise
    for step, share in enumerate(SHARES):
        held = ORDERS[np.where(joins < share, orders, 0)]
        votes = shares_of_votes(held, slips)
        scores = fit(votes)
        exact = expected_votes(share, params.noise)
        loss, floor = cross_entropy(votes, model(scores)), cross_entropy(votes, votes)
        majority = votes > 0.5
        yield {
            "step": step,
            "circle_share": share,
            **dict(zip(("a_over_b", "b_over_c", "c_over_a"), votes.tolist(), strict=True)),
            **dict(zip(("score_a", "score_b", "score_c"), scores.tolist(), strict=True)),
            "proxy_c_over_a": float(model(scores)[2]),
            "loss": loss,
            "floor": floor,
            "cost": max(0.0, loss - floor),
            "exact_cost": cost(exact),
            "majorities_kept": int((majority == (model(scores) > 0.5)).sum()),
            "is_circle": bool(majority.all() or not majority.any()),
            "votes": votes.tolist(),
            "scores": scores.tolist(),
            "progress": (step + 1) / len(SHARES),
        }


def shares_of_votes(held: np.ndarray, slips: np.ndarray) -> np.ndarray:
    """P(i > j) (3,) on the CIRCLE from orders held (N, 3) and who slips where (N, 3).

    Half a vote is added to either side: without it a unanimous pair would ask for endless scores.
    """
    place = held.argsort(axis=1)  # of each answer; 0 is the best
    wins = np.stack([place[:, i] < place[:, j] for i, j in CIRCLE], axis=1) ^ slips
    return (wins.sum(axis=0) + 0.5) / (len(held) + 1)


def expected_votes(share: float, noise: float) -> np.ndarray:
    """The shares (3,) among endless raters: A > B and B > C 1 - s/3, C > A 2s/3, before slips."""
    clean = np.array([1 - share / 3, 1 - share / 3, 2 * share / 3])
    return np.clip((1 - noise) * clean + noise * (1 - clean), 1e-6, 1 - 1e-6)


def fit(votes: np.ndarray) -> np.ndarray:
    """Bradley-Terry scores (3,), sum 0, of the greatest likelihood, by Newton's method."""
    scores, ends = np.zeros(3), np.array(CIRCLE)
    edges = np.eye(3)[ends[:, 0]] - np.eye(3)[ends[:, 1]]  # (3 pairs, 3 answers)
    for _ in range(50):
        chance = model(scores)
        gradient = edges.T @ (votes - chance)
        curvature = edges.T @ (edges * (chance * (1 - chance))[:, None])
        move = np.linalg.solve(curvature + np.full((3, 3), 1 / 3), gradient)  # a shift is free
        scores = scores + move / max(1.0, float(np.abs(move).max()))  # no leap past the flat ends
        if np.abs(move).max() < 1e-12:
            break
    return scores - scores.mean()


def model(scores: np.ndarray) -> np.ndarray:
    """sigmoid(s_i - s_j) (3,) on the CIRCLE."""
    gaps = np.array([scores[i] - scores[j] for i, j in CIRCLE])
    return 1 / (1 + np.exp(-gaps))


def cross_entropy(votes: np.ndarray, chance: np.ndarray) -> float:
    """Mean of -log chance of what was voted, nats a comparison."""
    return float(-(votes * np.log(chance) + (1 - votes) * np.log(1 - chance)).mean())


def surplus(votes: np.ndarray) -> float:
    """e, the same on each edge: the root of sum logit(P - e), which falls as e rises. Bisection."""
    low, high = float(votes.max()) - 1, float(votes.min())  # P - e stays within (0, 1)
    for _ in range(200):
        e = (low + high) / 2
        inside = np.clip(votes - e, 1e-300, 1 - 1e-16)
        low, high = (e, high) if np.log(inside / (1 - inside)).sum() > 0 else (low, e)
    return (low + high) / 2


def cost(votes: np.ndarray) -> float:
    """KL(P || Bradley-Terry), nats a comparison, from the surplus and without any fitting."""
    return max(0.0, cross_entropy(votes, votes - surplus(votes)) - cross_entropy(votes, votes))


def limit(num_answers: int) -> float:
    """Chance that no answer beats all others, for endless raters with random orders.

    Two pairwise votes that share an answer have correlation 1/3, so an answer wins all of its
    m - 1 with chance  int phi(z) Phi(z / sqrt 2)^(m - 1) dz;  one can do so at most.
    """
    z = np.linspace(-9, 9, 4_001)
    density = np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
    below = np.array([(1 + math.erf(each / 2)) / 2 for each in z])  # Phi(z / sqrt 2)
    wins = float((density * below ** (num_answers - 1)).sum()) * (z[1] - z[0])
    return 1 - num_answers * wins


def has_winner(tastes: np.ndarray) -> np.ndarray:
    """Whether one answer beats all others by majority: tastes (E, N, M) -> (E,), higher liked."""
    _, count, num_answers = tastes.shape
    wins = np.zeros((len(tastes), num_answers), np.int64)
    for i in range(num_answers):
        for j in range(i):
            is_ahead = 2 * (tastes[:, :, i] > tastes[:, :, j]).sum(axis=1) > count
            wins[:, i] += is_ahead
            wins[:, j] += ~is_ahead
    return wins.max(axis=1) == num_answers - 1


def _chance(params: Params, rng: np.random.Generator) -> Iterator[Frame]:
    expected = limit(params.num_answers)
    for step, count in enumerate(CROWDS):
        found, left = 0, params.num_elections
        while left > 0:
            size = min(CHUNK, left)
            found += int(has_winner(rng.random((size, count, params.num_answers))).sum())
            left -= size
        yield {
            "step": step,
            "raters": count,
            "no_winner_rate": 1 - found / params.num_elections,
            "limit": expected,
            "progress": (step + 1) / len(CROWDS),
        }
