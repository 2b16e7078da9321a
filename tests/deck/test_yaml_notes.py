"""Keys that are written twice and numbers that are none, in every file that holds YAML."""

from pathlib import Path

import pytest

from engine.claims import ledger
from engine.deck.content import glossary, transcript
from engine.deck.document import load
from engine.publish.check import check

# where a deck holds YAML: the text, and the lines of the two keys
DECKS = {
    "frontmatter": ("---\ntitle: A\nauthor: B\ntitle: C\n---\n\n## One\n", "title", 2, 4),
    "nested": ("---\nfooter:\n  left: A\n  left: C\n---\n\n## One\n", "left", 3, 4),
    "after a blank line": ("\n---\ntitle: A\ntitle: C\n---\n\n## One\n", "title", 3, 4),
    "box": ("## One\n\n```box\ntitle: A\ntitle: C\ncontent: b\n```\n", "title", 4, 5),
    "second slide": (
        "## One\n\nText\n\n---\n\n## Two\n\n```box\ntitle: A\ncontent: b\ntitle: C\n```\n",
        "title", 10, 12,
    ),
    "sim": ("## One\n\n```sim\nsim: cartpole\nheight: 200\nheight: 300\n```\n", "height", 5, 6),
    "params": (
        "## One\n\n```sim\nsim: cartpole\nparams:\n  seed: 1\n  seed: 2\n```\n", "seed", 6, 7,
    ),
    "flow": ("## One\n\n```sim\nsim: cartpole\nparams: {seed: 1, seed: 2}\n```\n", "seed", 5, 5),
    "quoted": ("## One\n\n```vote\nquestion: A\n\"question\": C\noptions: [a, b]\n```\n",
               "question", 4, 5),
    "in a list": ("## One\n\n- a\n\n  ```box\n  title: A\n  title: C\n  content: b\n  ```\n",
                  "title", 6, 7),
}  # fmt: skip


@pytest.mark.parametrize("name", DECKS)
def test_a_deck_names_both_lines(folder: Path, name: str) -> None:
    text, key, first, second = DECKS[name]
    (folder / "a.md").write_text(text)
    [found] = check([folder / "a.md"])
    lines = f"on line {first} and again on line {second}"
    assert found.message == f"'{key}' is written {lines}; only the last one is read."
    assert (found.severity, found.line, found.fix) == ("warning", second, "Keep one of them.")


def test_the_last_one_is_read(folder: Path) -> None:
    (folder / "a.md").write_text(DECKS["frontmatter"][0])
    assert load(folder / "a.md")["title"] == "C"


def test_a_key_three_times_and_twice_in_its_children(folder: Path) -> None:
    (folder / "a.md").write_text(
        "---\nfooter:\n  left: A\nfooter:\n  left: A\nfooter:\n  left: B\n---\n\n## One\n"
    )
    found = check([folder / "a.md"])
    assert [one.line for one in found] == [4, 6]
    assert "on line 4 and again on line 6" in found[1].message


def test_the_same_key_in_two_entries_is_fine(folder: Path) -> None:
    (folder / "a.md").write_text(
        "## One\n\n```conversation\nmessages:\n  - {role: user, content: a}\n"
        "  - {role: user, content: b}\n```\n"
    )
    assert check([folder / "a.md"]) == []


FILES = {
    "glossary.yaml": "- term: a\n  text: b\n  text: c\n",
    "transcript.yaml": "lecture: a\npassages: []\npassages: []\n",
    "timelines/models.yaml": "- year: 2017\n  title: T\n  title: U\n",
    "published/p.yaml": "source: s\ntitle: T\ntitle: U\n",
}


@pytest.mark.parametrize("name", FILES)
def test_a_data_file_names_both_lines(folder: Path, name: str) -> None:
    file = folder.parent / "content" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(FILES[name])
    file.with_suffix(".csv").write_text("series,x,y\na,1,2\n")
    (folder / "a.md").write_text("## One\n\n```timeline\nsource: models\n```\n")
    said = [one for one in check([folder / "a.md"]) if "and again on line 3" in one.message]
    assert len(said) == 1
    assert "on line 2 and" in said[0].message
    assert said[0].severity == "error"
    assert file.name in f"{said[0].file} {said[0].message}"


def test_the_ledger_names_both_lines(tmp_path: Path) -> None:
    path = tmp_path / "claims.yaml"
    path.write_text("- id: C1\n  sentence: a\n  sentence: b\n")
    said = [one for one in ledger.load(path).problems if "again" in one.message]
    assert [(one.line, one.severity) for one in said] == [(3, "error")]
    assert "'sentence' is written on line 2 and again on line 3" in said[0].message


def test_the_files_of_the_lecture_hold_no_key_twice() -> None:
    from engine.paths import LECTURES

    found = [*glossary.load(LECTURES).problems, *transcript.load(LECTURES).problems]
    found += ledger.load().problems
    assert [one for one in found if "again" in one.message] == []


NUMBERS = {
    "frontmatter": "---\ndescription: {v}\n---\n\n## One\n",
    "sim": "## One\n\n```sim\nsim: cartpole\nparams: {{seed: {v}}}\n```\n",
    "sim height": "## One\n\n```sim\nsim: cartpole\nheight: {v}\n```\n",
    "box": "## One\n\n```box\ntone: accent\ncontent: {v}\n```\n",
    "box size": "## One\n\n```box\nsize: {v}\ncontent: a\n```\n",
    "chart": "## One\n\n```chart\ndata:\n  datasets:\n    - data: [1, {v}]\n```\n",
    "conversation": "## One\n\n```conversation\nmessages:\n  - role: user\n    content: {v}\n```\n",
    "quiz": "## One\n\n```quiz\nquestion: {v}\nchoices: [a, b]\nanswer: a\nwhy: c\n```\n",
    "vote": "## One\n\n```vote\nquestion: q\noptions: [a, {v}]\n```\n",
    "label": "## One\n\n```label\npairs:\n  - {{a: {v}, b: y}}\n```\n",
    "timeline": "## One\n\n```timeline\nsource: models\nfrom: {v}\n```\n",
    "play": "## One\n\n```play\nseed: {v}\n```\n",
    "builtwith": "## One\n\n```builtwith\nstars: {v}\n```\n",
    "iframe": "## One\n\n```iframe\nsrc: https://x.org\nheight: {v}\n```\n",
}


@pytest.mark.parametrize("place", NUMBERS)
@pytest.mark.parametrize("value", [".nan", ".inf", "-.INF", "1.0e+999", "'.nan'"])
def test_a_number_that_is_none_is_said_once(folder: Path, place: str, value: str) -> None:
    text = NUMBERS[place].format(v=value)
    (folder / "a.md").write_text(text)
    line = next(n for n, one in enumerate(text.split("\n"), 1) if value in one)
    found = [one for one in check([folder / "a.md"]) if one.line == line]
    if value.startswith("'"):
        assert not any("is read as text" in one.message for one in found)
    else:
        assert len(found) == 1, found
