"""The live scene as one viewer sees it: first frame after the click, drawing rate, server's CPU."""

import statistics
import time
from typing import Any

import psutil
from playwright.sync_api import Page, sync_playwright

SLIDE = "watch-it-learn"
EXACT = "signs"  # a slide whose block follows its slider
SECONDS = 8.0
COUNT_DRAWS = """() => {
  const draw = CanvasRenderingContext2D.prototype.clearRect
  const times = (window.draws = new Set())
  CanvasRenderingContext2D.prototype.clearRect = function (...box) {
    times.add(document.timeline.currentTime) // one entry a frame, however often it clears
    return draw.apply(this, box)
  }
}"""

TIME_REDRAWS = """() => {
  const panel = document.querySelector("section[aria-current='true'] .live")
  let moved = 0
  window.redraws = []
  panel.addEventListener("input", () => { moved = performance.now() }, { capture: true })
  panel.querySelector(".live-plot").on("plotly_afterplot", () => {
    if (moved) window.redraws.push(performance.now() - moved)
    moved = 0
  })
}"""


def scene(address: str, pid: int) -> dict[str, float]:
    """Seconds to the first frame (median of five clicks), frames a second, share of a core."""
    server = psutil.Process(pid)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        arrivals: list[float] = []
        page.on("websocket", lambda ws: ws.on("framereceived", lambda data: _note(data, arrivals)))
        page.goto(f"{address}/overview?slide={SLIDE}")
        button = page.locator("section[aria-current='true'] .live button").first
        button.wait_for()
        page.wait_for_timeout(3000)
        firsts = sorted(_click(page, seed, arrivals) for seed in range(5))
        page.evaluate(COUNT_DRAWS)
        before, start = sum(server.cpu_times()[:2]), time.perf_counter()
        button.click()
        page.wait_for_timeout(SECONDS * 1000)
        taken = time.perf_counter() - start
        cpu = sum(server.cpu_times()[:2]) - before
        draws = page.evaluate("window.draws.size")
        slider = _slider(page, address)
        browser.close()
    return {"first": firsts[2], "fps": draws / taken, "core": cpu / taken, "slider": slider}


def _slider(page: Page, address: str) -> float:
    """Milliseconds from a moved slider to the redrawn exact curve, median of fifteen moves."""
    page.goto(f"{address}/overview?slide={EXACT}")
    slider = page.locator("section[aria-current='true'] .live input[type=range]:visible").first
    slider.wait_for()
    page.wait_for_timeout(6000)  # a worker has imported torch by then, as before any reader's move
    slider.focus()
    page.evaluate(TIME_REDRAWS)
    for move in range(15):
        page.keyboard.press("ArrowRight" if move < 8 else "ArrowLeft")
        page.wait_for_timeout(500)
    return statistics.median(page.evaluate("window.redraws"))


def _click(page: Page, seed: int, arrivals: list[float]) -> float:
    """A run that nobody has asked for, from the click to its first frame in the browser."""
    page.goto(f"{page.url.split('?')[0]}?slide={SLIDE}&cartpole-reinforce.seed={seed + 40}")
    button = page.locator("section[aria-current='true'] .live button").first
    button.wait_for()
    page.wait_for_timeout(2500)
    arrivals.clear()
    start = time.perf_counter()
    button.click()
    while not arrivals and time.perf_counter() - start < 5:
        page.wait_for_timeout(5)
    return arrivals[0] - start if arrivals else 5.0


def _note(data: Any, arrivals: list[float]) -> None:
    if isinstance(data, str) and '"frames"' in data[:40]:
        arrivals.append(time.perf_counter())
