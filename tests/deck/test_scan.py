"""Which lines are code, comments and separators."""

import pytest

from engine.deck.source.scan import scan, segments, without


@pytest.mark.parametrize(
    ("text", "separators"),
    [
        ("a\n---\nb", [1]),
        ("a\n--- \nb", [1]),
        ("a\n ---\nb", []),
        ("a\n----\nb", []),
        ("a\n***\nb", []),
        ("```\n---\n```\n---", [3]),
        ("~~~\n---\n```\n---\n~~~\n---", [5]),
        ("````\n```\n---\n````\n---", [4]),
        ("- a\n  ```\n---\n  ```\n---", [4]),
        ("> ```\n> ---\n> ```\n---", [3]),
        ("``` a`b\n---", [1]),
        ("<!-- a\n---\nb -->\n---", [3]),
        ("`<!--`\n---\n`-->`", [1]),
        ("``` x\n---\n``` y\n---\n```", []),
        ("<!-- a\n---\n<!-- step -->\n", [1]),
        ("```\nnever closed\n---\nb", [2]),
    ],
)
def test_separators(text: str, separators: list[int]) -> None:
    assert scan(text).separators == separators


@pytest.mark.parametrize(
    ("text", "comments"),
    [
        ("<!-- a -->", ["a"]),
        ("x <!--a--> <!-- b --> y", ["a", "b"]),
        ("<!-- a\nb -->", ["a\nb"]),
        ("`<!-- a -->` <!-- b -->", ["b"]),
        ("```\n<!-- a -->\n```", []),
        ("<!-- `a -->", ["`a"]),
        ("<!-- a", []),
        ("<!-- ``` -->\n<!-- b -->", ["```", "b"]),
    ],
)
def test_comments(text: str, comments: list[str]) -> None:
    assert [one.text for one in scan(text).comments] == comments


def test_what_is_never_closed_is_told() -> None:
    assert scan("a\n  ```py\nb").unclosed == [(1, 2, "code fence")]
    assert scan("a <!-- b").unclosed == [(0, 2, "comment")]


def test_comments_leave_and_lines_stay() -> None:
    found = scan("<!-- a -->   text\n<!-- b\nc --> d\n- x <!-- e -->\n    code")
    assert without(found, found.comments) == ["text", "", "d", "- x ", "    code"]


def test_segments_know_their_lines() -> None:
    text = "title: x\n---\n\n## A\n\n\n---\n   \n---\n## B\n"
    found = [(one.line, one.end_line, one.source) for one in segments(text, 2)]
    assert found == [(4, 4, "## A"), (10, 10, "## B")]
