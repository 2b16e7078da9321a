"""Curve fits: known constants come back, intervals hold them as often as they say."""

import numpy as np
import pytest

from sims import fits

X = np.logspace(1, 5, 14)


def test_exact_points_give_the_constants_back() -> None:
    line = fits.log_linear(X, 0.2 + 0.07 * np.log10(X))
    assert line.values == pytest.approx({"start": 0.2, "slope": 0.07})
    power = fits.power_law(X, 8 * X**-0.31)
    assert power.values == pytest.approx({"scale": 8, "exponent": 0.31})
    floor = fits.floor_power_law(X, 1.7 + 8 * X**-0.31)
    assert floor.values == pytest.approx({"floor": 1.7, "scale": 8, "exponent": 0.31}, rel=1e-3)
    curve = fits.sigmoid(X, 0.1 + 0.75 / (1 + (900 / X) ** 1.3), low=0.1)
    assert curve.values == pytest.approx({"high": 0.85, "middle": 900, "rate": 1.3}, rel=1e-3)
    for fit in (line, power, floor, curve):
        assert fit.r2 == pytest.approx(1)
        assert fit.num_points == len(X)


def test_a_line_is_that_of_numpy() -> None:
    y = np.random.default_rng(0).normal(size=len(X))
    slope, start = np.polyfit(np.log10(X), y, 1)
    fit = fits.log_linear(X, y)
    assert fit.values == pytest.approx({"start": start, "slope": slope})
    assert fit.r2 == pytest.approx(np.corrcoef(np.log10(X), y)[0, 1] ** 2)
    # the textbook interval of a slope: s / sqrt(Sxx), with t of 12 degrees = 2.1788
    residual = y - start - slope * np.log10(X)
    spread = np.sqrt(np.sum(residual**2) / 12 / np.sum((np.log10(X) - np.log10(X).mean()) ** 2))
    assert fit.high["slope"] - slope == pytest.approx(2.1788 * spread, rel=1e-3)
    assert slope - fit.low["slope"] == pytest.approx(2.1788 * spread, rel=1e-3)


@pytest.mark.parametrize("kind", ["power_law", "floor_power_law", "sigmoid"])
def test_intervals_hold_the_truth_nineteen_times_of_twenty(kind: str) -> None:
    rng, held, num = np.random.default_rng(1), 0, 60
    for _ in range(num):
        noise = rng.normal(0, 0.01, len(X))
        if kind == "power_law":
            fit, name, truth = fits.power_law(X, 8 * X**-0.31 * np.exp(noise)), "exponent", 0.31
        elif kind == "floor_power_law":
            fit, name, truth = fits.floor_power_law(X, 1.7 + 8 * X**-0.31 + noise), "floor", 1.7
        else:
            y = 0.1 + 0.75 / (1 + (900 / X) ** 1.3) + noise
            fit, name, truth = fits.sigmoid(X, y, low=0.1), "high", 0.85
        assert fit.low[name] < fit.values[name] < fit.high[name]
        held += fit.low[name] <= truth <= fit.high[name]
    assert 0.85 * num <= held  # 95 % expected: 51 of 60 or fewer happens once in a thousand


def test_the_interval_of_a_curve_is_narrow_where_the_points_are() -> None:
    y = 0.1 + 0.75 / (1 + (900 / X) ** 1.3)
    noise = np.random.default_rng(2).normal(0, 0.01, len(X))
    whole = fits.sigmoid(X, y + noise, low=0.1)
    early = fits.sigmoid(X[:7], (y + noise)[:7], low=0.1)
    for fit in (whole, early):
        low, high = fit.interval(X)
        assert np.all(low <= fit.predict(X))
        assert np.all(fit.predict(X) <= high)
    # the first half of a rise does not know where it will end
    assert early.high["high"] - early.low["high"] > 3 * (whole.high["high"] - whole.low["high"])


def test_a_ceiling_at_its_bound_is_not_certain() -> None:
    y = 0.3 + 0.7 / (1 + (2000 / X[:8]) ** 0.9)  # heads for 1, and the points stop half-way
    noise = np.random.default_rng(4).normal(0, 0.02, 8)
    fit = fits.sigmoid(X[:8], y + noise, low=0.3)
    assert fit.low["high"] < 0.9
    assert fit.high["high"] == 1
    low, high = fit.interval(X[-1])
    assert high - low > 0.1


@pytest.mark.parametrize(
    ("fit", "constants"),
    [(fits.log_linear, 2), (fits.power_law, 2), (fits.floor_power_law, 3)],
)
def test_too_few_points_are_refused(fit: object, constants: int) -> None:
    least = constants + fits.SPARE
    x = X[: least - 1]
    with pytest.raises(fits.TooFewPoints, match=f"at least {least} points with different x, but"):
        fit(x, x**-0.3)  # type: ignore[operator]
    with pytest.raises(fits.TooFewPoints):
        fit(np.full(9, 3.0), np.arange(1, 10))  # type: ignore[operator]
    assert fit(X[:least], X[:least] ** -0.3).r2 > 0.9  # type: ignore[operator]
    with pytest.raises(fits.TooFewPoints):
        fits.sigmoid(X[:4], np.linspace(0.1, 0.5, 4), low=0.1)


def test_what_cannot_be_fitted_is_said() -> None:
    with pytest.raises(ValueError, match="x above 0"):
        fits.log_linear([0, 1, 2, 3], [1, 2, 3, 4])
    with pytest.raises(ValueError, match="values above 0"):
        fits.power_law(X, np.zeros(len(X)))
    with pytest.raises(ValueError, match="same length"):
        fits.log_linear(X, [1.0])


@pytest.mark.parametrize(("freedom", "wanted"), [(1, 12.706), (3, 3.182), (5, 2.571), (30, 2.042)])
def test_t_against_the_table(freedom: int, wanted: float) -> None:
    assert fits.t_quantile(freedom) == pytest.approx(wanted, abs=0.01)
