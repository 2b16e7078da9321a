"""The nine faults of colloquium 0.3 that we must not have, one test each."""

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest

Build = Callable[[str], dict[str, Any]]
Faults = Callable[[str], list[tuple[int, int, str, str]]]


def text_of(html: str) -> str:
    parts: list[str] = []
    parser = HTMLParser()
    parser.handle_data = parts.append
    parser.feed(html)
    parser.close()
    return "".join(parts)


def test_1_dashes_inside_a_fence_do_not_part_slides(build: Build) -> None:
    deck = build("## A\n\n```yaml\n---\na: 1\n---\n```\n\n---\n\n## B\n\n~~~\n---\n~~~\n")
    assert [slide["title"] for slide in deck["slides"]] == ["A", "B"]
    assert "---\na: 1\n---" in text_of(deck["slides"][0]["html"])


def test_2_a_comment_in_code_is_no_title(build: Build) -> None:
    slide = build("```python\n# not a title\nx = 1\n```\n")["slides"][0]
    assert (slide["title"], slide["layout"]) == ("", "content")
    assert "# not a title" in text_of(slide["html"])


def test_3_a_directive_in_code_is_shown_and_not_obeyed(build: Build) -> None:
    body = "## A\n\n```html\n<!-- layout: section-break -->\n```\n\nWrite `<!-- step -->` there.\n"
    slide = build(body)["slides"][0]
    assert (slide["layout"], slide["steps"]) == ("content", 0)
    shown = text_of(slide["html"])
    assert "<!-- layout: section-break -->" in shown
    assert "<!-- step -->" in shown


def test_4_frontmatter_may_hold_dashes_and_says_when_it_is_broken(
    build: Build, faults: Faults
) -> None:
    assert build('---\ntitle: "a --- b"\n---\n\n## A\n')["title"] == "a --- b"
    broken = "---\ntitle: a: b\nauthor: me\n---\n\n## A\n"
    assert [one["title"] for one in build(broken)["slides"]] == ["A"]
    [(line, column, message, fix)] = faults(broken)
    assert (line, column) == (2, 9)
    assert "not YAML" in message
    assert "Quote" in fix


def test_5_carets_in_code_and_math_are_no_footnotes(build: Build) -> None:
    slide = build("## A\n\n`arr^[0]` and $x^[2]$ but here.^[A note.]\n")["slides"][0]
    assert slide["html"].count("colloquium-footnote-ref") == 1
    assert "arr^[0]" in text_of(slide["html"])
    assert "A note." in text_of(slide["html"])


@pytest.mark.parametrize(
    ("text", "place", "message", "fix"),
    [
        ("## A\n\n<!-- laytout: code -->", (3, 1), "no directive 'laytout'", "'layout'"),
        ("## A\n\n<!-- columns: two -->\nx", (3, 1), "'two' does not say", "45/55"),
        (
            "## A\n\nx [@ouyang2022trainin]",
            (3, 4),
            "no work 'ouyang2022trainin'",
            "'ouyang2022training'",
        ),
        ("## A\n\n<!-- layout: tilte -->", (3, 1), "'tilte' is not a value", "'title'"),
        ("## A\n<!-- valign: middle -->", (2, 1), "'middle' is not a value", "top, center, bottom"),
        ("## A\n\n<!-- stepp -->\n\nx", (3, 1), "no directive 'stepp'", "'step'"),
        ("## A\n\n<!-- class -->", (3, 1), "'class' has no value", "class: …"),
        ("## A\n\n<!-- notes: never ends", (3, 1), "comment is never closed", "-->"),
        ("## A\n\n```python\nx = 1", (3, 1), "fence is never closed", "marks"),
    ],
)
def test_6_slips_are_problems_with_place_and_mend(
    faults: Faults, text: str, place: tuple[int, int], message: str, fix: str
) -> None:
    [found] = faults(text)
    assert found[:2] == place
    assert message in found[2]
    assert fix in found[3]


def test_6_a_broken_bib_file_says_where_and_spares_the_rest(folder: Any, faults: Faults) -> None:
    (folder / "bad.bib").write_text(
        "@article{good, title={A}, author={B, C}, year={2000}}\n\n"
        "@article{torn, title={Never closed, author={B, C},\n\n"
        "@article{fine, title={D}, author={E, F}, year={2001}}\n"
    )
    found = faults("---\nbibliography: bad.bib\n---\n\n## A\n\n[@good] [@fine]\n")
    assert [(line, message) for line, _, message, _ in found] == [
        (3, "This @article entry is never closed.")
    ]


def test_7_citations_in_footnotes_alone_are_listed(build: Build) -> None:
    deck = build("<!-- footnote-right: See [@ouyang2022training]. -->\n## A\n\ntext\n")
    assert [work["key"] for work in deck["references"]] == ["ouyang2022training"]
    assert [slide["title"] for slide in deck["slides"]] == ["A", "References"]
    assert deck["slides"][0]["citations"] == ["ouyang2022training"]


def test_8_is_in_test_sanitise(build: Build) -> None:
    slide = build("## A <script>alert(1)</script>\n\n<script>alert(2)</script>\n")["slides"][0]
    assert "alert(2)" not in slide["html"]
    assert "<script" not in slide["html"]


def test_9_braces_after_an_image_are_its_attributes(build: Build, faults: Faults) -> None:
    slide = build("## A\n\n![a plot](../assets/plot.svg){width=60%} and text\n")["slides"][0]
    assert 'style="width: 60%"' in slide["html"]
    assert "{width" not in slide["html"]
    [found] = faults("## A\n\n![a plot](../assets/plot.svg){wdith=60%}\n")
    assert found[:2] == (3, 1)
    assert "'wdith=60%'" in found[2]
