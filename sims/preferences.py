"""A flip that nobody has to program: a reward learned from choices between short clips.

The loop of Christiano et al. (2017) with a small body, an acrobot. Round after round

    1. a rater is shown pairs of three-second clips of what the body does now, and picks the better
    2. a reward is fitted to all choices so far (Bradley-Terry on the rewards summed over a clip)
    3. policy search makes the body do what that reward pays for

The synthetic rater likes counter-clockwise turns of the first rod and tells nobody: the policy has
to find out from a few dozen choices. `reward` puts one written by hand in the learned one's place.
With `rater = viewer` the choices are those in `labels`; where they end, the last frames are the
pairs to be judged next. The same choices lead to the same pairs, so a run can be repeated.

With `source = room` they are those of a class, on the pairs that a viewer with this seed and this
`num_comparisons` is shown: the choice of most raters counts, and pairs of which nobody has said
anything are left out. Where the choices end, the body practises on with the reward so far.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sims.acrobot import clips
from sims.acrobot.audience import Audience, listen
from sims.acrobot.dynamics import tip_height
from sims.acrobot.reward import FEATURES, HAND_WRITTEN, agreement, features, fit, left_out
from sims.acrobot.search import Search, rollouts
from sims.spec import Frame, SpecError, column, param

ROUNDS = 4
GENERATIONS = 6  # of policy search in each round
NUM_HELD_OUT = 400  # pairs that the reward is judged on and never fitted to
NUM_SHOWN = 16  # fresh episodes that the policy is measured on
SHOWN_STEPS = 50  # of one of them can be seen: its last 10 s
WORTH = {"L": 1.0, "R": 0.0, "=": 0.5}


@dataclass(frozen=True)
class Params:
    reward: str = param(
        "preferences",
        choices=("preferences", "tip_height", "spin"),
        help="learned from choices, or written by hand: the free end's height, or speed of turning",
    )
    num_comparisons: int = param(
        80, low=4, high=400, step=4, unit="pairs", help="choices to learn from, in four rounds"
    )
    noise: float = param(
        0.1, low=0.0, high=0.5, step=0.05, help="share of the synthetic rater's choices that flip"
    )
    rater: str = param(
        "synthetic", choices=("synthetic", "viewer"), help="who chooses; a viewer's are in labels"
    )
    source: str = param(
        "simulated", choices=("simulated", "room"), help="one rater, or the room in labels"
    )
    labels: str = param(
        "",
        max_length=50_000,
        help="choices so far, one letter each: L left, R right, = can't tell; of a room a word a"
        " rater, with / between; a room that has said nothing: a recorded room",
    )
    seed: int = param(0, low=0, high=1_000_000, step=1, help="start of every random number")


class Columns:
    round: int = column("of asking the rater")
    num_comparisons: int = column("judged so far", unit="pairs")
    accuracy: float = column(
        "share of held-out pairs in which reward and rater agree; of a viewer's and of a room's"
        " choices, each is held out in turn"
    )
    correlation: float = column("of reward and turns, over clips of the last generation")
    turns: float = column(
        "counter-clockwise, of the best policy in fresh episodes of 30 s", unit="turns"
    )
    tip_height: float = column("mean of the best policy's in fresh episodes", unit="m")
    proxy_reward: float = column("of the best policy, in standard deviations of the first clips")
    said: str = column("whose choices these are", when={"source": ("room",)})
    weights: list = column("[feature, weight] of the reward")
    poses: list = column("[theta1, theta2] in radians at 25 Hz of the best policy's last 10 s")
    pair: list = column("two such lists, the clips to compare, or none")


@dataclass
class Study:
    """All choices so far and the reward fitted to them.

    `differences` (n, F) of the features of each pair's clips, `labels` (n,) as in `reward.fit`,
    `weights` (F,) of the reward, `first_clips` (N, F): what the untrained body does.
    """

    params: Params
    first_clips: np.ndarray
    weights: np.ndarray
    differences: np.ndarray
    labels: np.ndarray
    room: Audience | None = None

    def hear(
        self, room: Audience, first: np.ndarray, second: np.ndarray, rng: np.random.Generator
    ) -> None:
        """Learn what the room has said of these pairs, if anything."""
        likes_first = clips.turns(first) > clips.turns(second)
        is_judged, labels = room.judge(likes_first, self.params.noise, rng)
        if len(labels):
            self.learn((features(first) - features(second))[is_judged], labels)

    def learn(self, differences: np.ndarray, labels: np.ndarray) -> None:
        self.differences = np.concatenate([self.differences, differences])
        self.labels = np.concatenate([self.labels, labels])
        self.weights = fit(self.differences, self.labels)


def run(params: Params) -> Iterator[Frame]:
    """One frame before training and after every generation; then one for each pair to be judged."""
    room = listen(params.labels, params.num_comparisons) if params.source == "room" else None
    answers = [] if room else _answers(params)
    asking, searching, looking = _generators(params.seed)
    search = Search(searching)
    study = _begin(params, search, looking, room)
    frame = {"step": 0, "round": 0, **_look(study, search, looking), "pair": [], "progress": 0.0}
    yield frame
    for round in range(ROUNDS):
        if params.reward == "preferences":
            tried = np.concatenate(search.episodes, axis=2)
            first, second = clips.pairs(tried, params.num_comparisons // ROUNDS, asking)
            if room:
                study.hear(room, first, second, asking)
            else:
                labels = _judge(params, first, second, answers, asking)
                if len(labels) < first.shape[2]:
                    yield from _questions(frame, first, second, len(labels))
                    return
                study.learn(features(first) - features(second), labels)
        search.look_around()
        for _ in range(GENERATIONS):
            search.generation(lambda states: features(states) @ study.weights)
            step = frame["step"] + 1
            seen = _look(study, search, looking)
            progress = step / (ROUNDS * GENERATIONS)
            frame = {"step": step, "round": round + 1, **seen, "pair": [], "progress": progress}
            yield frame


def _answers(params: Params) -> list[float]:
    """The viewer's choices, as labels; a letter that is none, or one too many, is an error."""
    if unknown := set(params.labels) - set(WORTH):
        letter = sorted(unknown)[0]
        raise SpecError(f"labels holds '{letter}', but each choice is L, R or =.")
    if params.labels and params.rater != "viewer":
        raise SpecError("labels are a viewer's choices: set rater to 'viewer' to use them.")
    if len(params.labels) > params.num_comparisons:
        most = f"num_comparisons ({params.num_comparisons})"
        raise SpecError(f"labels holds {len(params.labels)} choices, above {most}.")
    return [WORTH[letter] for letter in params.labels]


def _generators(seed: int) -> list[np.random.Generator]:
    """Three independent streams: asking, searching, looking. Looking does not change learning."""
    return [np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(3)]


def _begin(
    params: Params, search: Search, rng: np.random.Generator, room: Audience | None
) -> Study:
    none = np.zeros((0, len(FEATURES)))
    weights = HAND_WRITTEN.get(params.reward, np.zeros(len(FEATURES)))
    first_clips = features(clips.draw(search.episodes[-1], NUM_HELD_OUT, rng))
    return Study(params, first_clips, weights, none, none[:, 0], room)


def _judge(
    params: Params,
    first: np.ndarray,
    second: np.ndarray,
    answers: list[float],
    rng: np.random.Generator,
) -> np.ndarray:
    """The labels of these pairs: the synthetic rater's, or the viewer's next ones, if so many."""
    count = first.shape[2]
    if params.rater == "viewer":
        taken, answers[:count] = answers[:count], []
        return np.array(taken)
    likes_first = clips.turns(first) > clips.turns(second)
    return (likes_first ^ (rng.random(count) < params.noise)).astype(float)


def _questions(
    frame: Frame, first: np.ndarray, second: np.ndarray, num_judged: int
) -> Iterator[Frame]:
    """The pairs of this round that are still to be judged, after what was seen last."""
    for k in range(num_judged, first.shape[2]):
        pair = [clips.poses(first[..., k]), clips.poses(second[..., k])]
        yield {**frame, "step": frame["step"] + 1 + k - num_judged, "pair": pair}


def _look(study: Study, search: Search, rng: np.random.Generator) -> Frame:
    """What the best policy does, and how well the reward knows the rater's taste."""
    states = rollouts(search.best[None], NUM_SHOWN, rng)
    rewards = features(states) @ study.weights
    scale = float((study.first_clips @ study.weights).std()) or 1.0  # no reward yet: all are 0
    usual = float((study.first_clips @ study.weights).mean())
    middle = states[..., np.argsort(rewards)[NUM_SHOWN // 2]]

    held_out = clips.draw(search.episodes[-1], 2 * NUM_HELD_OUT, rng)
    proxy, gold = features(held_out) @ study.weights, clips.turns(held_out)
    if study.room or study.params.rater == "viewer":
        accuracy = left_out(study.differences, study.labels)
    else:
        margins = [each[:NUM_HELD_OUT] - each[NUM_HELD_OUT:] for each in (proxy, gold)]
        accuracy = agreement(*margins)
    said = {"said": study.room.words} if study.room else {}
    return {
        **said,
        "num_comparisons": len(study.labels),
        "accuracy": accuracy,
        "correlation": float(np.corrcoef(proxy, gold)[0, 1]) if proxy.std() > 0 else 0.0,
        "turns": float(clips.turns(states).mean()),
        "tip_height": float(tip_height(states.swapaxes(0, 1)).mean()),
        "proxy_reward": (float(rewards.mean()) - usual) / scale,
        "weights": [[name, float(w)] for name, w in zip(FEATURES, study.weights, strict=True)],
        "poses": clips.poses(middle[-SHOWN_STEPS - 1 :]),
    }
