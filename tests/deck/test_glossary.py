"""Terms are marked at their first mention in running text, and nowhere else; faults say where."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.deck.content import glossary
from engine.deck.document import load
from engine.deck.markup.terms import find

ROOT = Path(__file__).resolve().parents[2]
Build = Callable[[str], dict[str, Any]]

TERMS = """
- term: policy
  also: [policies]
  text: Gives each action its chance, $\\\\pi(a)$.
  ref: williams1992simple
- {term: policy gradient, text: Pushes up what was good.}
- {term: KL, text: How far apart two distributions are.}
- {term: reward model, also: [reward models], text: Scores an answer.}
"""


@pytest.fixture
def terms(folder: Path) -> Path:
    """A glossary beside the decks of `folder`."""
    path = folder.parent / "content" / "glossary.yaml"
    path.write_text(TERMS.replace("\\\\", "\\"), encoding="utf-8")
    return path


def marked(html: str) -> list[tuple[str, str]]:
    """(id, word) of every marked term, in the order of the page."""
    return re.findall(r'<a class="term" href="#term-[\w-]+" data-term="([\w-]+)">([^<]*)</a>', html)


def test_the_first_mention_is_marked(terms: Path, build: Build) -> None:
    slide = build("## T\n\nPolicies and a policy; the KL, the kl.\n\nA reward model.\n")["slides"][
        0
    ]
    assert marked(slide["html"]) == [
        ("policy", "Policies"),
        ("kl", "KL"),
        ("reward-model", "reward model"),
    ]
    assert slide["terms"] == ["kl", "policy", "reward-model"]


def test_each_slide_begins_anew(terms: Path, build: Build) -> None:
    first, second = build("## A\n\na policy\n\n---\n\n## B\n\na policy\n")["slides"][:2]
    assert marked(first["html"]) == marked(second["html"]) == [("policy", "policy")]


@pytest.mark.parametrize(
    "text",
    [
        "## A policy\n\nx",
        "## T\n\n### Our policy\n\nx",
        "## T\n\n`policy`",
        "## T\n\n```python\npolicy = 1\n```",
        "## T\n\n$policy$ and $$policy$$",
        "## T\n\n[a policy](https://example.org)",
        '## T\n\nsee <a href="https://example.org">the policy</a>',
        "## T\n\n<code>policy</code>",
        "## T\n\n| policy |\n|---|\n| x |",
        "## T\n\n![a policy](../assets/plot.svg)",
        "## T\n\nthe off-policy, policymaker, @policy",
        "# T\n\na policy",
        "<!-- layout: section-break -->\n## T\n\na policy",
        "## T\n\n```conversation\nmessages:\n  - role: user\n    content: my policy\n```",
        "## T\n\n```box\ntitle: policy\ncontent: x\n```",
    ],
)
def test_code_math_headings_links_and_samples_are_not(terms: Path, build: Build, text: str) -> None:
    assert marked(build(text)["slides"][0]["html"]) == []


def test_after_what_is_not_marked_the_first_mention_in_the_text_is(
    terms: Path, build: Build
) -> None:
    text = "## Policy\n\n`policy` [policy](https://example.org) [@ouyang2022training], one policy\n"
    html = build(text)["slides"][0]["html"]
    assert marked(html) == [("policy", "policy")]
    assert html.index("colloquium-cite") < html.index('class="term"')


def test_the_longest_name_wins_and_boxes_count_in_order(terms: Path, build: Build) -> None:
    text = (
        "## T\n\n```box\ncontent: the policy gradient\n```\n\nA policy gradient and a *policy*.\n"
    )
    html = build(text)["slides"][0]["html"]
    assert marked(html) == [("policy-gradient", "policy gradient"), ("policy", "policy")]
    assert "<em><a" in html


def test_a_slide_can_leave_a_word_unmarked(terms: Path, build: Build, faults: Any) -> None:
    text = "<!-- no-terms: policy, KL -->\n## T\n\nmonetary policy, KL, a reward model\n"
    slide = build(text)["slides"][0]
    assert marked(slide["html"]) == [("reward-model", "reward model")]
    assert slide["terms"] == ["reward-model"]
    [(line, _, message, fix)] = faults("## T\n\n<!-- no-terms: polizy -->\n")
    assert (line, message, fix) == (
        3,
        "'polizy' is not a term of the glossary.",
        "Did you mean 'policy'?",
    )


def test_the_document_explains_them(terms: Path, build: Build) -> None:
    entries = {entry["id"]: entry for entry in build("## T\n\nx\n")["glossary"]}
    assert list(entries) == ["kl", "policy", "policy-gradient", "reward-model"]
    assert entries["policy"]["also"] == ["policies"]
    assert "katex" in entries["policy"]["html"]
    assert entries["policy"]["work"]["year"] == "1992"
    assert entries["kl"]["work"] is None


def test_without_a_glossary_nothing_is_marked(build: Build) -> None:
    deck = build("## T\n\nA policy.\n")
    assert deck["glossary"] == []
    assert marked(deck["slides"][0]["html"]) == []


@pytest.mark.parametrize(
    ("text", "place", "message", "fix"),
    [
        ("- {term: a}\n", (1, 3), "This entry has no text.", "Write 'text: …'."),
        ("- term: a\n  txt: b\n  text: c\n", (2, 3), "no field 'txt'", "'text'"),
        ("- {term: a, text: b}\n- {term: b, also: [a], text: c}\n", (2, 13), "explained twice", ""),
        ("- just words\n", (1, 3), "'name: value'", "- term: …"),
        ("term: a\n", (1, 1), "is a list of terms", "- term: …"),
        ("- term: a\n  also: b\n  text: c\n", (2, 3), "'also' is a list", "[names, …]"),
        ("- {term: a, text: 'see [@x1]'}\n", (1, 13), "cites with its field 'ref'", "ref: KEY"),
        ("- term: a\n  text: b\n  ref: williams1992simpl\n", (3, 1), "no work", "1992simple'?"),
        ("- {term: a, text: \n", (1, 18), "not YAML", "Fix"),
    ],
)
def test_faults_name_their_place(
    terms: Path, build: Build, text: str, place: tuple[int, int], message: str, fix: str
) -> None:
    terms.write_text(text)
    [problem] = build("## T\n\nx\n")["problems"]
    assert problem["file"] == str(terms)
    assert (problem["line"], problem["column"]) == place
    assert message in problem["message"]
    assert fix in problem["fix"]


def test_an_edited_glossary_is_read_again(terms: Path, folder: Path) -> None:
    deck = folder / "01-talk.md"
    deck.write_text("## T\n\nA rollout.\n")
    assert marked(load(deck)["slides"][0]["html"]) == []
    terms.write_text("- {term: rollout, text: One try of the policy.}\n")
    assert marked(load(deck)["slides"][0]["html"]) == [("rollout", "rollout")]


def test_names_are_whole_words_of_any_first_letter(terms: Path, folder: Path) -> None:
    known = glossary.load(folder)
    taken: set[str] = set()
    text = "apolicy, policys, Policy, KLM, KL."
    found = [(text[start:end], term) for start, end, term in find(text, known, taken)]
    assert found == [("Policy", "policy"), ("KL", "kl")]
    assert taken == {"policy", "kl"}


def test_our_glossary() -> None:
    known = glossary.load(ROOT / "lectures")
    assert known.problems == ()
    assert len(known.terms) >= 60
    from engine.deck.content import bibliography

    works = bibliography.load(ROOT / "content" / "references.bib", ROOT / "lectures")
    assert list(glossary.check_references(known, works)) == []
    assert not [term.name for term in known.terms if "math-error" in term.html]
    assert all(30 <= len(re.sub(r"<[^>]*>", "", term.html)) <= 900 for term in known.terms)
