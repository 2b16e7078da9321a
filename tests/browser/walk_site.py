"""Every slide of the exported site, from a folder and from a host whose line is cut, compared with
the server's: its words, its pictures, and every number that its figures draw (`make walk-site`).

It takes minutes, so it is no test. Those of test_site.py do the same with a small lecture.
"""

import argparse
import json
import math
import shutil
import sys
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from engine.paths import LECTURES

from .conftest import serving
from .every_view import SLUG, slides
from .exported import exported
from .one_browser import FLAGS
from .stage_page import expect_at

# Shows one slide; what it holds once nothing of it changes any more.
LOOK = """async ({ slide, figures }) => {
  const pause = (ms) => new Promise((done) => setTimeout(done, ms))
  const shown = () => document.querySelector(`section[data-slide="${slide}"][aria-current="true"]`)
  const numbers = (list) => (list ? [...list] : null)
  const drawn = (section) => [...section.querySelectorAll(".live[data-block]")].map((live) => [
    live.dataset.block,
    [...live.querySelectorAll(".js-plotly-plot")].map((plot) => (plot.data ?? []).map((trace) =>
      [trace.name ?? "", ...["x", "y", "values", "r", "theta"].map((key) => numbers(trace[key]))])),
  ])
  const isFull = (plot) => (plot.data ?? []).some(({ x, y, values, r }) => (y ?? values ?? r ?? x)?.length)
  const isRunning = (section) =>
    [...section.querySelectorAll(".live-run")].some((one) => one.textContent.includes("Stop"))
  document.querySelector(`.outline a[data-jump="${slide}"]`).click()
  let [before, same, section] = ["", 0, null]
  for (let tries = 0; tries < 600 && same < 5; tries += 1) {
    await pause(80)
    section = shown()
    if (!section) continue
    const pictures = [...section.querySelectorAll("img")]
    const plots = [...section.querySelectorAll(".js-plotly-plot")]
    const count = plots.filter(isFull).length
    const states = [...section.querySelectorAll(".live-state")].map((one) => one.textContent)
    const now = JSON.stringify([drawn(section), states])
    const isThere = pictures.every((one) => one.complete) && count >= figures && count === plots.length && !isRunning(section)
    same = isThere && now === before ? same + 1 : 0
    before = now
  }
  if (!section) return null
  const words = section.cloneNode(true)
  for (const live of words.querySelectorAll(".live")) live.remove()
  return {
    words: words.textContent.replace(/\\s+/g, " ").trim(),
    pictures: [...section.querySelectorAll("img")].map((one) => [one.alt, one.naturalWidth]),
    figures: Object.fromEntries(drawn(section)),
    isSettled: same >= 5,
  }
}"""
# The service worker keeps a lecture, its pictures and runs, once it was opened.
KEPT = """async () => {
  const worker = await (await fetch("sw.js")).text()
  const files = JSON.parse(/KEPT = (.*)/.exec(worker)[1])
  const wanted = files.shared.length + Object.values(files.lectures).flat().length
  for (;;) {
    const [name] = await caches.keys()
    if (name && (await (await caches.open(name)).keys()).length >= wanted) return wanted
    await new Promise((done) => setTimeout(done, 200))
  }
}"""
DRAWN = ("sim", "chart", "published")  # kinds of blocks with a chart
Looks = dict[str, Any]


def look(browser: Browser, address: str, wanted: list[str], *, is_host: bool) -> Looks:
    """What each slide shows there; its faults are under ""."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 720}, reduced_motion="reduce", bypass_csp=True
    )
    context.set_default_timeout(120_000)
    page, faults = context.new_page(), []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(address)
    expect_at(page, slides()[0]["id"])
    if is_host:
        print(f"kept for a visit without a network: {page.evaluate(KEPT)} files", flush=True)
        context.set_offline(True)
        page.goto(f"{address}?again")
        expect_at(page, slides()[0]["id"])
    page.keyboard.press("s")  # the outline has a link to every slide
    page.keyboard.press("Escape")
    found = {name: _one(page, name) for name in wanted}
    context.close()
    return found | {"": faults}


def _one(page: Page, name: str) -> Any:
    [slide] = (one for one in slides() if one["id"] == name)
    figures = sum(block["kind"] in DRAWN for block in slide["blocks"])
    return page.evaluate(LOOK, {"slide": name, "figures": figures})


def differences(name: str, ours: Looks, theirs: Looks) -> list[str]:
    """What a site shows otherwise than the server, in sentences."""
    said = [f"{name}: a script failed: {fault}" for fault in theirs[""]]
    for slide, look_ in ours.items():
        if not slide:
            continue
        other = theirs[slide]
        if look_ is None or other is None:
            said.append(f"{name}: {slide} was never shown (server: {look_ is not None})")
            continue
        for part in ("words", "pictures", "isSettled"):
            if look_[part] != other[part]:
                said.append(f"{name}: {slide}: {part}: {look_[part]} but {other[part]}")
        for block, series in look_["figures"].items():
            if not is_same(series, other["figures"].get(block)):
                there = json.dumps(other["figures"].get(block))[:300]
                said.append(f"{name}: {slide}: {block}: {json.dumps(series)[:300]} but {there}")
    return said


def is_same(ours: Any, theirs: Any) -> bool:
    """Whether two figures draw the same; a run that a page computes may differ by 1e-6."""
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(is_same, ours, theirs))
    if isinstance(ours, int | float) and isinstance(theirs, int | float):
        return math.isclose(ours, theirs, rel_tol=1e-6, abs_tol=1e-9)
    return ours == theirs


def main() -> int:
    """Print what differs; 1 where something does."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slide", action="append", default=[], help="only this one")
    chosen = parser.parse_args()
    wanted = [one["id"] for one in slides() if not chosen.slide or one["id"] in chosen.slide]
    executable = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    with sync_playwright() as playwright, exported() as (folder, host):
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        with serving(LECTURES) as url:
            server = look(browser, f"{url}/{SLUG}", wanted, is_host=False)
        said = [f"server: a script failed: {fault}" for fault in server[""]]
        for name, address in (("folder", folder), ("host", host)):
            site = look(browser, f"{address}{SLUG}.html", wanted, is_host=name == "host")
            said += differences(name, server, site)
            print(f"{name}: {len(wanted)} slides, {len(said)} differences so far", flush=True)
    figures = sum(len(series) for one in wanted for series in server[one]["figures"].values())
    print(*said, f"{len(wanted)} slides, {figures} figures: {len(said)} differences", sep="\n")
    return int(bool(said) or not figures)


if __name__ == "__main__":
    sys.exit(main())
