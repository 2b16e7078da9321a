"""The presenter window in a real browser: in step with the lecture, and its notes."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from .one_browser import pages_of
from .player_page import until
from .stage_deck import STEPS
from .stage_page import expect_at, notes, opened, presenter_of

pytestmark = pytest.mark.warm_cache

DECK = (
    """---
title: Five slides
---

# Five slides

<!-- notes: Greet them. 1 minute. -->

---

"""
    + STEPS
    + """
<!-- notes: Wait before each step. 2 minutes. -->

---

## A game

```play
play: cartpole
```

<!-- minutes: 3 -->

---

<!-- talk: 20 -->

## Numbers

```chart
type: bar
data: {labels: [a, b], datasets: [{label: one, data: [1, 2]}]}
```

---

## Five

```sim
sim: cartpole
params: {algorithm: linear_search}
controls: [seed]
chart: {x: env_steps, y: greedy_return}
```
"""
)


# A lecture that was loaded anew joins its channel after it has asked whether another one has it;
# until then it hears no key of the presenter window, though its slide is there.
LISTEN = """() => {
  const query = new URLSearchParams(location.search)
  window.channel = new BroadcastChannel(`practicum.five.${query.get("pair")}`)
  window.channel.onmessage = ({ data }) => {
    window.left ||= data.type === "bye"
    window.joined ||= window.left && data.type === "place"
  }
}"""


@pytest.fixture(scope="module")
def address(publish: Callable[[str, str], str]) -> str:
    return publish("five", DECK)


def test_keys_of_both_windows_move_both(context: BrowserContext, address: str) -> None:
    page = opened(context, address)
    presenter = presenter_of(page)
    expect(notes(presenter)).to_have_text("Greet them. 1 minute.")
    expect(presenter.get_by_text("Slide 1 of 5")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(notes(presenter)).to_have_text("Wait before each step. 2 minutes.")
    presenter.keyboard.press("PageDown")
    expect(page.get_by_text("Second.")).to_be_visible()
    expect(page.get_by_text("Third.")).to_be_hidden()
    for key in ("4", "Enter"):
        presenter.keyboard.press(key)
    expect_at(page, "numbers")
    expect(presenter.locator("h1", has_text="Numbers")).to_be_visible()
    presenter.keyboard.press("ArrowLeft")
    expect_at(page, "a-game")
    presenter.keyboard.press("End")
    expect_at(page, "five")
    expect(presenter.get_by_text("The end of the lecture.")).to_be_visible()


def test_it_shows_the_step_and_what_comes_next(context: BrowserContext, address: str) -> None:
    page = opened(context, f"{address}?slide=steps-come-one-by-one&step=1")
    presenter = presenter_of(page)
    now, then = presenter.locator(".miniature").all()
    expect(now).to_contain_text("step 1 of 2")
    # A screen reader moves from landmark to landmark, so every part must lie inside one.
    expect(presenter.get_by_role("region", name="Slides")).to_contain_text("On the wall")
    expect(presenter.get_by_role("region", name="Talk").locator("h1")).to_be_visible()
    expect(now.get_by_text("Second.")).to_be_visible()
    expect(now.get_by_text("Third.")).to_be_hidden()
    expect(then).to_contain_text("the last step")
    expect(then.get_by_text("Third.")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(then.locator("figcaption")).to_contain_text("A game")
    page.keyboard.press("ArrowRight")
    expect(then.locator(".js-plotly-plot .bars path").first).to_be_visible()
    assert presenter.locator("[data-slide]").count() == 0, "the shown slide is in the lecture only"


def place(page: Page, inside: str) -> list[float]:
    """Left, top, width and height of the stroke, as shares of what it is drawn on."""
    ink, path = (page.locator(f"{inside} {each}").bounding_box() for each in (".ink", ".ink path"))
    assert ink
    assert path
    size = (ink["width"], ink["height"])
    left, top = path["x"] - ink["x"], path["y"] - ink["y"]
    corner = [left / size[0], top / size[1]]
    return [*corner, path["width"] / size[0], path["height"] / size[1]]


def test_what_is_drawn_on_the_wall_is_seen_in_the_presenter_window(
    context: BrowserContext, address: str
) -> None:
    page = opened(context, address)
    presenter = presenter_of(page)
    strokes = presenter.locator(".miniature").first.locator(".ink path")
    page.keyboard.press("i")
    page.mouse.move(400, 300)
    page.mouse.down()
    page.mouse.move(700, 450, steps=5)
    page.mouse.up()
    expect(strokes).to_have_count(1)
    seen = place(presenter, ".miniature:first-child")
    assert seen == pytest.approx(place(page, ".stage"), abs=0.01)
    page.keyboard.press("ArrowRight")
    expect(strokes).to_have_count(0)
    page.reload()
    expect_at(page, "steps-come-one-by-one")
    page.keyboard.press("ArrowLeft")
    expect(strokes).to_have_count(1)
    presenter.keyboard.press("u")
    expect(page.locator(".ink path")).to_have_count(0)
    expect(strokes).to_have_count(0)


def test_a_shorter_talk_and_a_slide_that_is_left_out_today(
    context: BrowserContext, address: str
) -> None:
    page = opened(context, address)
    presenter = presenter_of(page)
    page.keyboard.press("y")
    expect(page.get_by_text("The talk of 20 minutes.")).to_be_visible()
    expect(presenter.locator(".miniature").last).to_contain_text("Numbers")
    page.keyboard.press("ArrowRight")
    expect_at(page, "numbers")
    presenter.keyboard.press("y")
    expect(page.get_by_text("The whole lecture.")).to_be_visible()
    presenter.keyboard.press("h")
    expect(page.get_by_text("Left out today; H shows it again.")).to_be_visible()
    expect(presenter.get_by_text("left out today")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect_at(page, "a-game")
    page.keyboard.press("ArrowRight")
    expect_at(page, "five")
    for key in ("4", "Enter"):
        page.keyboard.press(key)
    expect_at(page, "numbers")
    page.keyboard.press("h")
    expect(page.get_by_text("Shown again.")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowRight")
    expect_at(page, "numbers")


def test_both_windows_survive_a_reload(context: BrowserContext, address: str) -> None:
    page = opened(context, address)
    presenter = presenter_of(page)
    presenter.keyboard.press("ArrowRight")
    expect_at(page, "steps-come-one-by-one")
    presenter.evaluate(LISTEN)
    page.reload()
    expect_at(page, "steps-come-one-by-one")
    until(presenter, lambda: presenter.evaluate("Boolean(window.joined)"))
    expect(presenter.locator(".presenter-lost")).to_be_hidden()
    presenter.keyboard.press("ArrowRight")
    expect(page.get_by_text("Second.")).to_be_visible()
    presenter.reload()
    expect(notes(presenter)).to_have_text("Wait before each step. 2 minutes.")
    expect(presenter.locator(".miniature").first).to_contain_text("step 1 of 2")
    page.keyboard.press("ArrowRight")
    expect(presenter.locator(".miniature").first).to_contain_text("step 2 of 2")
    page.keyboard.press("p")
    page.wait_for_timeout(300)
    assert len(pages_of(context)) == 2, "pressing P again brings the same window back"


@pytest.mark.warm_cache(False)
def test_it_works_without_the_network(context: BrowserContext, address: str) -> None:
    page = opened(context, address)
    presenter = presenter_of(page)
    context.set_offline(True)
    presenter.keyboard.press("ArrowRight")
    expect_at(page, "steps-come-one-by-one")
    expect(notes(presenter)).to_have_text("Wait before each step. 2 minutes.")


def test_a_run_on_the_wall_is_seen_in_the_presenter_window(
    context: BrowserContext, address: str
) -> None:
    page = opened(context, f"{address}?slide=five")
    presenter = presenter_of(page)
    small = presenter.locator(".miniature").first
    expect(small.locator(".live-button").first).to_have_text("Run")
    page.bring_to_front()
    run = page.locator("[aria-current='true'] .live-button").first
    run.click()
    expect(run).to_have_text("Run again")
    expect(small.locator(".live-button").first).to_have_text("Run again")
    assert small.locator(".stage").evaluate("e => e.inert"), "nothing can be pressed there"


def test_without_a_lecture_it_goes_alone(context: BrowserContext, address: str) -> None:
    page = opened(context, address)
    presenter = presenter_of(page)
    page.close()
    expect(presenter.get_by_role("status")).to_contain_text("keys move this window only")
    presenter.keyboard.press("ArrowRight")
    expect(presenter.get_by_text("Slide 2 of 5")).to_be_visible()
    with context.expect_page() as made:
        presenter.get_by_role("button", name="Open the lecture").click()
    expect_at(made.value, "steps-come-one-by-one")


def test_a_lecture_that_says_no_goodbye_is_missed(context: BrowserContext, address: str) -> None:
    page = opened(context, address)
    presenter = presenter_of(page)
    expect(presenter.locator(".presenter-lost")).to_be_hidden()
    page.evaluate("BroadcastChannel.prototype.postMessage = () => {}")  # as in a crash
    page.close()
    expect(presenter.get_by_role("status")).to_contain_text("keys move this window only")


def test_two_pairs_do_not_meet(context: BrowserContext, address: str) -> None:
    first, second = opened(context, address), opened(context, address)
    presenter = presenter_of(first)
    presenter_of(second).keyboard.press("ArrowRight")
    expect_at(second, "steps-come-one-by-one")
    expect_at(first, "five-slides")
    expect(presenter.get_by_text("Slide 1 of 5")).to_be_visible()


def test_a_blocked_window_is_one_sentence(page: Page, address: str) -> None:
    page.goto(address)
    expect_at(page, "five-slides")
    page.evaluate("window.open = () => null")
    page.keyboard.press("p")
    expect(page.locator(".toast")).to_have_text(
        "The browser blocked the presenter window. Allow pop-ups for this address, "
        "then press P again."
    )


def test_notes_grow_and_the_theme_goes_with_the_lecture(
    context: BrowserContext, address: str
) -> None:
    page = opened(context, address)
    presenter = presenter_of(page)
    before = notes(presenter).evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    presenter.keyboard.press("+")
    assert notes(presenter).evaluate("e => parseFloat(getComputedStyle(e).fontSize)") > before
    page.keyboard.press("d")
    expect(page.locator(".practicum")).to_have_attribute("data-theme", "dark")
    expect(presenter.locator(".practicum")).to_have_attribute("data-theme", "dark")
