"""Who gets a key: the lecture after a pointer, a control after Tab; on any keyboard layout."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .stage_page import SEEDS, expect_at, shown

pytestmark = pytest.mark.warm_cache

DECK = """# Before

---

## A run

```sim
id: cart
sim: cartpole
params: {algorithm: reinforce, gamma: 0, num_steps: 500000}
controls: [algorithm, learning_rate, use_scaling, seed]
chart: {x: env_steps, y: greedy_return}
```

---

## After

<!-- step -->

More.

---

## An aside

<!-- aside: true -->

---

## A vote

```vote
question: Which one?
options: [this, that]
```

---

## A page elsewhere

```iframe
src: /api/health
title: Health
```

---

## The end
"""


@pytest.fixture(scope="module")
def address(publish: Callable[[str, str], str]) -> str:
    return publish("keys", DECK)


@pytest.fixture
def run(page: Page, address: str) -> Page:
    """The page at the slide with the simulation, whose panel is there."""
    page.goto(f"{address}?slide=a-run&cart.seed={next(SEEDS)}")
    expect_at(page, "a-run")
    expect(shown(page).locator(".live-run")).to_have_text("Run")
    return page


def back(page: Page) -> None:
    """From wherever the key led to the slide of the simulation again."""
    page.evaluate("document.activeElement.blur()")
    page.keyboard.type("2\n")
    expect_at(page, "a-run")


def test_a_run_goes_on_when_the_lecture_does(run: Page) -> None:
    button = shown(run).locator(".live-run")
    for key in ("Space", "Enter", "ArrowRight", "PageDown"):
        button.click()
        expect(button).to_have_text("Stop")
        run.keyboard.press(key)
        expect_at(run, "after")
        back(run)
        state = shown(run).locator(".live-panel")
        assert state.get_attribute("data-state") in ("waiting", "queued", "running", "done")
        if button.inner_text() == "Stop":
            button.click()
        expect(button).to_have_text("Run again")


def test_black_after_a_click(run: Page) -> None:
    for control in (
        ".live-run",
        "[data-param=learning_rate] input",
        "[data-param=use_scaling] input",
    ):
        shown(run).locator(control).first.click()
        run.keyboard.press("b")
        expect(run.locator(".practicum")).to_have_attribute("data-blank", "")
        run.keyboard.press("ArrowRight")  # lights up, and no more than that
        expect(run.locator(".practicum")).not_to_have_attribute("data-blank", "")
        expect_at(run, "a-run")


def test_a_slider_a_list_and_a_switch_stay_as_they_were_set(run: Page) -> None:
    slider = shown(run).locator("[data-param=learning_rate] input")
    box = slider.bounding_box()
    assert box
    slider.click(position={"x": 0.8 * box["width"], "y": box["height"] / 2})
    value = slider.input_value()
    for key in ("ArrowRight", "Space", "Enter"):
        run.keyboard.press(key)
        expect_at(run, "after")
        back(run)
        assert slider.input_value() == value
        slider.click(position={"x": 0.8 * box["width"], "y": box["height"] / 2})
    select = shown(run).locator("[data-param=algorithm] select")
    select.click()
    select.select_option("random")
    run.keyboard.press("Escape")  # the list that hangs open
    select.click(trial=True)
    run.keyboard.press("ArrowDown")
    expect_at(run, "after")
    back(run)
    assert select.input_value() == "random"
    switch = shown(run).locator("[data-param=use_scaling] input")
    switch.click()
    was = switch.is_checked()
    run.keyboard.press("Space")
    expect_at(run, "after")
    back(run)
    assert switch.is_checked() == was


def test_a_menu_that_was_clicked_closes(run: Page) -> None:
    shown(run).locator(".live-menu > button").click()
    menu = shown(run).locator(".live-menu-list")
    expect(menu).to_be_visible()
    run.keyboard.press("Space")
    expect_at(run, "after")
    back(run)
    expect(menu).to_be_hidden()
    expect(shown(run).locator(".live-run")).to_have_text("Run")
    shown(run).locator(".live-menu > button").click()
    run.keyboard.press("ArrowDown")  # moving in it is choosing in it
    run.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    run.keyboard.press("Space")
    expect_at(run, "after")


def test_a_number_takes_keys_while_it_is_typed(run: Page) -> None:
    seed = shown(run).locator("[data-param=seed] input")
    seed.click()
    run.keyboard.press("ArrowRight")
    expect_at(run, "after")
    back(run)
    seed.click()
    run.keyboard.press("ControlOrMeta+a")
    run.keyboard.type("42")
    run.keyboard.press("ArrowLeft")
    expect_at(run, "a-run")
    run.keyboard.press("Enter")
    expect(run).to_have_url(re.compile(r"cart\.seed=42"))
    expect_at(run, "a-run")
    run.keyboard.press("Space")
    expect_at(run, "after")


def test_what_tab_reached_keeps_its_keys_until_escape(run: Page) -> None:
    run.keyboard.press("Tab")
    for _ in range(20):
        if run.evaluate("document.activeElement.ariaLabel") == "learning rate":
            break
        run.keyboard.press("Tab")
    slider = shown(run).locator("[data-param=learning_rate] input")
    expect(slider).to_be_focused()
    value = slider.input_value()
    run.keyboard.press("ArrowRight")
    assert slider.input_value() != value
    expect_at(run, "a-run")
    run.keyboard.press("Escape")
    run.keyboard.press("ArrowRight")
    expect_at(run, "after")
    back(run)
    button = shown(run).locator(".live-run")
    button.focus()
    run.keyboard.press("Space")
    expect(button).to_have_text("Stop")
    run.keyboard.press("Enter")
    expect(button).to_have_text("Run again")
    expect_at(run, "a-run")


def test_a_key_for_run(run: Page) -> None:
    button = shown(run).locator(".live-run")
    run.keyboard.press("e")
    expect(button).to_have_text("Stop")
    run.keyboard.press("E")
    expect(button).to_have_text("Run again")


def test_a_vote_is_counted_and_flipped_past(page: Page, address: str) -> None:
    page.goto(f"{address}?slide=a-vote")
    option = shown(page).get_by_role("button", name="this")
    option.click()
    page.keyboard.press("Space")
    expect_at(page, "a-page-elsewhere")
    page.keyboard.press("ArrowLeft")
    expect(shown(page).get_by_text("1 vote", exact=True)).to_be_visible()


def test_a_frame_gives_the_keys_back_when_the_pointer_leaves(page: Page, address: str) -> None:
    page.goto(f"{address}?slide=a-page-elsewhere")
    shown(page).get_by_role("button", name="Load it here").click()
    frame = shown(page).locator("iframe")
    page.keyboard.press("ArrowLeft")
    expect_at(page, "a-vote")
    page.keyboard.press("ArrowRight")
    frame.click()
    expect(frame).to_be_focused()
    page.mouse.move(5, 5)
    expect(frame).not_to_be_focused()
    page.keyboard.press("ArrowRight")
    expect_at(page, "the-end")


def test_a_video_that_was_clicked_flips(run: Page) -> None:
    run.evaluate(
        """() => document.querySelector("[aria-current='true'] .slide-title")
             .insertAdjacentHTML("afterend", "<video controls tabindex=0 style='width:20em'></video>")"""
    )
    shown(run).locator("video").click()
    run.keyboard.press("Space")
    expect_at(run, "after")


def test_an_aside_by_its_number(page: Page, address: str) -> None:
    page.goto(address)
    expect_at(page, "before")
    for key in ("3", "a", "Enter"):
        page.keyboard.press(key)
    expect_at(page, "an-aside")
    for key in ("4", "Enter"):
        page.keyboard.press(key)
    expect_at(page, "a-vote")
    page.keyboard.type("3b")  # there is no 3b: black, as ever
    expect(page.locator(".practicum")).to_have_attribute("data-blank", "")
    page.keyboard.press("Enter")
    expect_at(page, "a-vote")


def test_f5_keeps_the_slide_the_step_and_the_run(run: Page) -> None:
    run.evaluate("window.isSame = true")
    button = shown(run).locator(".live-run")
    button.click()
    expect(button).to_have_text("Stop")
    run.keyboard.press("F5")
    expect(run.locator("html:fullscreen")).to_have_count(1)
    run.keyboard.press("Shift+F5")
    assert run.evaluate("window.isSame && document.fullscreenElement !== null")
    expect(button).to_have_text("Stop")
    expect_at(run, "a-run")


def test_a_russian_keyboard_blacks_and_runs(run: Page) -> None:
    press = """([key, code]) => document.body.dispatchEvent(
        new KeyboardEvent("keydown", { key, code, bubbles: true, cancelable: true, composed: true }))"""
    run.evaluate(press, ["и", "KeyB"])
    expect(run.locator(".practicum")).to_have_attribute("data-blank", "")
    for letter, key in (("и", "KeyB"), ("у", "KeyE")):
        run.evaluate(press, [letter, key])
    expect(shown(run).locator(".live-run")).to_have_text("Stop")


def test_the_reading_view_never_cancels_a_run_either(page: Page, address: str) -> None:
    page.goto(f"{address}?view=read&slide=a-run&cart.seed={next(SEEDS)}")
    button = page.locator(".live-run").first
    expect(button).to_have_text("Run")
    button.click()
    expect(button).to_have_text("Stop")
    root = page.locator(".practicum")
    before = root.evaluate("e => e.scrollTop")
    for key in ("Space", "Enter"):
        page.keyboard.press(key)
        expect(button).to_have_text("Stop")
    assert root.evaluate("e => e.scrollTop") > before
