"""A room of people as the raters of clips: what they said of each pair, as one choice a pair.

Their labels are a word of letters for each rater, with / between (`sims/agreement.py`): the k-th
letter of a word says of the k-th pair L left, R right, = can't tell, or . nothing. The choice of a
pair is that of most raters, as the wall of a room takes it: so the pairs of the next round are
those that the room has seen.

Where nobody has chosen, a recorded room stands in: NUM_RATERS simulated raters, each of whom goes
by the true taste and slips by itself.
"""

from dataclasses import dataclass, field

import numpy as np

from sims.agreement import alpha, read_labels
from sims.spec import SpecError

NUM_RATERS = 30  # of the recorded room


@dataclass
class Audience:
    """Labels (R, P): +1 left, -1 right, 0 can't tell, NaN nothing. Of a recorded room they grow
    round by round, up to `num_pairs`."""

    num_pairs: int
    is_real: bool
    labels: np.ndarray = field(default_factory=lambda: np.zeros((NUM_RATERS, 0)))
    num_asked: int = 0

    def judge(
        self, likes_first: np.ndarray, noise: float, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        """Which of the next pairs (n,) somebody has judged, and the choice of most on each of
        these: 1 left, 0 right, 1/2 level. `likes_first` (n,), whether the true taste prefers the
        left one, and `noise`, how often a rater slips, count in a recorded room alone."""
        first, self.num_asked = self.num_asked, self.num_asked + len(likes_first)
        if not self.is_real:
            slips = rng.random((NUM_RATERS, len(likes_first))) < noise
            said = np.where(likes_first ^ slips, 1.0, -1.0)
            self.labels = np.concatenate([self.labels, said], axis=1)
        here = self.labels[:, first : self.num_asked]
        is_judged = np.any(np.isfinite(here), axis=0, keepdims=True)[0]
        return is_judged, 0.5 + 0.5 * np.sign(np.nansum(here[:, is_judged], axis=0))

    @property
    def words(self) -> str:
        """Who has chosen, and how far they agree, in a sentence or two."""
        raters = f"{len(self.labels)} {'' if self.is_real else 'simulated '}"
        raters += "rater" if len(self.labels) == 1 else "raters"
        is_said = np.isfinite(self.labels)
        pairs = f"{int(is_said.any(axis=0).sum())} of {self.num_pairs} pairs"
        found = alpha(self.labels)
        agreement = "not defined" if found is None else f"{found:.2f}"
        whose = "The room" if self.is_real else "A recorded room"
        heard = f"{whose}: {raters}, {int(is_said.sum())} choices on {pairs}"
        return f"{heard}. Krippendorff's alpha {agreement}."


def listen(text: str, num_pairs: int) -> Audience:
    """What a room has said of `num_pairs` pairs; a recorded room where `text` is empty. SpecError
    for a text that is no room's."""
    if not text:
        return Audience(num_pairs, is_real=False)
    try:
        labels = read_labels(text, num_pairs)
    except ValueError as error:
        raise SpecError(f"labels of a room: {error}.") from None
    if not len(labels):
        raise SpecError("Nobody in the room has chosen a clip yet. Ask for choices first.")
    return Audience(num_pairs, is_real=True, labels=labels)
