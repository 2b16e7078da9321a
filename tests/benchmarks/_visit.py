"""A visit in Chromium: what it costs the server, and how soon a slide shows its figure."""

import gzip
import json
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psutil
from playwright.sync_api import Browser, Page, sync_playwright

from engine.app.lectures import packed

LECTURE = "overview"
SHOWN = "section[data-slide][aria-current='true']"
STREAMLIT = "[data-testid=stBidiComponentRegular]"  # comes some seconds after the lecture
VISITS = 3
QUIET = 10  # seconds in which a server without visitors is watched
FIGURES = 12  # slides that are flipped to
NEVER = 5000  # ms; there was no figure
TIME_FIGURES = """(never) => {
  window.figures = []
  addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return
    const look = () => requestAnimationFrame(() => {
      const plot = document.querySelector("section[aria-current='true'] .live-plot")
      const isDrawn = plot?.querySelector(".trace, .bars, .heatmaplayer image") != null
      const taken = performance.now() - event.timeStamp
      if (isDrawn || taken > never) window.figures.push(taken)
      else look()
    })
    look()
  }, { capture: true })
}"""


@dataclass(frozen=True)
class Cost:
    """What a visit costs the server: KB that it sends and milliseconds of CPU, without those that
    it takes in the same time when nobody is there."""

    kilobytes: float
    cpu: float


def visits(address: str, pid: int) -> tuple[Cost, Cost]:
    """A visit with an empty browser cache, and one whose unchanging files are known already."""
    server = psutil.Process(pid)
    idle, costs = 0.0, []
    with sync_playwright() as play:
        browser = _chromium(play)
        for number in range(1 + VISITS):  # the first one warms the server up
            context = browser.new_context(viewport={"width": 1280, "height": 720})
            page = context.new_page()
            costs.append((_visit(page, address, server, idle), _visit(page, address, server, idle)))
            context.close()
            idle = _idle(server) if number == 0 else idle
        browser.close()
    firsts, seconds = zip(*costs[1:], strict=True)
    return _mean(firsts), _mean(seconds)


def _idle(server: psutil.Process) -> float:
    """Seconds of CPU in a second, of a server that nobody visits."""
    before = sum(server.cpu_times()[:2])
    time.sleep(QUIET)
    return (sum(server.cpu_times()[:2]) - before) / QUIET


def _mean(costs: Sequence[Cost]) -> Cost:
    kilobytes = statistics.mean(cost.kilobytes for cost in costs)
    return Cost(kilobytes, statistics.mean(cost.cpu for cost in costs))


def figures(address: str) -> dict[str, float]:
    """Milliseconds from the key that flips to a slide to its recorded figure, by slide."""
    slides = _with_figures()[:FIGURES]
    with sync_playwright() as play:
        browser = _chromium(play)
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.goto(f"{address}/{LECTURE}")
        page.wait_for_selector(SHOWN)
        page.wait_for_timeout(6000)  # slides are built, and Plotly is fetched, in idle time
        page.evaluate(TIME_FIGURES, NEVER)
        for number, name in slides:
            _flip(page, number, name)
        taken = page.evaluate("window.figures")
        browser.close()
    if len(taken) != len(slides):
        raise RuntimeError(f"{len(slides)} flips, but {len(taken)} were timed")
    return {name: each for (_, name), each in zip(slides, taken, strict=True)}


def _chromium(play: Any) -> Browser:
    return play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])


def _visit(page: Page, address: str, server: psutil.Process, idle: float) -> Cost:
    sizes: list[int] = []
    network = page.context.new_cdp_session(page)
    network.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    network.send("Network.enable")
    start, before = time.perf_counter(), sum(server.cpu_times()[:2])
    page.goto(f"{address}/{LECTURE}")
    page.wait_for_selector(SHOWN)
    page.wait_for_selector(STREAMLIT, state="attached")
    page.wait_for_timeout(5000)  # until what is fetched in idle time has come
    cpu = sum(server.cpu_times()[:2]) - before - idle * (time.perf_counter() - start)
    network.detach()
    return Cost(sum(sizes) / 1000, cpu * 1000)


def _with_figures() -> list[tuple[int, str]]:
    """Number and name of the slides of the main path that show a recorded run."""
    deck = json.loads(gzip.decompress(packed(LECTURE).body))
    path = [slide for slide in deck["slides"] if not slide["is_aside"]]
    return [
        (number, slide["id"])
        for number, slide in enumerate(path, start=1)
        if any(block["data"].get("recorded") for block in slide["blocks"])
    ]


def _flip(page: Page, number: int, name: str) -> None:
    for key in (*str(number), "Enter"):
        page.keyboard.press(key)
    page.wait_for_timeout(1000)
    if (shown := page.get_attribute(SHOWN, "data-slide")) != name:
        raise RuntimeError(f"slide {number} is {shown}, not {name}")
