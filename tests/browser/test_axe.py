"""What axe-core finds on slides of every kind, in both themes, on a laptop and on a phone: nothing."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from .conftest import ROOT
from .stage_page import expect_at, shown

AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
DECK = """---
title: For everybody
bibliography: refs.bib
---

# For everybody

---

## Words, a formula and a table

A [link](https://example.org) in a sentence, a work [@doe2020], and $x^2$.

| a | b |
|---|---|
| 1 | 2 |

---

## A run

```sim
sim: bandit
params: {num_pulls: 100}
controls: [method, epsilon]
chart: {x: pulls, y: regret, group: method}
```

---

## A chart

```chart
type: bar
data: {labels: [one, two], datasets: [{label: a, data: [1, 2]}, {label: b, data: [2, 1]}]}
```

---

## A vote

```vote
question: Which one?
options: [this one, that one]
```

---

## A question

```quiz
question: What is $1 + 1$?
choices: [two, three]
answer: two
why: Because $1 + 1 = 2$.
```
"""
BIB = "@article{doe2020, author={Doe, Jane}, title={A work}, journal={A journal}, year={2020}}"
SLIDES = (
    "for-everybody",
    "words-a-formula-and-a-table",
    "a-run",
    "a-chart",
    "a-vote",
    "a-question",
)
RUN = """() => axe.run(".practicum", {resultTypes: ["violations"]}).then((found) =>
  found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`))"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, serve: Callable) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("lectures")
    for name, text in (("all.md", DECK), ("refs.bib", BIB)):
        (folder / name).write_text(text)
    with serve(folder) as url:
        yield f"{url}/all"


def faults(page: Page) -> list[str]:
    return page.evaluate(RUN)


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 1280), ("light", 390)])
def test_axe_finds_nothing(browser: Browser, address: str, theme: Any, width: int) -> None:
    size = ViewportSize(width=width, height=720)
    page = browser.new_page(viewport=size, color_scheme=theme, has_touch=width < 500)
    page.goto(address)
    expect_at(page, SLIDES[0])
    page.evaluate(AXE)
    for slide in SLIDES:
        section = expect_at(page, slide)
        if slide == "a-run":
            section.get_by_role("button", name="Run", exact=True).click()
            expect(section.get_by_text("Finished", exact=False)).to_be_visible()
        assert faults(page) == [], slide
        page.keyboard.press("ArrowRight")
    for key in ("s", "r"):  # the outline with its map, and the works
        page.keyboard.press(key)
        assert faults(page) == [], key
    page.close()


# What a screen reader reads, in its order: each part with its role, its name and its value.
BEFORE = """
- group "A run":
  - heading "A run" [level=2]
  - group /epsilon greedy rises from .*lower bound rises from/:
    - slider "update whose policy is shown"
  - text: /Finished at 100 pulls/
  - button "Run again"
  - text: method
  - combobox "method":
    - option "all" [selected]
  - text: epsilon 0.1
  - slider "epsilon": "10"
  - text: seed
  - spinbutton "seed": "0"
  - button "Again with a new seed"
  - button "More about this run"
"""
AFTER = """
- group "A run":
  - group /epsilon greedy rises from/
  - group "earlier runs":
    - button "epsilon 0.1" [pressed]
    - button "Compare …"
  - text: /Beside epsilon 0.1/
  - slider "epsilon": "11"
"""
CITED = """
- complementary "References on this slide":
  - heading "References on this slide" [level=2]
  - button "close"
  - list:
    - listitem: A work Doe, J. A journal, 2020
  - link "All references, with the slides that cite them"
"""
VOTED = """
- group "A vote":
  - heading "A vote" [level=2]
  - group "Which one?":
    - button /this one/
    - button /that one/
    - text: 1 vote
"""


def test_by_keyboard_and_by_ear_one_runs_changes_cites_and_votes(page: Page, address: str) -> None:
    page.goto(f"{address}?slide=a-run")
    section = expect_at(page, "a-run")
    page.keyboard.press("e")
    state = section.locator(".live-state")
    expect(state).to_contain_text("Finished")
    told = page.locator(".chrome [aria-live]")
    expect(told).to_contain_text("Finished at 100 pulls.")
    expect(section).to_match_aria_snapshot(BEFORE)
    reach(page, section.locator("[data-param=epsilon] input"))
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    expect(state).to_contain_text("Beside")
    # What a screen reader is told: how it ended, what changed, and where the curve goes.
    expect(told).to_contain_text("Beside epsilon 0.1: epsilon greedy ends at ")
    expect(section).to_match_aria_snapshot(AFTER)
    page.keyboard.press("ArrowLeft")
    section = expect_at(page, "words-a-formula-and-a-table")
    reach(page, section.locator("[data-cite]"))
    page.keyboard.press("Enter")
    works = page.get_by_role("complementary", name="References on this slide")
    expect(works.get_by_role("listitem")).to_be_focused()
    expect(works).to_match_aria_snapshot(CITED)
    page.keyboard.press("Escape")
    expect(shown(page).locator("[data-cite]")).to_be_focused()
    for name in ("a-run", "a-chart", "a-vote"):
        page.keyboard.press("ArrowRight")
        section = expect_at(page, name)
    option = section.get_by_role("button", name="this one")
    reach(page, option)
    page.keyboard.press("Enter")
    expect(section.locator(".live-state")).to_contain_text("1 vote")
    expect(told).to_contain_text("a vote for this one; 1 vote")
    expect(section).to_match_aria_snapshot(VOTED)


def reach(page: Page, part: Any) -> None:
    """Press Tab until a part has the focus."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if part.evaluate("part => part === document.activeElement"):
            return
    raise AssertionError("Tab never came there")
