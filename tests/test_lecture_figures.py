"""Figures that are drawn to scale: their areas, lengths and counts are read from the SVG again."""

import math
import re

import pytest

from engine.paths import ASSETS, ROOT

LECTURE = (ROOT / "lectures" / "01-overview.md").read_text(encoding="utf-8")
FIGURES = ASSETS / "figures"


def drawn(name: str) -> str:
    return (FIGURES / f"{name}.svg").read_text(encoding="utf-8")


def texts(name: str) -> list[str]:
    return re.findall(r"<text [^>]*>([^<]+)</text>", drawn(name))


def rects(name: str) -> list[tuple[float, float, str]]:
    """Width, height and classes of every rectangle, in the order of the file."""
    found = re.findall(r'<rect [^>]*width="(\S+)" height="(\S+)" [^>]*class="([^"]+)"', drawn(name))
    return [(float(w), float(h), kind) for w, h, kind in found]


def circles(name: str) -> list[tuple[float, float, float, str]]:
    found = re.findall(r'<circle cx="(\S+)" cy="(\S+)" r="(\S+)" class="([^"]+)"', drawn(name))
    return [(float(x), float(y), float(r), kind) for x, y, r, kind in found]


def ratios(name: str) -> list[float]:
    """Area of each outlined square over that of the filled one drawn into it."""
    areas = [w * h for w, h, _ in rects(name)]
    return [outer / inner for outer, inner in zip(areas[::2], areas[1::2], strict=True)]


def test_every_figure_is_shown_and_every_shown_figure_is_there() -> None:
    shown = set(re.findall(r"figures/([\w-]+)\.svg", LECTURE))
    assert {path.stem for path in FIGURES.glob("*.svg")} == shown


def test_a_hundred_comparisons_and_two_sizes() -> None:
    kinds = [kind for *_, r, kind in circles("liked-better") if r == 8.5]
    assert (kinds.count("policy"), kinds.count("hair")) == (85, 15)
    large, small = sorted((r for *_, r, _ in circles("liked-better") if r != 8.5), reverse=True)
    assert (large / small) ** 2 == pytest.approx(175 / 1.3, rel=0.01)


def test_a_dot_for_each_bit() -> None:
    pitch = re.search(r'<pattern id="d" width="(\d+)" height="(\d+)"', drawn("bits-dots"))
    assert pitch
    field = re.search(r'width="(\d+)" height="(\d+)" fill="url', drawn("bits-dots"))
    assert field
    across, down = (int(field[k]) // int(pitch[k]) for k in (1, 2))
    assert across * down == 17_000 == 1_000 * round(math.log2(128_000))


def test_tries_until_the_first_reward() -> None:
    """Of the axes' labels, the dots on the curve, and the number beside each of them."""
    found = dict(
        re.findall(r'<text x="\S+" y="(\S+)" class="soft s end">([\d,]+)<', drawn("tries-needed"))
    )
    ticks = {int(label.replace(",", "")): float(y) - 5 for y, label in found.items()}
    height = (ticks[1] - ticks[100_000]) / 5
    means = [
        10 ** ((ticks[1] - y) / height)
        for _, y, _, kind in circles("tries-needed")
        if kind == "ink"
    ]
    assert means == pytest.approx([1 / p for p in (0.5, 0.1, 0.001)], rel=0.01)
    assert {"2", "10", "1,000"} <= set(texts("tries-needed"))
    marks = re.search(r'class="ln k-rejected dash"/>', drawn("tries-needed"))
    assert marks, "the curve of 95 of 100 cases"
    first = re.search(
        r'<path d="M(\S+) (\S+) [^"]*" class="ln k-rejected dash"', drawn("tries-needed")
    )
    assert first
    tries = 10 ** ((ticks[1] - float(first[2])) / height)
    assert tries == pytest.approx(math.log(0.05) / math.log(1 - 1e-4), rel=0.01)


def test_sft_takes_smaller_steps() -> None:
    assert ratios("smaller-steps") == pytest.approx(
        [6e-5 / 5.03e-6, 3.2e6 / 16_384, 3640 / 4.9], rel=0.01
    )
    assert {"12 times", "200 times", "740 times"} <= set(texts("smaller-steps"))


def test_parameters_that_a_token_uses() -> None:
    used = ratios("weights-used")
    assert used == pytest.approx([1, 1, 671 / 37], rel=0.01)
    areas = [w * h for w, h, _ in rects("weights-used")][::2]
    assert [area / areas[0] for area in areas] == pytest.approx([1, 405 / 175, 671 / 175], rel=0.01)


def test_bytes_of_text_and_of_parameters() -> None:
    gathered, trained, model = (w * h for w, h, _ in rects("data-squares"))
    assert gathered / trained == pytest.approx(1200 / 60, rel=0.01)
    assert trained / model == pytest.approx(60 / 0.81, rel=0.02)
    assert pytest.approx(77, abs=0.5) == 15.6e12 * 4 / (405e9 * 2)  # "seventy-five"


def test_costs_of_post_training() -> None:
    bars = [w for w, _, _ in rects("cost-shares")]
    shares = [100 * inner / outer for outer, inner in zip(bars[::2], bars[1::2], strict=True)]
    assert shares == pytest.approx([100 * 65 / 3640, 100 * 147 / 2788, 100], rel=0.02)
    assert 101 + 41 + 5 == 147
    assert pytest.approx(101_000, rel=0.01) == 512 * 198


def test_where_attention_costs_as_much_as_recurrence() -> None:
    [(x, y, *_)] = circles("attention-cost")
    lines = re.findall(
        r'd="M(\S+) (\S+) L(\S+) (\S+)" class="ln k-\w+ fat"', drawn("attention-cost")
    )
    for x1, y1, x2, y2 in (map(float, one) for one in lines):
        assert y1 + (y2 - y1) * (x - x1) / (x2 - x1) == pytest.approx(y, abs=0.5)
    assert pytest.approx(537e6, abs=5e5) == 512 * 1024**2
    assert pytest.approx(268e6, abs=5e5) == 512**2 * 1024
