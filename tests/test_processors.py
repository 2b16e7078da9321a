"""The tools that vary processor and seeds: what they set, and how they read an assertion."""

import platform
import subprocess
import sys

import pytest

from engine.runs.processor import instruction_set
from tests.processors import NAMES, available, environment
from tests.spread import line, seeds, sides

ASK = "import torch; print(torch.backends.cpu.get_cpu_capability(), torch.get_num_threads())"


@pytest.fixture(autouse=True)
def forgotten() -> None:
    instruction_set.cache_clear()


def test_what_the_environment_asks_for_is_what_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATEN_CPU_CAPABILITY", "default")
    assert available()[-1].endswith("default")
    assert len(available()) == 1
    monkeypatch.delenv("ATEN_CPU_CAPABILITY")
    instruction_set.cache_clear()
    assert available() == list(NAMES[: len(available())]) or available() == [platform.machine()]


def test_torch_computes_as_it_is_told() -> None:
    command = [sys.executable, "-c", ASK]
    told = subprocess.run(command, env=environment("default", 2), capture_output=True, text=True)
    assert told.stdout.split() == ["DEFAULT", "2"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("0.0251 < 0.02", (0.0251, 0.02, 0)),
        ("tensor(0.0251, dtype=torch.float64) < 0.02", (0.0251, 0.02, 0)),
        ("np.float64(0.5) == 0.51 ± 3.0e-02", (0.5, 0.51, 0.03)),
        ("0.9 > (0.28 + 0.3)", (0.9, 0.58, 0)),
        ("'a' == 'b'", None),
        ("all(<generator>)", None),
    ],
)
def test_sides_of_an_assertion(words: str, expected: tuple[float, ...] | None) -> None:
    assert sides(words) == (expected and pytest.approx(expected))


def test_a_line_says_how_far_the_bound_lies() -> None:
    found = [(f"{value} < 0.5", value < 0.5) for value in (0.1, 0.2, 0.3, 0.6)]
    shown = line("test_x.py::test_y:7", found)
    assert shown.split()[:2] == ["3/4", "1.2"]  # median 0.25, deviation 0.216
    assert "0.25 ± 0.22 (0.1 to 0.6)" in shown


def test_ten_or_from_to() -> None:
    assert list(seeds("3")) == [0, 1, 2]
    assert list(seeds("3-5")) == [3, 4, 5]
