"""Runs that ship with a lecture: shown before any click, marked as such, and a live run's stand-in."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .player_page import RUN, STATE

pytestmark = pytest.mark.warm_cache

PARAMS = {
    "algorithm": "reinforce_baseline", "learning_rate": 0.003, "gamma": 0.99,
    "use_baseline": True, "seed": 3,
}  # fmt: skip
ABOUT = {
    "params": PARAMS, "date": "2026-11-24 09:30", "seconds": 8.14,
    "versions": {"torch": "2.13.0+cpu", "instruction_set": "AVX2"},
}  # fmt: skip
FRAMES = [{"step": k, "env_steps": 1000 * k, "greedy_return": 100.0 + k} for k in range(7)]
ORIGIN = "Recorded on 2026-11-24 with torch 2.13.0 on AVX2; it took 8.1 s."
OTHERWISE = re.compile(r"^Finished at 24,960 environment steps\. Same as recorded: no\.")


@pytest.fixture
def slide(page: Page, harness: str) -> Page:
    lines = [json.dumps(line) for line in (ABOUT, *FRAMES, {"num_frames": len(FRAMES)})]
    page.route("**/api/recorded/*", lambda route: route.fulfill(body="\n".join(lines)))
    page.goto(harness)
    page.wait_for_selector("html[data-ready]", state="attached")
    page.evaluate("harness.blocks.sim.data.recorded = 'api/recorded/cartpole-1.jsonl.gz?5'")
    return page


def show(page: Page, **server: Any) -> None:
    page.evaluate("settings => Object.assign(harness.server, settings)", server)
    page.evaluate("() => { window.mounted = harness.show(harness.blocks.sim, {}) }")


def drawn(page: Page) -> list[list[float]]:
    return page.evaluate("() => document.querySelector('.live-plot').data.map(t => [...t.y])")


def test_a_finished_figure_is_there_before_any_click(slide: Page) -> None:
    show(slide)
    expect(slide.locator(STATE)).to_have_text(ORIGIN)
    expect(slide.locator(RUN)).to_have_text("Run")  # nothing has run here yet
    slide.wait_for_function("document.querySelector('.live-plot').data?.[0]?.y.length === 7")
    assert drawn(slide) == [[frame["greedy_return"] for frame in FRAMES]]
    assert slide.evaluate("harness.server.log") == []


WATCH = """() => {
  window.seen = []
  const look = () => {
    const panel = document.querySelector(".live-panel")
    const chart = panel?.querySelector(".live-chart")
    const drawing = chart?.querySelector(".main-svg")
    const points = panel?.querySelector(".live-plot").data?.flatMap((trace) => [...trace.x]) ?? []
    const isWrong = drawing && (!points.length
      || Math.abs(drawing.getBoundingClientRect().height - chart.clientHeight) > 1.5)
    if (panel) window.seen.push(Boolean(/Press Run/.test(panel.textContent) || isWrong))
    requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
}"""


def test_no_empty_panel_is_seen_before_the_recorded_figure(slide: Page) -> None:
    """Looked at in every frame that the browser paints, while the recording is on its way: nothing
    says that nothing is there, no axes stand alone, and no drawing is taller than its place."""
    body = "\n".join(json.dumps(line) for line in (ABOUT, *FRAMES, {"num_frames": len(FRAMES)}))
    waiting: list[Any] = []
    slide.unroute("**/api/recorded/*")
    slide.route("**/api/recorded/*", lambda route: waiting.append(route))
    slide.evaluate(WATCH)
    show(slide)
    slide.wait_for_function("window.seen.length > 15")
    assert waiting, "the panel has not asked for its recording"
    waiting[0].fulfill(body=body)
    slide.wait_for_function("document.querySelector('.live-plot').data?.[0]?.y.length === 7")
    slide.wait_for_function("n => window.seen.length > n", arg=slide.evaluate("seen.length") + 5)
    assert not slide.evaluate("seen.some(Boolean)")


def test_it_says_on_which_processor_or_that_nobody_wrote_it_down(slide: Page) -> None:
    origins = slide.evaluate(
        """async () => {
            const { origin } = await import("/engine/app/web/player/recording.js")
            const of = versions => origin({ date: "2026-11-24 09:30", seconds: 81, versions })
            return [of({ torch: "2.13.0", instruction_set: "DEFAULT" }), of({ torch: "2.13.0" })]
        }"""
    )
    assert [text.replace("\xa0", " ") for text in origins] == [
        "Recorded on 2026-11-24 with torch 2.13.0 on a processor without AVX; it took 81 s.",
        "Recorded on 2026-11-24 with torch 2.13.0 (processor not recorded); it took 81 s.",
    ]


def test_run_computes_the_same_values_anew(slide: Page) -> None:
    show(slide, interval=2)
    expect(slide.locator(STATE)).to_have_text(ORIGIN)
    slide.click(RUN)
    expect(slide.locator(STATE)).to_have_text(OTHERWISE)
    expect(slide.locator(RUN)).to_have_text("Run again")
    [message] = slide.evaluate("harness.server.log.filter(m => m.type === 'run')")
    assert message["fresh"] is True
    assert message["params"] == PARAMS
    slide.wait_for_function("document.querySelector('.live-plot').data.length === 1")  # no ghost


def test_other_values_need_not_be_made_anew(slide: Page) -> None:
    show(slide, interval=2)
    expect(slide.locator(STATE)).to_have_text(ORIGIN)
    slide.fill("[data-param=seed] input", "8")
    slide.keyboard.press("Enter")
    expect(slide.locator(RUN)).to_have_text("Run with changes")
    slide.click(RUN)
    expect(slide.locator(STATE)).to_have_text(
        re.compile(r"^Finished at 24,960 .*\. Beside .*seed 3: ")
    )
    [message] = slide.evaluate("harness.server.log.filter(m => m.type === 'run')")
    assert "fresh" not in message
    slide.wait_for_function("document.querySelector('.live-plot').data.length === 2")


def test_the_recorded_run_stands_in_for_one_that_fails(slide: Page) -> None:
    show(slide, interval=2, fail="It ran for 10 seconds, which is the limit.")
    expect(slide.locator(STATE)).to_have_text(ORIGIN)
    slide.click(RUN)
    expect(slide.locator(STATE)).to_have_text(
        "It ran for 10 seconds, which is the limit. Showing the recorded run."
    )
    slide.wait_for_function("document.querySelector('.live-plot').data?.[0]?.y.length === 7")
    assert drawn(slide)[0] == [frame["greedy_return"] for frame in FRAMES]


def test_a_failed_run_of_other_values_is_not_replaced(slide: Page) -> None:
    show(slide, interval=2, fail="It broke.")
    expect(slide.locator(STATE)).to_have_text(ORIGIN)
    slide.fill("[data-param=seed] input", "8")
    slide.keyboard.press("Enter")
    slide.click(RUN)
    expect(slide.locator(STATE)).to_have_text("It broke.")


def test_a_link_that_starts_a_run_shows_that_run(slide: Page) -> None:
    slide.evaluate("window.autorun = 'cart'")
    show(slide, interval=2)
    expect(slide.locator(STATE)).to_have_text("Finished at 24,960 environment steps.")


def test_a_missing_recording_leaves_the_block_as_it_was(page: Page, harness: str) -> None:
    page.route("**/api/recorded/*", lambda route: route.fulfill(body="{not json"))
    page.goto(harness)
    page.wait_for_selector("html[data-ready]", state="attached")
    page.evaluate("harness.blocks.sim.data.recorded = 'api/recorded/cartpole-1.jsonl.gz?5'")
    show(page)
    expect(page.locator(RUN)).to_have_text("Run")
    expect(page.locator(".live-plot")).to_contain_text("Press Run to compute this here")
