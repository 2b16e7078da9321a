"""A slide with one live block in a page of its own, for the tests of panels.

`slide` (conftest.py) opens it; `show` puts a block on it, before the server that player_fake.js plays.
"""

import re
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, expect

RUN = ".live-run"
STATE = ".live-state"
PATIENCE = 60.0  # seconds until a test gives up; nothing here measures time


def show(page: Page, block: str = "sim", **options: Any) -> None:
    page.evaluate(
        f"options => {{ window.mounted = harness.show(harness.blocks.{block}, options) }}", options
    )


def tell_server(page: Page, **settings: Any) -> None:
    page.evaluate("settings => Object.assign(harness.server, settings)", settings)


def run(page: Page) -> Locator:
    """Press the main button and wait for the end of the run."""
    page.click(RUN)
    expect(page.locator(STATE)).to_have_text(re.compile("^Finished"))
    return page.locator(RUN)


def traces(page: Page) -> list[dict[str, Any]]:
    """What Plotly has drawn: x, y, opacity and hover of every line."""
    script = """() => document.querySelector('.live-plot').data.map(
        t => ({x: t.x, y: t.y, opacity: t.opacity, hover: t.hovertemplate, fill: t.fill}))"""
    return page.evaluate(script)


def wait_for_traces(page: Page, count: int) -> list[dict[str, Any]]:
    """The lines once there are `count` of them and they have stopped changing."""
    page.wait_for_function(f"document.querySelector('.live-plot').data?.length === {count}")
    before, now = None, traces(page)
    while before != now:  # the chart is redrawn at most eight times a second
        page.wait_for_timeout(400)
        before, now = now, traces(page)
    return now


def value_of(page: Page, param: str) -> str:
    return page.locator(f"[data-param={param}] b").inner_text()


def choose(page: Page, item: str) -> None:
    page.click(".live-menu > button")
    page.get_by_role("button", name=item).click()


def ink(page: Page, selector: str) -> float:
    """The share of a canvas that is painted."""
    script = """selector => {
        const canvas = document.querySelector(selector)
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height)
        let painted = 0
        for (let k = 3; k < data.length; k += 4) if (data[k] > 40) painted += 1
        return painted / (data.length / 4)
    }"""
    return page.evaluate(script, selector)


def until(page: Page, condition: Callable[[], bool]) -> None:
    """Wait for a state that the page itself cannot wait for."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "the state never came"
        page.wait_for_timeout(50)


def expect_motion(page: Page) -> None:
    """Until the scene has been drawn more than once, however few frames a second there are."""
    until(page, lambda: draws(page, 400) > 1)


def expect_rest(page: Page) -> None:
    """Until the scene is not drawn any more."""
    until(page, lambda: draws(page, 300) == 0)


def draws(page: Page, milliseconds: int) -> int:
    """How often the scene is drawn in a while."""
    script = """milliseconds => new Promise(done => {
        const plain = CanvasRenderingContext2D.prototype.clearRect
        let count = 0
        CanvasRenderingContext2D.prototype.clearRect = function (...box) { count += 1; plain.apply(this, box) }
        setTimeout(() => { CanvasRenderingContext2D.prototype.clearRect = plain; done(count) }, milliseconds)
    })"""
    return page.evaluate(script, milliseconds)


def contrast(page: Page, selector: str) -> float:
    """Contrast of an element's text against the nearest painted ground behind it (WCAG 2)."""
    script = """selector => {
        const element = document.querySelector(selector)
        let ground = element
        while (getComputedStyle(ground).backgroundColor === "rgba(0, 0, 0, 0)") ground = ground.parentElement
        return [getComputedStyle(element).color, getComputedStyle(ground).backgroundColor]
    }"""
    text, ground = (luminance(colour) for colour in page.evaluate(script, selector))
    return (max(text, ground) + 0.05) / (min(text, ground) + 0.05)


def luminance(colour: str) -> float:
    red, green, blue = (int(part) / 255 for part in re.findall(r"\d+", colour)[:3])
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
