"""The chart block: its numbers as a table, its faults, and what its author may set."""

from collections.abc import Callable
from typing import Any

import pytest

Build = Callable[[str], dict[str, Any]]


def test_a_chart_leaves_its_numbers_as_a_table(build: Build) -> None:
    text = (
        "```chart\ntitle: Gains\ndata:\n  labels: [a, b]\n  datasets:\n"
        "  - {label: x, data: [1, 2.5]}\n  - {data: [3]}\n```\n"
    )
    slide = build(f"## A\n\n{text}")["slides"][0]
    assert "<caption>Gains</caption>" in slide["html"]
    assert '<tr><th scope="row">b</th><td>2.5</td><td></td></tr>' in slide["html"]
    assert slide["blocks"][0]["data"]["data"]["labels"] == ["a", "b"]
    bad = build("## A\n\n```chart\ntype: lien\ndata: {datasets: [{data: [a]}]}\n```\n")["problems"]
    assert [one["line"] for one in bad] == [4, 5]
    assert bad[0]["fix"] == "Did you mean 'line'?"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("data: {datasets: [{data: [1, {x: 1, y: 2}, .nan]}]}", "4:44: error A dataset is a list"),
        ("data: {datasets: [{data: [{x: 1}]}]}", "4:27: error A dataset is a list of numbers or"),
        ("data: {datasets: [3]}", "4:19: error A dataset holds 'name: value' lines. Write 'data:"),
        ("data: {datasets: []}", "4:8: error A chart needs data. Add 'data:' with 'labels:' and"),
        ("data: {labels: a, datasets: [{data: [1]}]}", "4:8: error 'labels' is not a list. Write"),
        ("type: bar", "4:1: error A chart needs data. Add"),
        (
            "data: {datasets: [{data: [1], color: polcy}]}",
            "4:31: warning 'polcy' is not a colour. Did you mean 'policy'?",
        ),
        (
            "data: {datasets: [{data: [1], colour: red}]}",
            "4:31: warning A dataset has no field 'colour' here, so it does nothing. Did you mean "
            "'color'?",
        ),
        (
            "data: {datasets: [{data: [1]}]}\noptions: {scales: {y: {ticks: {sufix: a}}}}",
            "5:32: warning Ticks have no field 'sufix' here, so it does nothing. Did you mean "
            "'suffix'?",
        ),
        (
            "data: {datasets: [{data: [1]}]}\noptions: {scales: {y: {title: Share}}}",
            "5:24: warning 'title' is 'Share', which does nothing here.",
        ),
    ],
)
def test_each_fault_of_a_chart_has_its_place(build: Build, text: str, found: str) -> None:
    problems = build(f"## A\n\n```chart\n{text}\n```\n")["problems"]
    assert len(problems) == 1
    said = "{line}:{column}: {severity} {message} {fix}".format(**problems[0])
    assert said.startswith(found), said


def test_a_chart_gets_what_its_author_wrote(build: Build) -> None:
    text = "data: {labels: [1.10, no, [a, b]], datasets: [{label: 2.0, data: [1, ~, 3]}]}"
    slide = build(f"## A\n\n```chart\n{text}\n```\n")["slides"][0]
    assert slide["blocks"][0]["data"]["data"] == {
        "labels": ["1.10", "no", ["a", "b"]],
        "datasets": [{"label": "2.0", "data": [1, None, 3]}],
    }
    assert '<th scope="row">a b</th>' in slide["html"]
