"""What colloquium accepts and ignores is a warning; a slip that loses something is an error."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.publish.check import check

Build = Callable[[str], dict[str, Any]]

WARNED = {
    "bare img-fill": "## A\n\n<!-- img-fill -->\n\nText\n",
    "bare columns": "## A\n\n<!-- columns -->\n\nText\n",
    "no split": "## A\n\n<!-- columns: 2 -->\n\nText\n",
    "empty second row": "## A\n\n<!-- rows: 35/65 -->\n\nText\n\n===\n\n",
    "valign middle": "## A\n\n<!-- valign: middle -->\n\nText\n",
    "align centre": "## A\n\n<!-- align: centre -->\n\nText\n",
    "size huge": "## A\n\n<!-- size: huge -->\n\nText\n",
    "bibliography false": "---\nbibliography: false\n---\n\n## A\n\nText\n",
    "unknown field": "---\nduration: 45 minutes\n---\n\n## A\n\nText\n",
    "near field": "---\ntitel: T\n---\n\n## A\n\nText\n",
    "four hyphens": "## A\n\nText\n\n----\n\n## B\n\nText\n",
    "a div of Quarto": "## A\n\n::: {.notes}\nText\n:::\n",
    "a class of Quarto": "## A {.smaller}\n\nText\n",
    "a pause of pandoc": "## A\n\nText\n\n. . .\n\nText\n",
    "a shortcode": "## A\n\n{{< video a.mp4 >}}\n",
    "a span of pandoc": "## A\n\nSo [small]{.small} text\n",
    "a slot of Slidev": "## A\n\nText\n\n::right::\n\nText\n",
    "a directive of Marp": "<!-- _class: lead -->\n## A\n\nText\n",
    "a directive of reveal.js": "## A\n\n- Text <!-- .element: class='fragment' -->\n",
    "an alert of GitHub": "## A\n\n> [!NOTE]\n> Text\n",
    "a citation of LaTeX": "## A\n\nAs \\citep[p. 3]{a} says\n",
    "a citation with words": "## A\n\nText [see @a, p. 3]\n",
    "a citation without its author": "## A\n\nAmes [-@a] says\n",
    "a formula with an empty line": "## A\n\n$$\na = b\n\nc = d\n$$\n",
    "TOML": "+++\ntitle = 'T'\n+++\n\n## A\n\nText\n",
    "a mark without its note": "## A\n\nText[^1]\n",
    "a note without its mark": "## A\n\nText\n\n[^1]: Note\n",
    "an em dash": "## A\n\nText\n\n—\n\n## B\n\nText\n",
    "hyphen and dash": "## A\n\nText\n\n–-\n\n## B\n\nText\n",
    "indented": "## A\n\nText\n\n ---\n\n## B\n\nText\n",
    "two footnotes": "## A\n\n<!-- footnote: a -->\n<!-- footnote: b -->\n\nText\n",
    "no title": "## A\n\n---\n\nText\n",
    "a capital letter": "## A\n\n<!-- Notes: b -->\n\nText\n",
    "no colon": "## A\n\n<!-- layout = title -->\n\nText\n",
    "a wide colon": "## A\n\n<!-- layout\uff1atitle -->\n\nText\n",
    "a comment in a value": "---\ntitle: Lecture #3\n---\n\n## A\n\nText\n",
    "a comment in an option": "## A\n\n```vote\nquestion: q\noptions:\n  - Model #1\n  - b\n```\n",
}


@pytest.mark.parametrize("name", WARNED)
def test_a_warning_with_a_place_and_a_fix(folder: Path, name: str) -> None:
    (folder / "a.md").write_text(WARNED[name])
    found = check([folder / "a.md"])
    assert [one.severity for one in found] == ["warning"], found
    assert found[0].fix
    assert found[0].line > 0


@pytest.mark.parametrize("before", [" ", "<!-- by me -->\n", "\n<!-- a\n\nb -->\n\n"])
def test_frontmatter_that_does_not_begin_the_file_is_said(folder: Path, before: str) -> None:
    (folder / "a.md").write_text(f"{before}---\ntitle: T\nfooter:\n  left: a\n---\n\n## A\n")
    said = [one for one in check([folder / "a.md"]) if "does not begin the file" in one.message]
    assert [one.line for one in said] == [1 + before.count("\n")]
    (folder / "a.md").write_text("<!-- layout: title -->\n# A\n\n---\n\nnote: b\n\n---\n\n## C\n")
    assert not [one for one in check([folder / "a.md"]) if "begin the file" in one.message]


ERRORS = {
    "laytout": ("## A\n\n<!-- laytout: title -->\n", "Did you mean 'layout'?"),
    "far from any": ("## A\n\n<!-- zzzzzz: title -->\n", "There are: "),
    "columns two": ("## A\n\n<!-- columns: two -->\n", "Write a number"),
    "two ids": ("<!-- id: a -->\n## A\n\n<!-- id: b -->\n\nText\n", "---"),
    "layout": ("## A\n\n<!-- layout: tite -->\n", "Did you mean 'title'?"),
    "bound": ("## A\n\n```sim\nsim: cartpole\nparams: {learning_rate: 500}\n```\n",
              "Write a value from 0.1 to 10.0."),
    "timeline": ("## A\n\n```timeline\nsource: modls\n```\n", "Did you mean 'models'?"),
    "published": ("## A\n\n```published\nsource: gao\n```\n", "content/published"),
    "unclosed": ("## A\n\n```sim\nsim: cartpole\n\n<!-- notes: b\n-->\n", "Close it"),
    "unclosed, then others": (
        "## A\n\n```sim\nsim: cartpole\n\n---\n\n## B\n\n```box\ncontent: x\n```\n", "Close it",
    ),
    "unclosed vote": ("## A\n\n```vote\nquestion: a\n\n---\n\n## B\n\nText\n", "Close it"),
}  # fmt: skip


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_once_with_its_fix(folder: Path, name: str) -> None:
    text, fix = ERRORS[name]
    (folder / "a.md").write_text(text)
    found = check([folder / "a.md"])
    assert [one.severity for one in found] == ["error"], found
    assert fix in found[0].fix


def test_an_unclosed_block_costs_its_own_slide_only(build: Build) -> None:
    made = build(ERRORS["unclosed, then others"][0])
    assert [slide["title"] for slide in made["slides"]] == ["A", "B"]
    assert "colloquium-box" in made["slides"][1]["html"]


@pytest.mark.parametrize(
    "text",
    [
        "## A\n\nText\n\n----\n\nMore text\n",  # a line between two texts
        "## A\n\n```text\n----\n\n## no\n```\n",
        "## A\n\n| a | b |\n|---|---|\n| 1 | 2 |\n",
        "## A\n\nText\n\n***\n\n### Part\n",
        "---\ntitle: A  # the title\nauthor: 'B #2'\ndescription: C#3\n---\n\n## A\n\nText\n",
        "## A\n\n<!-- todo: b -->\n<!-- fixme: c -->\n<!-- prettier-ignore: d -->\n\nText\n",
    ],
)
def test_lines_that_are_meant_are_left_alone(folder: Path, text: str) -> None:
    (folder / "a.md").write_text(text)
    assert check([folder / "a.md"]) == []
