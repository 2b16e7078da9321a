"""The time of a talk in the presenter window: its timer, and how it stands to the plan."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from .stage_page import opened, presenter_of

pytestmark = pytest.mark.warm_cache

DECK = """# Three slides

<!-- minutes: 1 -->

---

## A second

<!-- minutes: 2 -->

---

## A game

<!-- minutes: 3 -->
"""


@pytest.fixture(scope="module")
def address(publish: Callable[[str, str], str]) -> str:
    return publish("three", DECK)


def test_the_timer_runs_rests_and_survives(context: BrowserContext, address: str) -> None:
    presenter = presenter_of(opened(context, address))
    elapsed = presenter.locator(".presenter-elapsed")
    expect(elapsed).to_have_text("0:00")
    presenter.keyboard.press("t")
    expect(elapsed).not_to_have_text("0:00")
    presenter.reload()
    expect(elapsed).not_to_have_text("0:00")
    presenter.get_by_role("button", name="start or pause").click()
    rested = elapsed.text_content()
    presenter.wait_for_timeout(1300)
    expect(elapsed).to_have_text(rested or "")
    presenter.keyboard.press("Space")  # goes on flipping after the click
    expect(presenter.get_by_text("Slide 2 of 3")).to_be_visible()
    reset = presenter.get_by_role("button", name="set the timer to zero")
    reset.click()  # a slip of the hand costs nothing: it asks first
    expect(reset).to_have_text("Press again to reset")
    expect(elapsed).not_to_have_text("0:00")
    reset.click()
    expect(elapsed).to_have_text("0:00")
    expect(reset).to_have_text("Reset")


def test_it_says_how_late_it_is(context: BrowserContext, address: str) -> None:
    page = opened(context, f"{address}?slide=a-game")  # planned from minute 3 to minute 6
    presenter = presenter_of(page)
    late = presenter.locator(".presenter-lag")
    expect(presenter.get_by_text("planned 6 min")).to_be_visible()

    def after(seconds: int) -> None:
        presenter.evaluate(
            """seconds => {
              const key = Object.keys(localStorage).find(key => key.startsWith("practicum.timer."))
              localStorage.setItem(key, JSON.stringify({ from: null, before: seconds * 1000 }))
            }""",
            seconds,
        )
        presenter.reload()
        expect(late).not_to_have_text("")

    presenter.keyboard.press("t")  # makes the key
    for seconds, words in ((120, "1:00 ahead"), (200, "on time"), (361, "0:01 behind")):
        after(seconds)
        expect(late).to_have_text(words)
