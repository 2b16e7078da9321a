"""How often one address may do what costs others something. A class sits behind one address."""

from dataclasses import dataclass, field

MOST_KNOWN = 4_096  # addresses that are remembered


@dataclass
class Bucket:
    """`at_once` after a silence, `per_second` in the long run; what is refused costs nothing."""

    per_second: float
    at_once: int
    _left: dict[str, tuple[float, float]] = field(default_factory=dict)  # by address: left, when

    def take(self, address: str, now: float) -> bool:
        """Whether `address` may do it once more."""
        if len(self._left) > MOST_KNOWN:
            self._left = {
                name: old for name, old in self._left.items() if not self._is_full(old, now)
            }
        left, before = self._left.get(address, (float(self.at_once), now))
        left = min(float(self.at_once), left + (now - before) * self.per_second)
        self._left[address] = (left - 1 if left >= 1 else left, now)
        return left >= 1

    def is_spent(self, address: str, now: float) -> bool:
        """Whether `take` would refuse; asking costs nothing."""
        left, before = self._left.get(address, (float(self.at_once), now))
        return left + (now - before) * self.per_second < 1

    def _is_full(self, old: tuple[float, float], now: float) -> bool:
        return old[0] + (now - old[1]) * self.per_second >= self.at_once


@dataclass
class Limits:
    """A class of 300 behind one address joins at once, each mistypes the code once, and the
    presenter opens a room for each of ten tries.

    A code is one of 14 million: an address that may try one a second needs months for a room.
    """

    opened: Bucket = field(default_factory=lambda: Bucket(1 / 60, 10))
    joined: Bucket = field(default_factory=lambda: Bucket(0.2, 400))  # as somebody new
    missed: Bucket = field(default_factory=lambda: Bucket(1.0, 300))  # a wrong code or key
