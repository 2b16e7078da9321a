"""`<!-- defines: … -->`: what the main path uses before its definition is named."""

from pathlib import Path

import pytest

from engine.publish.check import check

ROOT = Path(__file__).resolve().parents[2]
GLOSSARY = "- term: policy\n  also: [policies]\n  text: A rule.\n"
HEAD = "# T\n\n---\n\n"
FIRST = "## First\n\n{}\n\n---\n\n"
SECOND = "<!-- id: second -->\n<!-- defines: policy, \\pi -->\n\n## Second\n\nA policy $\\pi$.\n"
USED = "'{}' is used on 'first' and defined only later, on 'second'."


def said(folder: Path, text: str) -> list[str]:
    (folder / "lectures").mkdir()
    (folder / "content").mkdir()
    (folder / "content" / "glossary.yaml").write_text(GLOSSARY)
    path = folder / "lectures" / "01-a.md"
    path.write_text(text)
    return [one.message for one in check([path])]


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("A rule.", []),
        ("Policies act.", ["policy"]),
        ("It is $\\log \\pi(a)$.", ["\\pi"]),
        ("$$\\pi$$ and a policy", ["policy", "\\pi"]),
        ("$\\pitchfork$, monetary-policy", []),
        ("`policy`\n\n```python\npolicy = 1\n```\n\n![a policy](p.png)", []),
        ("<!-- notes: The policy comes later. 1 minute. -->", []),
        ("```box\ncontent: A policy acts.\n```", ["policy"]),
        ('```quiz\nquestion: "$\\\\pi$?"\nchoices: [a, b]\nanswer: A\nwhy: c\n```', ["\\pi"]),
    ],
)
def test_what_counts_as_a_use(tmp_path: Path, body: str, names: list[str]) -> None:
    found = said(tmp_path, HEAD + FIRST.format(body) + SECOND)
    assert [one for one in found if "defined only" in one] == [USED.format(name) for name in names]


def test_an_aside_defines_nothing_for_the_main_path(tmp_path: Path) -> None:
    aside = SECOND.replace("## Second", "<!-- aside: true -->\n\n## Second")
    found = said(
        tmp_path, HEAD + FIRST.format("One.") + aside + "\n---\n\n## Third\n\nThe policy.\n"
    )
    assert found == ["'policy' is used on 'third' and defined only in the aside 'second'."]


def test_an_aside_may_use_what_comes_later(tmp_path: Path) -> None:
    aside = "<!-- aside: true -->\n\n## Below\n\nA policy.\n\n---\n\n"
    assert said(tmp_path, HEAD + FIRST.format("One.") + aside + SECOND) == []


def test_the_lecture_says_what_it_defines() -> None:
    text = (ROOT / "lectures" / "01-overview.md").read_text(encoding="utf-8")
    assert text.count("<!-- defines:") >= 15
