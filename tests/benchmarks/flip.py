"""Key to painted slide beside colloquium's static page, bytes per flip, and cold start.

Both pages show Lecture 1 in one browser and are measured in turns. A flip is timed in the page,
from the key's own time stamp to the task after the first frame that shows another slide.
Colloquium's requests to the outside are refused, so its page has less to draw than ours.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from _server import ROOT, server
from playwright.sync_api import Browser, Page, sync_playwright

LECTURE = ROOT / "lectures" / "01-overview.md"
FLIPS = 30
STREAMLIT = "[data-testid=stBidiComponentRegular]"
OURS = "section[data-slide][aria-current='true']"
THEIRS = "section.slide.active, .slide.active"
TIMER = """(shown) => {
  window.flips = []
  const slides = new Map() // shown slide -> its number; a step of a slide is a flip as well
  const now = () => {
    const slide = document.querySelector(shown)
    if (!slides.has(slide)) slides.set(slide, slides.size)
    return `${slides.get(slide)}.${slide?.querySelectorAll("[data-step].is-later").length}`
  }
  window.addEventListener("keydown", (event) => {
    const before = now(), start = event.timeStamp
    const look = () => requestAnimationFrame(() => {
      const channel = new MessageChannel()
      channel.port1.onmessage = () => {
        if (now() === before) look()
        else window.flips.push(performance.now() - start)
      }
      channel.port2.postMessage(0)
    })
    look()
  }, { capture: true })
}"""


def measure() -> list[dict[str, Any]]:
    """The rows of the budget table that concern flipping and starting."""
    with tempfile.TemporaryDirectory() as folder, server() as running, sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        flipping = _flipping(browser, running.address, _colloquium(Path(folder)))
        painted = statistics.median(_first_paint(browser, running.address) for _ in range(5))
        browser.close()
    with tempfile.TemporaryDirectory() as folder:
        edited = statistics.median(_edits(Path(folder)))
    answered = [running.answered_after]
    for _ in range(2):
        with server() as again:
            answered.append(again.answered_after)
    return [
        *flipping,
        _row("an edited slide is visible, s after it was saved", edited, None, 0.3),
        _row("server answers after, s", statistics.median(answered), None, 1.0),
        _row("first slide painted, s after the page is asked for", painted, None, 1.7),
    ]


def _flipping(browser: Browser, address: str, static: Path) -> list[dict[str, Any]]:
    """The rows of flipping through the lecture, beside its static page of colloquium."""
    ours = browser.new_page(viewport={"width": 1280, "height": 720})
    sent, received = _count_bytes(ours)
    ours.goto(f"{address}/overview")
    theirs = browser.new_page(viewport={"width": 1280, "height": 720})
    theirs.route("http*://**", lambda route: route.abort())
    theirs.goto(static.as_uri())
    for page, shown in ((ours, OURS), (theirs, THEIRS)):
        page.wait_for_selector(shown)
        if page is ours:  # it comes after the lecture, and starts for a second
            page.wait_for_selector(STREAMLIT, state="attached")
        page.wait_for_timeout(2000)
        page.evaluate(TIMER, shown)
    sent.clear()
    received.clear()
    our_times: list[float] = []
    their_times: list[float] = []
    for _ in range(3):
        our_times += _flips(ours)
        their_times += _flips(theirs)
    flips = len(our_times)
    middle = statistics.median(our_times), statistics.median(their_times)
    return [
        _row("flip, median ms", *middle, 30),
        _row("flip, p95 ms", _p95(our_times), _p95(their_times), 55),
        _row("flip at reading pace, bytes to the server", sum(sent) / flips, None, 2048),
        _row("flip at reading pace, bytes from the server", sum(received) / flips, None, 2048),
    ]


def _colloquium(folder: Path) -> Path:
    """Lecture 1 as the static page that colloquium makes of it."""
    copy = folder / "lecture.md"
    text = LECTURE.read_text()
    copy.write_text(
        text.replace("../content/", f"{ROOT}/content/").replace("../assets/", f"{ROOT}/assets/")
    )
    command = [Path(sys.executable).parent / "colloquium", "build", str(copy)]
    subprocess.run(command, check=True, capture_output=True)
    return copy.with_suffix(".html")


def _edits(folder: Path) -> list[float]:
    """Seconds from saving Lecture 1 to the changed words on the shown slide, seven times."""
    deck = folder / "01-overview.md"
    text = LECTURE.read_text()
    text = text.replace("../content/", f"{ROOT}/content/").replace("../assets/", f"{ROOT}/assets/")
    deck.write_text(text)
    taken = []
    with server("--lectures", str(folder)) as running, sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.goto(f"{running.address}/overview?slide=how-to-read")
        page.wait_for_selector(OURS)
        page.wait_for_timeout(3000)
        for number in range(7):
            words = f"Edit {number}."
            start = time.perf_counter()
            deck.write_text(text.replace("## Every claim here", f"## {words} Every claim here"))
            page.wait_for_function(
                "(words) => document.querySelector(\"section[aria-current='true']\")"
                ".textContent.includes(words)",
                arg=words,
            )
            taken.append(time.perf_counter() - start)
            page.wait_for_timeout(700)
        browser.close()
    return taken


def _count_bytes(page: Page) -> tuple[list[int], list[int]]:
    sent: list[int] = []
    received: list[int] = []

    def listen(ws: Any) -> None:
        ws.on("framesent", lambda data: sent.append(len(data)))
        ws.on("framereceived", lambda data: received.append(len(data)))

    page.on("websocket", listen)
    return sent, received


def _flips(page: Page) -> list[float]:
    """Flip through the lecture at a reader's fastest pace; milliseconds of each flip."""
    page.bring_to_front()
    page.keyboard.press("Home")
    page.wait_for_timeout(400)
    page.evaluate("window.flips.length = 0")
    for _ in range(FLIPS):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(230)  # longer than the stage waits before it reports
    return page.evaluate("window.flips")


def _first_paint(browser: Browser, address: str) -> float:
    """Seconds from the request to the first painted slide, with an empty browser cache."""
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    page = context.new_page()
    start = time.perf_counter()
    page.goto(f"{address}/overview", wait_until="commit")
    page.wait_for_selector(OURS)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)))")
    taken = time.perf_counter() - start
    context.close()
    return taken


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def _row(what: str, ours: float, peer: float | None, budget: float) -> dict[str, Any]:
    ratio = "" if peer is None else round(peer / ours, 2)
    shown = "" if peer is None else round(peer, 1)
    ok = ours <= budget
    return {"what": what, "ours": round(ours, 3), "peer": shown, "ratio": ratio,
            "budget": f"<= {budget}", "ok": ok}  # fmt: skip
