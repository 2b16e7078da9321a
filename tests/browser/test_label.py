"""Comparing clips and voting, as a room does it: by keyboard, by hand, on a phone."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from .player_page import until

pytestmark = pytest.mark.warm_cache

DECK = """---
title: Choices
---

<!-- id: teach -->
## Teach it

```label
sim: preferences
id: flip
params: {num_comparisons: 8, seed: 1}
against: {reward: tip_height}
question: Which is more of a flip?
```

---

<!-- id: texts -->
## Answers

```label
id: answers
pairs:
  - {prompt: Why is the sky blue?, a: Air scatters blue light., b: "Great question!"}
  - {prompt: And sunsets?, a: Ask <b>them</b>., b: The way is longer.}
  - {prompt: And the sea?, a: It mirrors., b: It absorbs red.}
```

---

<!-- id: poll -->
## Vote

```vote
id: poll
question: What is a reward model?
options: [a guess, the truth, a policy]
```
"""
PANEL = "[aria-current=true] .live-panel"
WAIT = 60_000  # ms: a run on a busy machine


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lectures")


@pytest.fixture(scope="module")
def address(serve: Callable[..., AbstractContextManager[str]], folder: Path) -> Iterator[str]:
    (folder / "choices.md").write_text(DECK)
    with serve(folder) as url:
        yield f"{url}/choices"


def open_slide(page: Page, address: str, slide: str, more: str = "") -> None:
    page.goto(f"{address}?slide={slide}{more}")
    page.wait_for_selector(PANEL)


def wait_for(page: Page, phase: str) -> None:
    page.wait_for_selector(f"{PANEL}[data-phase={phase}]", timeout=WAIT)


def pixels(page: Page, side: str) -> str:
    script = "side => document.querySelector(`[data-side=${side}] canvas`).toDataURL()"
    return page.evaluate(script, side)


def test_a_room_teaches_by_keyboard_and_chooses_blind(page: Page, address: str) -> None:
    open_slide(page, address, "teach")
    expect(page.locator(".label-question")).to_have_text("Which is more of a flip?")
    page.click("text=Start")
    for count, key in enumerate("12312312", 1):
        expect(page.locator(".label-count")).to_have_text(f"{count} of 8", timeout=WAIT)
        if count == 1:  # both clips move
            before = pixels(page, "L"), pixels(page, "R")
            for side, still in zip("LR", before, strict=True):
                until(page, lambda side=side, still=still: pixels(page, side) != still)
        page.keyboard.press(key)
    assert "flip.labels=LR%3DLR%3DLR" in page.url

    wait_for(page, "choosing")
    names = page.locator(".label-name")
    assert names.all_inner_texts() == ["", ""]  # nothing says which is which
    labels = page.locator(".label-side").evaluate_all("all => all.map(x => x.ariaLabel)")
    assert not any("hand" in label or "your" in label for label in labels)
    page.keyboard.press("1")
    wait_for(page, "revealed")
    shown = names.all_inner_texts()
    assert sorted(shown) == ["a reward written by hand: tip height", "your 8 choices"]
    mine = shown[0].startswith("your")
    verdict = "learned from you" if mine else "written by hand"
    expect(page.locator(".label-question")).to_contain_text(verdict)
    assert "slide=teach" in page.url  # no key has flipped the slide


def test_a_link_keeps_the_choices(page: Page, address: str) -> None:
    open_slide(page, address, "teach", "&flip.labels=LRLRLRLR")
    page.click("text=See what 8 choices teach")
    wait_for(page, "choosing")
    page.click(".label-side[data-side=R]")
    wait_for(page, "revealed")
    page.click("text=Start over")
    assert "labels" not in page.url
    expect(page.locator(".label-count")).to_have_text("8 pairs")


def test_undo_and_keys_that_are_not_ours(page: Page, address: str) -> None:
    open_slide(page, address, "teach", "&flip.labels=LxR")  # no choices: nothing is taken over
    page.click("text=Start")
    wait_for(page, "judging")
    page.click(".label-side[data-side=L]")
    expect(page.locator(".label-count")).to_have_text("2 of 8")
    assert "flip.labels=L" in page.url
    page.click("text=Undo")
    expect(page.locator(".label-count")).to_have_text("1 of 8")
    assert "labels" not in page.url
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-slide=texts][aria-current=true]")).to_be_visible()
    page.keyboard.press("1")  # another slide is shown: this is not a choice
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".label-count").first).to_have_text("1 of 8")


def test_texts_are_compared_and_counted(page: Page, address: str) -> None:
    open_slide(page, address, "texts")
    panel = page.locator(PANEL)
    panel.locator("text=/^Start$/").click()
    expect(panel.locator(".label-question")).to_have_text("Why is the sky blue?")
    page.keyboard.press("1")
    expect(panel.locator(".label-text").first).to_have_text("Ask <b>them</b>.")  # text, not HTML
    page.keyboard.press("=")
    panel.locator("[data-side=R]").click()
    expect(panel.locator(".live-state")).to_have_text(
        "You chose the left 1 times, the right 1 times, and could not tell 1 times."
    )


def test_votes_are_hidden_counted_and_kept(page: Page, address: str) -> None:
    open_slide(page, address, "poll")
    panel = page.locator(PANEL)
    options = panel.locator(".vote-option")
    for k in (0, 0, 1, 0):
        options.nth(k).click()
    expect(panel.locator(".live-state")).to_have_text("4 votes")
    assert panel.locator(".vote-count").all_inner_texts() == ["", "", ""]
    panel.locator("text=Show results").click()
    counts = panel.locator(".vote-count")
    assert counts.all_inner_texts() == ["3 · 75 %", "1 · 25 %", "0 · 0 %"]
    page.reload()
    page.wait_for_selector(PANEL)
    assert counts.all_inner_texts() == ["3 · 75 %", "1 · 25 %", "0 · 0 %"]

    options.nth(2).focus()
    page.keyboard.press("3")
    page.keyboard.press("Enter")
    assert counts.all_inner_texts()[2] == "2 · 33 %"
    panel.locator("text=Undo").click()
    expect(panel.locator(".live-state")).to_have_text("5 votes")
    panel.locator("text=Reset").click()
    expect(panel.locator(".live-state")).to_have_text("0 votes")


def test_votes_follow_their_option_through_an_edit(page: Page, address: str, folder: Path) -> None:
    def edit(question: str, options: str) -> None:
        old = "question: What is a reward model?\noptions: [a guess, the truth, a policy]"
        assert old in DECK
        text = DECK.replace(old, f"question: {question}\noptions: [{options}]")
        (folder / "choices.md").write_text(text)

    def shows(tab: Page, *lines: str) -> None:
        words = tab.locator(f"{PANEL} .vote-option")
        expect(words).to_have_text([re.compile(f"^\\d{re.escape(line)}") for line in lines])

    (folder / "choices.md").write_text(DECK)  # a second try starts anew
    panel = page.locator(PANEL)
    open_slide(page, address, "poll")
    for k in (2, 0, 2):
        panel.locator(".vote-option").nth(k).click()
    panel.locator("text=Show results").click()
    shows(page, "a guess1", "the truth0", "a policy2")

    edit("What is a reward model?", '"=a hunch", a policy, a guess')
    shows(page, "=a hunch0", "a policy2", "a guess1")
    edit("What is a policy?", "a policy, a guess")
    expect(panel.locator(".label-question")).to_have_text("What is a policy?")
    expect(panel.locator(".live-state")).to_have_text("0 votes")

    edit("What is a reward model?", '"=a hunch", a policy')
    expect(panel.locator(".live-state")).to_have_text("2 votes")
    with page.expect_download() as found:
        panel.locator("text=Save").click()
    assert found.value.suggested_filename == "votes-choices-poll.csv"
    assert found.value.path().read_text().splitlines() == [
        '"question","option","votes"',
        '"What is a reward model?","\'=a hunch","0"',
        '"What is a reward model?","a policy","2"',
        '"What is a reward model?","a guess","1"',
    ]


def test_votes_survive_a_closed_tab_and_are_seen_in_another(
    page: Page, address: str, folder: Path
) -> None:
    (folder / "choices.md").write_text(DECK)  # as it was before it was edited
    open_slide(page, address, "poll")
    for k in (2, 0, 2):
        page.locator(f"{PANEL} .vote-option").nth(k).click()
    other = page.context.new_page()
    page.close()
    open_slide(other, address, "poll")
    expect(other.locator(f"{PANEL} .live-state")).to_have_text("3 votes")
    third = other.context.new_page()
    open_slide(third, address, "poll")
    third.locator(f"{PANEL} .vote-option").nth(1).click()
    expect(other.locator(f"{PANEL} .live-state")).to_have_text("4 votes")


def test_an_arrow_still_flips_after_a_vote(page: Page, address: str) -> None:
    open_slide(page, address, "poll")
    page.locator(".vote-option").first.click()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("[data-slide=texts][aria-current=true]")).to_be_visible()


@pytest.mark.parametrize("slide", ["teach", "texts", "poll"])
def test_on_a_phone_all_is_within_reach_of_a_thumb(
    browser: Browser, address: str, slide: str
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    open_slide(page, address, slide)
    if slide != "poll":
        page.locator(PANEL).locator("text=/^Start$/").tap()
        wait_for(page, "judging")
    boxes = page.locator(f"{PANEL} button:visible").evaluate_all(
        "all => all.map(x => x.getBoundingClientRect()).map(b => [b.left, b.right, b.height])"
    )
    assert len(boxes) >= 5
    assert all(left >= 0 and right <= 390 and height >= 44 for left, right, height in boxes)
    context.close()


def test_reduced_motion_shows_a_clip_in_one_picture(browser: Browser, address: str) -> None:
    context = browser.new_context(reduced_motion="reduce", viewport={"width": 1280, "height": 720})
    page = context.new_page()
    open_slide(page, address, "teach")
    page.click("text=Start")
    wait_for(page, "judging")
    before = pixels(page, "L")
    page.wait_for_timeout(500)
    assert pixels(page, "L") == before
    assert re.search(r"1 of 8", page.inner_text(PANEL))
    context.close()
