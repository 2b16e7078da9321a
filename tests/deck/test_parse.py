"""Positions and ids of what `parse` finds."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.deck.parse import parse

DECKS = Path(__file__).parent / "decks"
Build = Callable[[str], dict[str, Any]]
Faults = Callable[[str], list[tuple[int, int, str, str]]]

TRICKY = """---
title: Tricky
---

## One

```yaml
---
a: 1
---
```

---
<!-- a comment that
---
hides a part
-->
## Two

~~~text
<!-- notes: no
~~~

---

- list

  ```
  ---
  ```
---
## Three
"""


@pytest.mark.parametrize("name", ["layouts", "reveals", "elements", "tricky"])
def test_slides_placed_by_line_give_the_file(name: str) -> None:
    text = TRICKY if name == "tricky" else (DECKS / f"{name}.md").read_text(encoding="utf-8")
    deck = parse(text, DECKS / "deck.md")
    lines = text.split("\n")
    covered = [False] * len(lines)
    for slide in deck.slides:
        assert slide.source == "\n".join(lines[slide.line - 1 : slide.end_line])
        for at in range(slide.line - 1, slide.end_line):
            assert not covered[at]
            covered[at] = True
    closing = lines.index("---", 1)
    for at, line in enumerate(lines):
        if not covered[at] and at > closing:
            assert line.strip() in ("", "---")


def test_lines_of_blocks_and_problems_are_lines_of_the_file(build: Build) -> None:
    text = "---\ntitle: x\n---\n\n## A\n\n---\n\n## B\n\n```sim\nsim: nonesuch\n```\n"
    deck = build(text)
    lines = text.split("\n")
    assert lines[deck["slides"][1]["line"] - 1] == "## B"
    assert lines[deck["slides"][1]["blocks"][0]["line"] - 1] == "```sim"
    assert lines[deck["problems"][0]["line"] - 1] == "sim: nonesuch"


def test_ids_come_from_titles_and_survive_insertion(build: Build) -> None:
    titles = ["A baseline lowers variance", "Same", "Same", "Über $x^2$", "", "Same"]
    parts = [
        f"## {title}\n\ntext {n}" if title else "![a plot](p.svg)" for n, title in enumerate(titles)
    ]

    def ids(slides: list[str]) -> list[str]:
        return [slide["id"] for slide in build("\n\n---\n\n".join(slides))["slides"]]

    before = ids(parts)
    assert before == [
        "a-baseline-lowers-variance",
        "same",
        "same-2",
        "uber-x-2",
        "a-plot",
        "same-3",
    ]
    for at in range(len(parts) + 1):
        after = ids([*parts[:at], "## Another title\n\nnew", *parts[at:]])
        assert after.pop(at) == "another-title"
        assert after == before


def test_the_author_may_name_slides(build: Build, faults: Faults) -> None:
    text = "<!-- id: intro -->\n<!-- alias: old -->\n## Intro\n\n---\n\n## Intro\n"
    deck = build(text)
    assert [slide["id"] for slide in deck["slides"]] == ["intro", "intro-2"]
    assert deck["slides"][0]["aliases"] == ["old"]
    [(line, _, message, _)] = faults("<!-- id: x -->\n## A\n\n---\n\n## B\n<!-- id: x -->\n")
    assert line == 7
    assert "'x' is used twice" in message


def test_block_ids_are_unique_and_speak(build: Build) -> None:
    fence = "```play\nplay: cartpole\n```\n"
    deck = build(
        f"## Drive it\n\n{fence}\n{fence}\n```play\nid: mine\n```\n\n```play\nid: mine\n```\n"
    )
    ids = [block["id"] for block in deck["slides"][0]["blocks"]]
    assert ids == ["drive-it-play", "drive-it-play-2", "mine", "drive-it-play-3"]
    html = deck["slides"][0]["html"]
    assert all(html.count(f'data-block="{one}"') == 1 for one in ids)
    assert "'mine' is used twice" in deck["problems"][0]["message"]


@pytest.mark.parametrize("name", ["1.0", "a b", "👩‍👩‍👧", "../x", "q" * 81])
def test_what_is_no_id_of_a_block_is_said(faults: Faults, name: str) -> None:
    [(line, _, message, fix)] = faults(f"## A\n\n```play\nid: {name}\n```\n")
    assert (line, fix) == (4, "Use letters, digits and hyphens.")
    assert message.endswith("cannot be an id.")


@pytest.mark.parametrize("name", ["[a]", "{a: b}"])
def test_an_id_that_is_no_text_is_said_once(faults: Faults, name: str) -> None:
    [(line, _, message, fix)] = faults(f"## A\n\n```play\nid: {name}\n```\n")
    assert (line, fix) == (4, "Write one line of text.")
    assert message.startswith("'id' is ")


def test_line_ends_and_marks_of_other_systems(build: Build) -> None:
    deck = build("\ufeff---\r\ntitle: x\r\n---\r\n\r\n## A\r\n\r\n---\r\n\r\n## B\r")
    assert deck["title"] == "x"
    assert [slide["title"] for slide in deck["slides"]] == ["A", "B"]


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: x\n---\n\n## A ##\n\n---\u200b\n\n## B #\n",
        "---\ntitle: x\n---\n\n## A ##\n\n\u200b---\u2060\n\n## B #\n",
        "---\xa0\ntitle: x\n--- \t\n\n## A\n\n---\u2003\n\n## B\n",
        "\ufeff\ufeff---\ntitle: x\n---\n\n## A\n\n\ufeff---\n\n\ufeff## B\n",
        "---\rtitle: x\r---\r\r## A\r\r---\f\r\r## B\r",
    ],
)
def test_what_nobody_sees_changes_no_slide(build: Build, text: str) -> None:
    made = build(text)
    assert (made["title"], [one["title"] for one in made["slides"]]) == ("x", ["A", "B"])
    assert made["problems"] == []


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("", []),
        ("\n\n", []),
        ("---", []),
        ("---\n---\n", []),
        ("---\n## A\n---\n## B\n", ["A", "B"]),
        ("---\ntitle: never closed\n\n## A\n", ["A"]),
        ("---\n- a\n- b\n---\n## A\n", ["A"]),
    ],
)
def test_odd_beginnings(build: Build, text: str, titles: list[str]) -> None:
    assert [slide["title"] for slide in build(text)["slides"]] == titles
