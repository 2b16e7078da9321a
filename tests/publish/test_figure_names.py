"""Names of the files of exported figures."""

import pytest

from engine.publish.paper.figures import free_name


@pytest.mark.parametrize(
    ("base", "taken", "name"),
    [
        ("a-b-c", [], "a-b-c"),
        ("a-b-c", ["a-b-c"], "a-b-c-2"),
        ("Mean-run", ["mean-run", "mean-run-2"], "Mean-run-3"),
        ("Größe-RUN", ["grösse-run"], "Größe-RUN-2"),
    ],
)
def test_no_figure_takes_the_place_of_another(base: str, taken: list[str], name: str) -> None:
    assert free_name(base, taken) == name
