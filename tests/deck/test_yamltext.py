"""YAML of authors: plain values, places, and faults instead of exceptions."""

import pytest

from engine.deck.source.yamltext import read


def test_values_are_json_values() -> None:
    found = read("a: 1\nb: [true, 2026-01-05, .nan, null]\n2024: x\nc: {d: 1.5}")
    assert found.value == {
        "a": 1,
        "b": [True, "2026-01-05", "nan", None],
        "2024": "x",
        "c": {"d": 1.5},
    }


def test_a_key_is_the_text_that_is_written() -> None:
    found = read("a: {yes: 1, no: 2, 1: 3, true: 4, 1.10: 5, ~: 6}")
    assert found.value == {"a": {"yes": 1, "no": 2, "1": 3, "true": 4, "1.10": 5, "~": 6}}
    assert found.place("a", "no") == (0, 12)


def test_places_of_keys_and_items() -> None:
    found = read("a: 1\nb:\n  - {c: 2, d: 3}\n")
    assert found.place("a") == (0, 0)
    assert found.place("b", "0", "d") == (2, 11)
    assert found.place("b", "0", "nosuch") == (2, 4)
    assert found.place("nosuch") == (0, 0)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [("a: b: c", 0, 4), ("ok: 1\na: [1, 2", 1, 8), ("a: 1\n\tb: 2", 1, 0), ("a: 'x\n\n", 0, 5)],
)
def test_faults_have_places(text: str, line: int, column: int) -> None:
    fault = read(text).fault
    assert fault is not None
    assert (fault.line, fault.column) == (line, column)


@pytest.mark.parametrize(
    "text",
    [
        "a: &x [1]\nb: *x",
        "a: &a [*a]",
        "[" * 5000,
        "- " * 5000,
        "a: 2026-13-45",
        "? [1]\n: 2",
        "!!python/object:x {}",
        "a: " + "9" * 6000,
        "%YAML 9.9\n---\na: 1",
        "a: !!binary x",
        "a\x07b: 1",
        "x" * 300_000,
        "a: 1\n---\nb: 2",
        "<<: 3",
        "{a, b: 1",
        "1e999: .inf",
    ],
)
def test_nothing_raises(text: str) -> None:
    read(text)


def test_aliases_are_refused() -> None:
    fault = read("ok: 1\na: &x [1, 1]\nb: [*x, *x]").fault
    assert fault is not None
    assert "aliases" in fault.message
    assert fault.line == 1


def test_stars_and_ampersands_in_text_are_text() -> None:
    assert read("a: '* one'\nb: x & y\nc: 'see *this*'").value == {
        "a": "* one",
        "b": "x & y",
        "c": "see *this*",
    }
