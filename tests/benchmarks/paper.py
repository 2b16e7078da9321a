"""Lecture 1 on paper: as many sheets as slides, and how long the browser takes to print them."""

import re
import shutil
import time
from typing import Any

from _server import ROOT, server
from playwright.sync_api import sync_playwright

from engine.deck.document import load

LECTURE = ROOT / "lectures" / "01-overview.md"
SHOWN = "section[data-slide][aria-current='true']"
TIMEOUT = 300_000  # ms
BUDGET = 60.0  # seconds
DRAWN = """() => addEventListener("beforeprint", () => {
    window.sections = document.querySelectorAll("section[data-slide]").length
})"""


def measure() -> list[dict[str, Any]]:
    """Print the lecture from the stage and read the file that comes."""
    num_slides = len(load(LECTURE)["slides"])
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with server() as running, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.set_default_timeout(TIMEOUT)
        page.goto(f"{running.address}/overview")
        page.wait_for_selector(SHOWN)
        page.wait_for_timeout(2000)
        page.evaluate(DRAWN)
        start = time.perf_counter()
        paper = page.pdf(print_background=True)
        seconds = time.perf_counter() - start
        num_built = page.evaluate("window.sections")
        browser.close()
    num_sheets = len(re.findall(rb"/Type\s*/Page\b", paper))
    return [
        {"what": "slides that are built", "ours": num_built, "budget": f"{num_slides}",
         "ok": num_built == num_slides},
        {"what": "sheets of paper", "ours": num_sheets, "budget": f"{num_slides}",
         "ok": num_sheets == num_slides},
        {"what": "seconds to print", "ours": seconds, "budget": f"<= {BUDGET:g}",
         "ok": seconds <= BUDGET},
        {"what": "megabytes", "ours": len(paper) / 1e6},
    ]  # fmt: skip
