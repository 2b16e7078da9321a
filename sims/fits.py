"""Curves through measured points, and how far to trust them.

    log_linear      y = start + slope log10 x                       accuracy against compute (o1)
    power_law       y = scale x^-exponent                           loss against compute (Kaplan)
    floor_power_law y = floor + scale x^-exponent                   with what no model can learn
    sigmoid         y = low + (high - low) / (1 + (middle / x)^rate)       Khatri et al. (2025)

Least squares: linear in the logarithm for the first two, Levenberg-Marquardt for the others. The
intervals (95 %) come from the Gauss-Newton covariance, residual variance times (J'J)^-1, with
Student's t. They say how well the points pin the curve down, if the curve has the right form; not
whether it has. Fewer than two points more than the curve has constants is no fit: TooFewPoints.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

SPARE = 2  # points beyond the number of constants, at least
ROUNDS = 100  # of Levenberg-Marquardt, at most
Curve = Callable[[NDArray, NDArray], NDArray]  # (constants, x) -> y
# a named value: a number worked out of the constants, whose error is taken as normal, and how to
# write it, rising throughout
Named = dict[str, tuple[Callable[[NDArray], float], Callable[[float], float]]]


class TooFewPoints(ValueError):
    """A curve through so few points would say nothing; the message says how many it takes."""


@dataclass(frozen=True)
class Fit:
    """A fitted curve. `values`, `low` and `high` have the same names."""

    kind: str
    values: dict[str, float]
    low: dict[str, float]
    high: dict[str, float]
    r2: float
    num_points: int
    _curve: Curve
    _inner: NDArray
    _covariance: NDArray
    _quantile: float

    def predict(self, x: ArrayLike) -> NDArray:
        return self._curve(self._inner, np.atleast_1d(np.asarray(x, dtype=float)))

    def interval(self, x: ArrayLike) -> tuple[NDArray, NDArray]:
        """Low and high of the curve at x, 95 %: without the noise of a single new point."""
        x = np.atleast_1d(np.asarray(x, dtype=float))
        jacobian = _jacobian(self._curve, self._inner, x)
        spread = np.sqrt(np.maximum(0, np.sum(jacobian @ self._covariance * jacobian, axis=1)))
        middle = self.predict(x)
        return middle - self._quantile * spread, middle + self._quantile * spread


def log_linear(x: ArrayLike, y: ArrayLike) -> Fit:
    """y = start + slope log10 x: `slope` is what ten times as much of x brings."""
    x, y = _points(x, y, 2, "a line")
    design = np.stack([np.ones_like(x), np.log10(x)], 1)
    inner = np.linalg.lstsq(design, y, rcond=None)[0]
    names: Named = {"start": (lambda p: p[0], float), "slope": (lambda p: p[1], float)}
    return _made("log_linear", lambda p, at: p[0] + p[1] * np.log10(at), inner, x, y, names)


def power_law(x: ArrayLike, y: ArrayLike) -> Fit:
    """y = scale x^-exponent: a line in the logarithms of both, where r2 and intervals are taken."""
    x, y = _points(x, y, 2, "a power law")
    if (y <= 0).any():
        raise ValueError("a power law takes values above 0.")
    design = np.stack([np.ones_like(x), -np.log(x)], 1)
    inner = np.linalg.lstsq(design, np.log(y), rcond=None)[0]
    names: Named = {"scale": (lambda p: p[0], _exp), "exponent": (lambda p: p[1], float)}
    made = _made("power_law", lambda p, at: p[0] - p[1] * np.log(at), inner, x, np.log(y), names)
    return replace(made, _curve=lambda p, at: np.exp(p[0] - p[1] * np.log(at)))


def floor_power_law(x: ArrayLike, y: ArrayLike) -> Fit:
    """y = floor + scale x^-exponent, scale and exponent positive; the floor may be anything."""
    x, y = _points(x, y, 3, "a power law with a floor")
    centre = np.log(x).mean()  # inside, the scale is that at the middle of the points

    def curve(p: NDArray, at: NDArray) -> NDArray:
        return p[0] + np.exp(p[1] - np.exp(p[2]) * (np.log(at) - centre))

    spread = max(float(np.ptp(y)), 1e-12)
    starts = [
        np.array([y.min() - share * spread, np.log(spread / 2), np.log(exponent)])
        for share in (0.01, 0.2, 1.0)
        for exponent in (0.1, 0.5, 1.5)
    ]
    names: Named = {
        "floor": (lambda p: p[0], float),
        "scale": (lambda p: p[1] + np.exp(p[2]) * centre, _exp),
        "exponent": (lambda p: p[2], _exp),
    }
    return _made("floor_power_law", curve, _best(curve, starts, x, y), x, y, names)


def sigmoid(x: ArrayLike, y: ArrayLike, low: float) -> Fit:
    """y = low + (high - low) / (1 + (middle / x)^rate), for rates: `low` < high < 1.

    `low` is known (the accuracy before any training). `high` is where it is heading: points on the
    first half of the rise hardly pin it down, and the interval says so.
    """
    x, y = _points(x, y, 3, "a sigmoid")
    if not low < 1:
        raise ValueError(f"low is {low:g}, but a sigmoid rises from below 1.")
    centre = np.log(x).mean()

    def curve(p: NDArray, at: NDArray) -> NDArray:
        z = np.exp(p[2]) * (np.log(at) - centre - p[1])
        return low + (p[0] - low) / (1 + np.exp(np.clip(-z, -60, 60)))

    def free(p: NDArray) -> NDArray:
        """Constants whose ceiling is between `low` and 1, whatever the search tries."""
        return np.array([low + (1 - low) / (1 + _exp(-p[0])), p[1], p[2]])

    starts = [
        np.array([top, middle, math.log(rate)])
        for top in (0.0, 2.5)
        for middle in (-1.0, 0.5, 2.0)
        for rate in (0.7, 2.0)
    ]
    inner = free(_best(lambda p, at: curve(free(p), at), starts, x, y))
    names: Named = {
        "high": (lambda p: p[0], lambda value: min(max(value, low), 1.0)),
        "middle": (lambda p: p[1] + centre, _exp),
        "rate": (lambda p: p[2], _exp),
    }
    # errors are those of a ceiling that may move either way: at 1 it would seem to be certain
    return _made("sigmoid", curve, inner, x, y, names)


def r_squared(y: ArrayLike, fitted: ArrayLike) -> float:
    """1 - residual over total sum of squares; 0 where y does not vary at all."""
    y, fitted = np.asarray(y, dtype=float), np.asarray(fitted, dtype=float)
    total = float(np.sum((y - y.mean()) ** 2))
    return 1 - float(np.sum((y - fitted) ** 2)) / total if total > 0 else 0.0


def t_quantile(freedom: int) -> float:
    """Two-sided 95 % point of Student's t: exact for 1 and 2 degrees, else within 0.01."""
    if freedom <= 2:
        return {1: 12.7062, 2: 4.3027}[max(freedom, 1)]
    z, n = 1.959964, freedom  # Cornish-Fisher expansion (Abramowitz and Stegun 26.7.5)
    terms = (
        (z**3 + z) / (4 * n),
        (5 * z**5 + 16 * z**3 + 3 * z) / (96 * n**2),
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * n**3),
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / (92160 * n**4),
    )
    return z + sum(terms)


def _points(x: ArrayLike, y: ArrayLike, constants: int, what: str) -> tuple[NDArray, NDArray]:
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if x.shape != y.shape or x.ndim != 1:
        raise ValueError(f"x and y must be lists of the same length, not {x.shape} and {y.shape}.")
    if not (np.isfinite(x).all() and np.isfinite(y).all() and (x > 0).all()):
        raise ValueError("points must be finite numbers, with x above 0.")
    different, least = len(set(x.tolist())), constants + SPARE
    if different < least:
        raise TooFewPoints(
            f"{what} has {constants} constants and takes at least {least} points with different x, "
            f"but there are {different}."
        )
    return x, y


def _made(kind: str, curve: Curve, inner: NDArray, x: NDArray, y: NDArray, names: Named) -> Fit:
    """The fit with its intervals."""
    freedom = len(x) - len(inner)
    fitted = curve(inner, x)
    jacobian = _jacobian(curve, inner, x)
    variance = float(np.sum((y - fitted) ** 2)) / freedom
    covariance = variance * np.linalg.pinv(jacobian.T @ jacobian)
    quantile = t_quantile(freedom)
    values, low, high = {}, {}, {}
    for name, (number, write) in names.items():
        slope = _jacobian(lambda p, at, of=number: of(p) + 0 * at, inner, np.ones(1))[0]
        middle = float(number(inner))
        spread = quantile * math.sqrt(max(0.0, float(slope @ covariance @ slope)))
        ends = (middle, middle - spread, middle + spread)
        values[name], low[name], high[name] = (float(write(end)) for end in ends)
    r2 = r_squared(y, fitted)
    return Fit(kind, values, low, high, r2, len(x), curve, inner, covariance, quantile)


def _best(curve: Curve, starts: Sequence[NDArray], x: NDArray, y: NDArray) -> NDArray:
    """The least of all minima found from the starts."""
    found = [_descend(curve, start, x, y) for start in starts]
    return min(found, key=lambda p: float(np.sum((curve(p, x) - y) ** 2)))


def _descend(curve: Curve, start: NDArray, x: NDArray, y: NDArray) -> NDArray:
    """Levenberg-Marquardt, with Marquardt's scaling."""
    inner, damping = start.astype(float), 1e-2
    error = float(np.sum((curve(inner, x) - y) ** 2))
    for _ in range(ROUNDS):
        jacobian = _jacobian(curve, inner, x)
        normal = jacobian.T @ jacobian
        scaled = normal + damping * (np.diag(np.diag(normal)) + 1e-12 * np.eye(len(inner)))
        move = np.linalg.lstsq(scaled, jacobian.T @ (y - curve(inner, x)), rcond=None)[0]
        trial = inner + np.clip(move, -2, 2)  # all constants are logarithms or rates
        new = float(np.sum((curve(trial, x) - y) ** 2))
        if new < error:
            if error - new < 1e-12 * (error + 1e-300):
                return trial
            inner, error, damping = trial, new, max(damping / 3, 1e-12)
        elif damping > 1e9:
            break
        else:
            damping *= 4
    return inner


def _jacobian(curve: Curve, inner: NDArray, x: NDArray) -> NDArray:
    """(points, constants) by central differences."""
    steps = 1e-6 * np.maximum(1, np.abs(inner)) * np.eye(len(inner))
    return np.stack(
        [(curve(inner + s, x) - curve(inner - s, x)) / (2 * s.sum()) for s in steps], axis=1
    )


def _exp(value: float) -> float:
    return math.exp(min(max(float(value), -600.0), 600.0))
