"""How a run can end or wait, and a line that drops: the panel says so, and no frame is lost."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from .player_page import RUN, STATE, show, tell_server, until, wait_for_traces

pytestmark = pytest.mark.warm_cache


def test_stop_keeps_what_came_and_tells_the_server(slide: Page) -> None:
    tell_server(slide, hold=20)
    show(slide)
    slide.click(RUN)
    slide.wait_for_function("document.querySelector('.live-plot').data?.[0]?.x.length > 5")
    slide.click(RUN)
    expect(slide.locator(STATE)).to_have_text(
        re.compile(r"^Stopped at [\d,]+ environment steps\.$")
    )
    log = slide.evaluate("harness.server.log")
    assert log[-1] == {"type": "stop", "run": log[-1]["run"]}
    slide.wait_for_timeout(250)
    [line] = wait_for_traces(slide, 1)
    assert 5 < len(line["x"]) < 40


def test_a_run_stopped_before_the_server_answered_is_stopped_there_too(slide: Page) -> None:
    show(slide)
    slide.evaluate("""() => {
        const handle = harness.socket.run("cartpole", harness.PARAMS, {})
        handle.stop()
    }""")
    stops = "harness.server.log.filter(message => message.type === 'stop').length"
    until(slide, lambda: slide.evaluate(stops) > 0)
    assert slide.evaluate(stops) == 1


def test_a_failure_is_one_sentence_on_the_panel(slide: Page) -> None:
    tell_server(slide, fail="The policy's weights overflowed. Try a smaller learning rate.")
    show(slide)
    slide.click(RUN)
    expect(slide.locator(STATE)).to_have_text(
        "The policy's weights overflowed. Try a smaller learning rate."
    )
    expect(slide.locator(STATE)).to_have_attribute("data-tone", "error")
    expect(slide.locator(".live-panel")).to_have_attribute("data-state", "failed")
    expect(slide.locator(RUN)).to_have_text("Run again")


def test_a_refused_run_says_why(slide: Page) -> None:
    tell_server(slide, refuse="no simulation 'cartpol' in sims/. Did you mean 'cartpole'?")
    show(slide)
    slide.click(RUN)
    expect(slide.locator(STATE)).to_contain_text("Did you mean 'cartpole'?")
    expect(slide.locator(RUN)).to_have_text("Run again")


def test_a_place_in_the_queue_is_told_in_words(slide: Page) -> None:
    tell_server(slide, queue=8)
    show(slide)
    slide.click(RUN)
    for place, wait in [(8, "3 min"), (5, "100 s"), (1, "20 s")]:
        tell_server(slide, queue=place)
        told = f"Waiting for a free worker. Position {place}, about {wait}."
        expect(slide.locator(STATE)).to_have_text(told)
    tell_server(slide, queue=0)
    expect(slide.locator(STATE)).to_have_text(re.compile("^Finished"))


@pytest.mark.parametrize("forget", [False, True], ids=["run kept", "server restarted"])
def test_no_frame_is_lost_or_doubled_when_the_line_drops(slide: Page, forget: bool) -> None:
    tell_server(slide, interval=25, hold=20)
    show(slide)
    slide.click(RUN)
    slide.wait_for_function("document.querySelector('.live-plot').data?.[0]?.x.length > 5")
    slide.evaluate("harness.server.down()")
    expect(slide.locator(STATE)).to_have_text("No connection. The run continues when it is back.")
    tell_server(slide, hold=-1)
    slide.evaluate(f"harness.server.forget = {json.dumps(forget)}; harness.server.up()")
    slide.wait_for_function("harness.server.log.some(m => m.type === 'follow')")
    slide.evaluate("setTimeout(() => (harness.server.forget = false), 30)")
    expect(slide.locator(STATE)).to_have_text(re.compile("^Finished"))
    slide.wait_for_function("document.querySelector('.live-plot').data[0].x.length === 40")
    assert wait_for_traces(slide, 1)[0]["x"] == [640 * k for k in range(40)]
    assert slide.evaluate("harness.server.log.find(m => m.type === 'follow').start") > 5


def test_frames_that_overlap_or_skip_are_put_right(slide: Page) -> None:
    got = slide.evaluate("""async () => {
        const { connect } = await import("/engine/app/web/lib/socket.js")
        const sent = [], got = []
        class Line {
            constructor() { this.readyState = 1; window.line = this; setTimeout(() => this.onopen()) }
            send(text) { sent.push(JSON.parse(text)) }
            hear(message) { this.onmessage({ data: JSON.stringify(message) }) }
            close() {}
        }
        const frames = (start, end) => Array.from({ length: end - start }, (_, k) => ({ step: start + k }))
        const socket = connect("/api/live", { Socket: Line })
        await new Promise(done => setTimeout(done, 5))
        socket.run("any", {}, { onFrames: (some, start) => got.push(...some.map((f, k) => [start + k, f.step])) })
        line.hear({ type: "run", tag: sent[0].tag, run: "r", params: {}, notes: [], state: "running", position: 0 })
        line.hear({ type: "frames", run: "r", start: 0, frames: frames(0, 4) })
        line.hear({ type: "frames", run: "r", start: 2, frames: frames(2, 6) })   // overlaps
        line.hear({ type: "frames", run: "r", start: 9, frames: frames(9, 12) })  // skips 6, 7, 8
        line.hear({ type: "frames", run: "r", start: 12, frames: frames(12, 13) })
        line.hear({ type: "frames", run: "r", start: 6, frames: frames(6, 14) })  // what was asked for
        return { got, follows: sent.filter(m => m.type === "follow").map(m => m.start) }
    }""")
    assert got["got"] == [[k, k] for k in range(14)]
    assert got["follows"] == [6]  # asked once, not at every later message


def test_a_panel_that_is_taken_away_starts_no_run(slide: Page) -> None:
    """Its values are being checked by the server when the slide is left for good."""
    slide.evaluate("""() => {
        window.autorun = "cart"
        harness.stored.cart = { seed: "7" }
        harness.show(harness.blocks.sim, {}).destroy()
    }""")
    slide.wait_for_timeout(600)
    assert [message["type"] for message in slide.evaluate("harness.server.log")] == ["check"]
