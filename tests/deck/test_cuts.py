"""Nothing is left out in silence: what is too long to be shown whole has a warning."""

from collections.abc import Callable
from typing import Any

import pytest

Build = Callable[[str], dict[str, Any]]
SLIDE = "## A slide\n\ntext\n"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("---\nfooter:\n  left: " + "a" * 1_001 + f"\n---\n{SLIDE}", 3, "more than 1000 char"),
        (
            "---\nfooter: {section_break: {right: " + "a" * 1_001 + f"}}}}\n---\n{SLIDE}",
            2,
            "more than 1000 characters",
        ),
        ("---\nfonts: {body: 'a; b'}\n---\n" + SLIDE, 2, "cannot be the name of a font"),
        ("---\nfonts: {heading: " + "a" * 61 + "}\n---\n" + SLIDE, 2, "the name of a font"),
        (f"{SLIDE}\n---\n\n<!-- chapter: {'a' * 201} -->\n{SLIDE}", 7, "'chapter' has at most"),
        (
            f"<!-- chapter: a -->\n<!-- chapter-short: {'a' * 201} -->\n{SLIDE}",
            2,
            "'chapter-short' has at most",
        ),
        ("\n---\n\n".join(["<!-- chapter: a -->\n## A"] * 101), 401, "at most 100 chapters"),
    ],
)
def test_each_cut_is_a_warning_at_its_place(
    build: Build, text: str, line: int, message: str
) -> None:
    found = [one for one in build(text)["problems"] if message in one["message"]]
    assert [(one["severity"], one["line"]) for one in found] == [("warning", line)]


def test_what_is_shown_whole_has_none(build: Build) -> None:
    head = "---\nfooter: {left: " + "a" * 1_000 + "}\nfonts: {body: Source Sans}\n---\n"
    chapters = "\n---\n\n".join([f"<!-- chapter: {'a' * 200} -->\n## A"] * 100)
    assert build(head + chapters)["problems"] == []
    many = "\n---\n\n".join(["<!-- chapter: a -->\n## A"] * 101)
    assert build("---\nchapters: false\n---\n" + many)["problems"] == []
