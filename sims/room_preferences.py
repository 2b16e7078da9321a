"""A room of raters becomes a reward, and the reward a policy: who agrees, and with what.

    1. each rater says of each pair of answers which one is better; Krippendorff's alpha tells how
       far they agree beyond chance, circles of majorities what no score can express
    2. a score for each answer is fitted to their labels:  P(a beats b) = sigmoid(r(a) - r(b))
       (Bradley and Terry, 1952), and judged on raters whom the fit has not seen
    3. a policy over the answers to each prompt climbs  E[r] - beta KL(policy || uniform)
       by its exact gradient; its optimum is known: proportional to exp(r / beta)

The labels are a room's, written as letters. Where nobody has labelled, a recorded room stands in:
simulated raters choose by a true reward with the same formula, a share of them holds one of three
orders that run in a circle (Condorcet, 1785). Then the true reward of the policy is shown as well.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sims.agreement import Pairs, alpha, circles, groups, majorities, read_labels, read_pairs
from sims.spec import Frame, SpecError, column, param

SHARPNESS = 1.5  # log-odds of a simulated rater for one standard deviation of true reward
RIDGE = 0.05  # prior precision of a score: a score is finite where all raters agree
NUM_FOLDS = 5  # each rater is held out once
STEP_SIZE = 1.0
PROMPTS, ANSWERS = 3, 4  # of the simulated room: all pairs of four answers to each of three prompts
IN_A_CIRCLE = ((0, 1, 2), (1, 2, 0), (2, 0, 1))


@dataclass(frozen=True)
class Params:
    pairs: str = param("", help="the answers that are compared, by number: 0-1 0-2 1-2")
    labels: str = param(
        "",
        max_length=50_000,
        help="of each rater a letter for each pair: L first, R second, = tie, . none; / between",
    )
    num_raters: int = param(
        30, low=2, high=300, step=1, unit="raters", help="how many are simulated"
    )
    circle_share: float = param(
        0.0, low=0.0, high=1.0, step=0.05, help="share of the simulated raters in a circle"
    )
    beta: float = param(0.5, low=0.05, high=5.0, step=0.05, help="price of a nat of KL")
    num_steps: int = param(60, low=5, high=500, step=5, unit="updates", help="of the policy")
    seed: int = param(0, low=0, high=1_000_000, step=1, help="the simulated raters")


class Columns:
    updates: int = column("of the policy so far", unit="updates")
    proxy_reward: float = column("mean fitted score of what the policy answers")
    gold_reward: float = column(
        "mean true reward of it, in standard deviations", when={"labels": ("",)}
    )
    kl: float = column("of policy and uniform answers, mean over the prompts", unit="nats")
    optimum: float = column("the proxy reward of the best policy at this beta")
    num_raters: int = column("who have labelled", unit="raters")
    num_labels: int = column("given", unit="labels")
    alpha: float = column("Krippendorff's; 0 where it is not defined, as the text says")
    circles: int = column("of three answers, by majorities", unit="triples")
    accuracy: float = column("share of labels of held-out raters that the scores predict")
    said: str = column("whose labels these are, and what they show")
    scores: list = column("[answer, score, probability under the policy] of each answer")


@dataclass(frozen=True)
class Room:
    """Labels (R, P) of pairs of answers 0 … N - 1; `gold` (N,) where the truth is known."""

    pairs: Pairs
    labels: np.ndarray
    num_answers: int
    gold: np.ndarray | None
    words: str


def run(params: Params) -> Iterator[Frame]:
    """The labels and the fit once, then one frame before the first update and after each."""
    room = given_room(params) if params.labels else simulated_room(params)
    scores = fit(room.labels, room.pairs, room.num_answers)
    group = groups(room.pairs, room.num_answers)
    best = optimum(scores, group, params.beta)
    facts = describe(room, scores)
    logits = np.zeros(room.num_answers)
    for step in range(params.num_steps + 1):
        policy = softmax(logits, group)
        yield {
            "step": step,
            "updates": step,
            **worth(policy, scores, group),
            **({} if room.gold is None else {"gold_reward": mean(policy, room.gold, group)}),
            "optimum": mean(best, scores, group),
            **facts,
            "scores": [[i, float(scores[i]), float(policy[i])] for i in range(room.num_answers)],
            "progress": step / params.num_steps,
        }
        logits += STEP_SIZE * gradient(policy, scores, group, params.beta)


def given_room(params: Params) -> Room:
    """The labels of a room. SpecError for letters that are none, and when nobody has labelled."""
    try:
        pairs = read_pairs(params.pairs)
        labels = read_labels(params.labels, len(pairs))
    except ValueError as error:
        raise SpecError(f"labels of a room: {error}.") from None
    if not len(labels):
        raise SpecError("Nobody in the room has labelled a pair yet. Ask for labels first.")
    words = f"The room: {len(labels)} {'rater' if len(labels) == 1 else 'raters'}"
    return Room(pairs, labels, 1 + max(max(pair) for pair in pairs), None, words)


def simulated_room(params: Params) -> Room:
    """The recorded room, of raters with a stated model, for when nobody has voted."""
    rng = np.random.default_rng(params.seed)
    gold = np.concatenate([standard(rng.normal(size=ANSWERS)) for _ in range(PROMPTS)])
    pairs = [
        (prompt * ANSWERS + a, prompt * ANSWERS + b)
        for prompt in range(PROMPTS) for a in range(ANSWERS) for b in range(a + 1, ANSWERS)
    ]  # fmt: skip
    first, second = np.array(pairs).T
    chance = sigmoid(SHARPNESS * (gold[first] - gold[second]))
    labels = np.where(rng.random((params.num_raters, len(pairs))) < chance, 1.0, -1.0)
    in_circle = round(params.circle_share * params.num_raters)
    for rater in range(in_circle):
        order = IN_A_CIRCLE[rater % 3]
        for place, (a, b) in enumerate(pairs):
            if a % ANSWERS < 3 and b % ANSWERS < 3:
                is_first = order.index(a % ANSWERS) < order.index(b % ANSWERS)
                labels[rater, place] = 1.0 if is_first else -1.0
    share = f", {in_circle} of them in a circle" if in_circle else ""
    words = f"A recorded room: {params.num_raters} simulated raters{share}"
    return Room(pairs, labels, PROMPTS * ANSWERS, gold, words)


def describe(room: Room, scores: np.ndarray) -> Frame:
    """What is known of the labels before any policy is trained."""
    agreement = alpha(room.labels)
    found, compared = circles(majorities(room.labels, room.pairs, room.num_answers))
    held_out = accuracy_held_out(room)
    words = [f"{room.words}, {int(np.isfinite(room.labels).sum())} labels."]
    if agreement is None:
        words.append("Their agreement is not defined: too few labels, or all of them the same.")
    else:
        words.append(f"Krippendorff's alpha {agreement:.2f}.")
    words.append(f"{found} of {compared} triples of answers go in a circle.")
    if len(room.labels) > 1:
        words.append(f"Of raters who were held out, {held_out:.0%} of the labels are predicted.")
    return {
        "num_raters": len(room.labels),
        "num_labels": int(np.isfinite(room.labels).sum()),
        "alpha": agreement or 0.0,
        "circles": found,
        "accuracy": held_out,
        "said": " ".join(words),
    }


def fit(labels: np.ndarray, pairs: Pairs, num_answers: int) -> np.ndarray:
    """Scores (N,) of the Bradley-Terry model with a weak prior, by Newton's method. A tie is half a
    win of each."""
    first, second = np.array(pairs).T
    heard = np.isfinite(labels)
    wins = np.where(heard, (1 + np.nan_to_num(labels)) / 2, 0.0).sum(axis=0)
    counts = heard.sum(axis=0)
    design = np.zeros((len(pairs), num_answers))
    design[np.arange(len(pairs)), first], design[np.arange(len(pairs)), second] = 1.0, -1.0
    scores = np.zeros(num_answers)
    for _ in range(50):
        chance = sigmoid(design @ scores)
        slope = design.T @ (wins - counts * chance) - RIDGE * scores
        curvature = design.T @ ((counts * chance * (1 - chance))[:, None] * design)
        change = np.linalg.solve(curvature + RIDGE * np.eye(num_answers), slope)
        scores = scores + change
        if np.abs(change).max() < 1e-10:
            break
    return scores


def accuracy_held_out(room: Room) -> float:
    """Share of the labels of raters who were left out of the fit that it predicts; a tie of either
    counts a half."""
    first, second = np.array(room.pairs).T
    right = total = 0.0
    for fold in range(min(NUM_FOLDS, len(room.labels))):
        left_out = np.arange(len(room.labels)) % NUM_FOLDS == fold
        if left_out.all():
            return 0.5  # one rater: nobody else to learn from
        scores = fit(room.labels[~left_out], room.pairs, room.num_answers)
        margins = np.sign(np.round(scores[first] - scores[second], 9))
        said = room.labels[left_out]
        agrees = (1 + said * margins) / 2
        right += float(np.nansum(agrees))
        total += float(np.isfinite(said).sum())
    return right / total if total else 0.5


def worth(policy: np.ndarray, scores: np.ndarray, group: np.ndarray) -> Frame:
    """Proxy reward and KL to the uniform policy of a policy (N,), means over the prompts."""
    size = np.bincount(group)[group]
    terms = np.where(policy > 0, policy * np.log(np.maximum(policy, 1e-300) * size), 0.0)
    return {
        "proxy_reward": mean(policy, scores, group),
        "kl": float(terms.sum() / (group.max() + 1)),
    }


def mean(policy: np.ndarray, reward: np.ndarray, group: np.ndarray) -> float:
    """Expected reward (N,) of what the policy answers, mean over the prompts."""
    return float((policy * reward).sum() / (group.max() + 1))


def gradient(policy: np.ndarray, scores: np.ndarray, group: np.ndarray, beta: float) -> np.ndarray:
    """d (E[r] - beta KL(policy || uniform)) / d logits (N,), for each prompt by itself:
    policy * (advantage - its mean), with the advantage r - beta log(policy)."""
    advantage = scores - beta * np.log(np.maximum(policy, 1e-300))
    return policy * (advantage - np.bincount(group, policy * advantage)[group])


def optimum(scores: np.ndarray, group: np.ndarray, beta: float) -> np.ndarray:
    """The policy (N,) that no other one beats: exp(r / beta), normalised for each prompt."""
    return softmax(scores / beta, group)


def softmax(logits: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Probabilities (N,) that sum to 1 in each group."""
    highest = np.full(group.max() + 1, -np.inf)
    np.maximum.at(highest, group, logits)
    weights = np.exp(logits - highest[group])
    return weights / np.bincount(group, weights)[group]


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def standard(values: np.ndarray) -> np.ndarray:
    return (values - values.mean()) / values.std()
