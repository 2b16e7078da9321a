"""The presenter window's hand on the wall, what it shows of the wall, and reloads of both."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from .player_page import until
from .stage_page import SEEDS, expect_at, opened, presenter_of, shown
from .wall_page import PATIENCE, button, over, points, same, small

pytestmark = pytest.mark.warm_cache

# Without discount nothing is learnt: the run is long, and is stopped by the test.
DECK = """---
title: A wall
---

# A wall

---

## A run

```sim
id: cart
sim: cartpole
params: {algorithm: reinforce, gamma: 0, num_steps: 500000}
controls: [algorithm, learning_rate, use_scaling]
chart: {x: env_steps, y: greedy_return}
```

<!-- notes: Press E. -->

---

## A vote

```vote
question: Which one?
options: [this, that]
```

---

## A game

```play
play: cartpole
```

---

## Two texts

```label
pairs:
  - {prompt: Which is better?, a: one, b: two}
```

---

## A quiz

```quiz
question: Which?
choices: [this, that]
answer: B
why: Because.
```
"""
RANDOM = "cart.algorithm=random&cart.num_steps=1000"


@pytest.fixture(scope="module")
def address(publish: Callable[[str, str], str]) -> str:
    return publish("wall", DECK)


def test_a_run_is_started_changed_and_stopped_from_there(
    context: BrowserContext, address: str
) -> None:
    page = opened(context, f"{address}?slide=a-run&cart.seed={next(SEEDS)}")
    presenter = presenter_of(page)
    desk = presenter.get_by_role("region", name="experiments on the wall")
    desk.get_by_role("button", name="Run", exact=True).click()
    expect(button(page)).to_have_text("Stop", timeout=PATIENCE)
    expect(button(small(presenter))).to_have_text("Stop")
    presenter.keyboard.press("Space")  # flips, and cancels nothing
    expect_at(page, "a-vote")
    presenter.keyboard.press("ArrowLeft")
    expect_at(page, "a-run")
    expect(button(page)).to_have_text("Stop")
    presenter.keyboard.press("e")
    expect(button(page)).to_have_text("Run again", timeout=PATIENCE)
    expect(shown(page).locator(".live-state")).to_have_text(re.compile("^Stopped at"))
    same(page, presenter)  # stopped there, too: not computed on behind the wall's back
    slider = desk.locator("[data-param=learning_rate] input")
    box = slider.bounding_box()
    assert box
    slider.click(position={"x": 0.9 * box["width"], "y": box["height"] / 2})
    value = desk.locator("[data-param=learning_rate] b").inner_text()
    expect(shown(page).locator("[data-param=learning_rate] b")).to_have_text(value)
    expect(button(page)).to_have_text("Run with changes")
    same(page, presenter)
    presenter.keyboard.press("ArrowRight")
    expect_at(page, "a-vote")
    presenter.keyboard.press("ArrowLeft")
    expect_at(page, "a-run")
    same(page, presenter)  # after going away and back


def test_what_covers_the_wall_is_told(context: BrowserContext, address: str) -> None:
    page = opened(context, f"{address}?slide=a-run&cart.seed={next(SEEDS)}")
    presenter = presenter_of(page)
    expect(presenter.get_by_text("Slide 2 of 6")).to_be_visible()
    page.keyboard.press("b")
    expect(over(presenter)).to_have_text("The wall is black. The next key shows the slide again.")
    presenter.keyboard.press("PageDown")
    expect(over(presenter)).to_be_hidden()
    expect_at(page, "a-run")
    presenter.keyboard.press("r")
    expect(page.locator(".drawer")).to_be_visible()
    expect(over(presenter)).to_have_text("References on this slide")
    presenter.reload()
    expect(over(presenter)).to_have_text("References on this slide", timeout=PATIENCE)
    presenter.keyboard.press("Escape")
    expect(page.locator(".drawer")).to_be_hidden()
    expect(over(presenter)).to_be_hidden()
    for key, name in (("?", "Keys"), ("/", "Search"), ("o", "Overview")):
        page.keyboard.press(key)
        expect(over(presenter)).to_have_text(name)
        page.keyboard.press("Escape")
        expect(over(presenter)).to_be_hidden()
    page.keyboard.press("?")
    expect(over(presenter)).to_have_text("Keys")
    presenter.keyboard.press("PageDown")  # what lies over the slide does not hold up the talk
    expect_at(page, "a-vote")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_votes_games_labels_and_quizzes_are_no_white_cards(
    context: BrowserContext, address: str
) -> None:
    page = opened(context, f"{address}?slide=a-vote")
    presenter = presenter_of(page)
    desk = presenter.locator(".presenter-desk")
    desk.get_by_role("button", name="that").click()
    desk.get_by_role("button", name="Show results").click()
    for where in (shown(page), small(presenter)):
        expect(where.get_by_text("1 · 100 %")).to_be_visible()
    expect(desk.get_by_role("button", name="that · 1")).to_be_visible()
    presenter.keyboard.press("Enter")
    expect_at(page, "a-game")
    presenter.keyboard.press("e")
    expect(button(page)).to_have_text("Stop")
    expect(button(small(presenter))).to_have_text("Stop")
    desk.get_by_role("button", name="Stop").click()
    expect(small(presenter).get_by_text("Stopped. Play again when you like.")).to_be_visible()
    presenter.keyboard.press("ArrowRight")
    expect_at(page, "two-texts")
    presenter.keyboard.press("e")
    expect(small(presenter).get_by_text("Which is better?")).to_be_visible()
    desk.get_by_role("button", name="Left is better").click()
    expect(small(presenter).get_by_text("That was all.")).to_be_visible()
    expect(shown(page).get_by_text("That was all.")).to_be_visible()
    presenter.keyboard.press("ArrowRight")
    expect_at(page, "a-quiz")
    shown(page).locator(".quiz-choice").nth(1).click()
    expect(small(presenter).locator(".quiz-choice").nth(1)).to_have_attribute(
        "aria-pressed", "true"
    )


def test_finding_a_slide_unseen(context: BrowserContext, address: str) -> None:
    page = opened(context, address)
    presenter = presenter_of(page)
    presenter.keyboard.press("o")
    dialog = presenter.get_by_role("dialog", name="Overview")
    expect(page.get_by_role("dialog")).to_have_count(0)
    dialog.get_by_role("button", name="4: A game").click()
    expect_at(page, "a-game")
    expect(presenter.get_by_text("Slide 4 of 6")).to_be_visible()
    presenter.keyboard.press("?")
    keys = presenter.get_by_role("dialog", name="Keys")
    expect(keys.get_by_text("run or stop the experiment on this slide")).to_be_visible()
    expect(keys.get_by_text("the lecture as one page to read")).to_have_count(0)
    presenter.keyboard.press("Escape")
    presenter.keyboard.press("3")
    expect(presenter.get_by_text("Go to 3: Enter")).to_be_visible()
    presenter.keyboard.press("Enter")
    expect_at(page, "a-vote")


def test_a_reload_joins_the_run_and_shows_what_ended(context: BrowserContext, address: str) -> None:
    page = opened(context, f"{address}?slide=a-run&cart.seed={next(SEEDS)}")
    button(page).click()
    expect(button(page)).to_have_text("Stop", timeout=PATIENCE)
    expect(shown(page).locator(".live-state")).to_have_text(re.compile("env steps"))
    page.reload()
    expect_at(page, "a-run")
    expect(button(page)).to_have_text("Stop", timeout=PATIENCE)
    expect(shown(page).locator(".live-state")).to_have_text(re.compile("env steps"))
    button(page).click()
    stopped = shown(page).locator(".live-state")
    expect(stopped).to_have_text(re.compile("^Stopped at"), timeout=PATIENCE)
    words = stopped.inner_text()
    shown(page).locator("[data-param=algorithm] select").select_option("random")
    page.reload()  # stopped, and a control was moved since: neither starts anything
    expect(stopped).to_have_text(words, timeout=PATIENCE)
    expect(button(page)).to_have_text("Run with changes")
    until(page, lambda: sum(points(shown(page))) > 0)
    presenter = presenter_of(page)  # late
    expect(small(presenter).locator(".live-state")).to_have_text(words, timeout=PATIENCE)
    same(page, presenter)


def test_a_finished_run_is_there_after_a_reload(context: BrowserContext, address: str) -> None:
    page = opened(context, f"{address}?slide=a-run&{RANDOM}")
    state = shown(page).locator(".live-state")
    expect(button(page)).to_have_text("Run", timeout=PATIENCE)
    button(page).click()
    expect(state).to_have_text(re.compile("^Finished at"), timeout=PATIENCE)
    shown(page).locator("[data-param=seed] input").fill("7")
    page.keyboard.press("Enter")
    button(page).click()
    expect(button(page)).to_have_text("Run again", timeout=PATIENCE)
    until(page, lambda: len(points(shown(page))) == 2)
    presenter = presenter_of(page)
    for each in (page, presenter):
        each.reload()
        expect(state).to_have_text(re.compile("^Finished at"), timeout=PATIENCE)
        expect(button(page)).to_have_text("Run again")
        until(page, lambda: len(points(shown(page))) == 2)
        assert page.evaluate("document.querySelector('[data-param=seed] input').value") == "7"
        same(page, presenter)


@pytest.mark.warm_cache(False)
def test_a_failed_run_fails_there_too(context: BrowserContext, address: str) -> None:
    page = opened(context, f"{address}?slide=a-run&cart.seed={next(SEEDS)}")
    presenter = presenter_of(page)
    expect(button(small(presenter))).to_have_text("Run", timeout=PATIENCE)
    for where in (page, presenter):
        where.context.set_offline(True)
    page.evaluate("window.dispatchEvent(new Event('offline'))")
    button(page).click()
    expect(shown(page).locator(".live-state")).not_to_have_text("", timeout=PATIENCE)
    same(page, presenter)


def test_a_duplicated_tab_takes_nothing_away(context: BrowserContext, address: str) -> None:
    page = opened(context, f"{address}?slide=a-run&cart.seed={next(SEEDS)}")
    presenter = presenter_of(page)
    expect(presenter.get_by_text("Slide 2 of 6")).to_be_visible()
    kept = page.evaluate("JSON.stringify(sessionStorage)")
    twin = context.new_page()
    copy = f"Object.entries({kept}).forEach(([key, value]) => sessionStorage.setItem(key, value))"
    twin.add_init_script(copy)
    twin.goto(f"{address}?slide=a-quiz")
    expect_at(twin, "a-quiz")
    twin.wait_for_timeout(800)  # in which it asks whether its pair is taken
    twin.keyboard.press("ArrowLeft")
    expect_at(twin, "two-texts")
    expect(presenter.get_by_text("Slide 2 of 6")).to_be_visible()
    presenter.keyboard.press("ArrowRight")
    expect_at(page, "a-vote")
    expect_at(twin, "two-texts")
    other = presenter_of(twin)
    expect(other.get_by_text("Slide 5 of 6")).to_be_visible()
    assert json.loads(kept)["practicum.pair"] not in other.url


def test_settings_in_an_address_survive(context: BrowserContext, address: str) -> None:
    page = opened(context, f"{address}?slide=a-run&{RANDOM}&cart.seed=5&run=cart")
    state = shown(page).locator(".live-state")
    expect(state).to_have_text(re.compile("^Finished at"), timeout=PATIENCE)
    for key in ("ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
    expect_at(page, "a-run")
    page.reload()
    expect(state).to_have_text(re.compile("^Finished at"), timeout=PATIENCE)
    assert "cart.seed=5" in page.url
    assert "cart.algorithm=random" in page.url
    page.keyboard.press("v")
    page.wait_for_selector(".reading-main")
    page.keyboard.press("v")
    expect_at(page, "a-run")
    expect(shown(page).locator("[data-param=algorithm] select")).to_have_value("random")
    page.goto(f"{address}?slide=a-run&cart.learning_rat=2&cart.learning_rate=99")
    expect(state).to_contain_text("“learning_rat”", timeout=PATIENCE)
    expect(state).to_contain_text("Did you mean “learning_rate”?")
    expect(state).to_contain_text("99")
    expect(button(page)).to_have_text("Run")
