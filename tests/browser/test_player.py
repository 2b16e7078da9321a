"""Live blocks as a reader meets them: on a slide, in Chromium, with a server played by the page.

The fake server (player_fake.js) speaks the protocol of `engine/app/live.py`; Plotly is the real one.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from sims.cartpole.control import linear_gain

from .player_server import serving

RUN = ".live-run"
STATE = ".live-state"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving() as url:
        yield url


@pytest.fixture
def slide(page: Page, address: str) -> Page:
    """A page that can show a block; `show` below puts one on the slide."""
    page.goto(address)
    page.wait_for_selector("html[data-ready]", state="attached")
    return page


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


def test_before_the_first_run_the_panel_shows_what_will_be_drawn(slide: Page) -> None:
    show(slide)
    expect(slide.locator(RUN)).to_have_text("Run")
    expect(slide.locator(".live-plot")).to_contain_text("Press Run to compute this here")
    for words in ("environment steps", "mean return of an episode", "solved: 475"):
        expect(slide.locator(".live-plot")).to_contain_text(words)
    expect(slide.locator("canvas")).to_have_attribute("aria-label", "at rest: nothing has run yet")
    assert ink(slide, "canvas") > 0.01  # the cart stands there


def test_a_run_draws_every_frame_and_says_how_it_ended(slide: Page) -> None:
    show(slide)
    slide.click(RUN)
    expect(slide.locator(RUN)).to_have_text("Stop")
    expect(slide.locator(RUN)).to_have_text("Run again")
    expect(slide.locator(STATE)).to_have_text("Finished at 24,960 environment steps.")
    expect(slide.locator("#announced")).to_have_text("Finished at 24,960 environment steps.")
    [line] = wait_for_traces(slide, 1)
    slide.wait_for_function("document.querySelector('.live-plot').data[0].x.length === 40")
    [line] = wait_for_traces(slide, 1)
    assert line["x"] == [640 * k for k in range(40)]


def test_an_earlier_run_stays_as_a_fainter_line_that_names_its_parameters(slide: Page) -> None:
    tell_server(slide, interval=5)
    show(slide)
    run(slide)
    slide.fill("[data-param=seed] input", "8")
    slide.keyboard.press("Enter")
    expect(slide.locator(RUN)).to_have_text("Run with changes")
    run(slide)
    ghost, now = wait_for_traces(slide, 2)
    assert ghost["opacity"] < 0.5
    assert now["opacity"] == 1
    assert "seed 3" in ghost["hover"]
    assert "seed 8" in now["hover"]
    assert "learning rate 0.003" in ghost["hover"]


def test_no_more_than_five_earlier_runs_are_kept_and_they_can_be_cleared(slide: Page) -> None:
    tell_server(slide, interval=1, numFrames=5)
    show(slide)
    run(slide)
    for seed in range(4, 11):
        slide.click("[aria-label='Again with a new seed']")
        expect(slide.locator("[data-param=seed] input")).to_have_value(str(seed))
        expect(slide.locator(RUN)).to_have_text("Run again")
    wait_for_traces(slide, 6)
    choose(slide, "Clear earlier runs")
    wait_for_traces(slide, 1)


def test_running_the_same_values_again_leaves_no_ghost_of_itself(slide: Page) -> None:
    tell_server(slide, interval=1, numFrames=5)
    show(slide)
    run(slide)
    slide.click(RUN)
    expect(slide.locator(RUN)).to_have_text("Run again")
    slide.wait_for_timeout(300)
    wait_for_traces(slide, 1)


def test_stop_keeps_what_came_and_tells_the_server(slide: Page) -> None:
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
    slide.wait_for_function("harness.server.log.some(message => message.type === 'stop')")


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
    tell_server(slide, queue=3)
    show(slide)
    slide.click(RUN)
    expect(slide.locator(STATE)).to_have_text("Waiting for a free worker: 3rd in line.")
    expect(slide.locator(STATE)).to_have_text("Waiting for a free worker: 2nd in line.")
    expect(slide.locator(STATE)).to_have_text(re.compile("^Finished"))


def test_a_band_runs_every_seed_and_draws_their_median(slide: Page) -> None:
    tell_server(slide, interval=2, numFrames=12)
    show(slide)
    choose(slide, "Run 8 seeds and show the spread")
    expect(slide.locator(STATE)).to_have_text(re.compile("^Seeds 3 to 10: median"))
    asked = slide.evaluate(
        "harness.server.log.filter(m => m.type === 'run').map(m => m.params.seed)"
    )
    assert sorted(asked) == list(range(3, 11))
    # The end of the band, worked out by NumPy from the frames that the server sent.
    frames = slide.evaluate("[...harness.server.runs.values()].map(run => run.frames)")
    ends = [each[-1]["greedy_return"] for each in frames]
    wanted = pytest.approx(np.quantile(ends, [0, 0.25, 0.5, 0.75, 1]).tolist())
    for _ in range(50):  # the last redraw may come after the sentence
        least, most, low, high, middle = wait_for_traces(slide, 5)
        shown = [trace["y"][-1] for trace in (least, low, middle, high, most)]
        if shown == wanted:
            break
    assert shown == wanted
    at = frames[0][5]["env_steps"]  # a place inside, where the grid and the frames differ
    inside = np.median(
        [
            np.interp(at, [f["env_steps"] for f in run], [f["greedy_return"] for f in run])
            for run in frames
        ]
    )
    assert np.interp(at, middle["x"], middle["y"]) == pytest.approx(inside, rel=0.02)
    expect(slide.locator(".live-plot")).to_contain_text("median of 8")


def test_the_numbers_can_be_taken_as_csv(slide: Page, tmp_path: Path) -> None:
    tell_server(slide, interval=1)
    show(slide)
    run(slide)
    with slide.expect_download() as got:
        choose(slide, "Download these numbers (CSV)")
    assert got.value.suggested_filename == "cartpole-seed3.csv"
    path = tmp_path / "run.csv"
    got.value.save_as(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert "# sim: cartpole" in lines
    assert "# learning_rate: 0.003" in lines
    head, *rows = [line for line in lines if not line.startswith("#")]
    assert head == "step,env_steps,greedy_return,episodic_return,entropy,progress"
    assert len(rows) == 40
    sent = slide.evaluate("[...harness.server.runs.values()][0].frames[39].greedy_return")
    assert float(rows[39].split(",")[2]) == pytest.approx(sent)


def test_sliders_move_by_keyboard_and_mark_the_button_without_running(slide: Page) -> None:
    tell_server(slide, interval=1, numFrames=5)
    show(slide)
    slider = slide.locator("[data-param=learning_rate] input")
    slider.focus()
    assert value_of(slide, "learning_rate") == "0.003"
    slide.keyboard.press("ArrowRight")
    assert value_of(slide, "learning_rate") == "0.004"  # spaced by ratio: 0.003, 0.004, 0.005 …
    expect(slider).to_have_attribute("aria-valuetext", "0.004")
    expect(slide.locator(RUN)).to_have_text("Run")
    run(slide)
    slider.focus()
    slide.keyboard.press("ArrowLeft")
    expect(slide.locator(RUN)).to_have_text("Run with changes")
    assert slide.evaluate("harness.server.log.filter(m => m.type === 'run').length") == 1


def test_a_slider_stays_under_the_hand_when_the_button_changes_its_words(slide: Page) -> None:
    tell_server(slide, interval=1, numFrames=5)
    show(slide)
    run(slide)
    slider = slide.locator("[data-param=learning_rate] input")
    before, panel = slider.bounding_box(), slide.locator(".live-strip").bounding_box()
    slider.focus()
    slide.keyboard.press("ArrowRight")
    expect(slide.locator(RUN)).to_have_text("Run with changes")
    assert slider.bounding_box() == before
    assert slide.locator(".live-strip").bounding_box() == panel


def test_changed_values_go_to_the_address_and_usual_ones_leave_it(slide: Page) -> None:
    show(slide)
    slide.focus("[data-param=learning_rate] input")
    slide.keyboard.press("ArrowRight")
    assert slide.evaluate("harness.stored.cart") == {"learning_rate": 0.004}
    slide.keyboard.press("ArrowLeft")
    assert slide.evaluate("harness.stored.cart") is None


def test_an_address_sets_the_controls_runs_and_says_what_was_out_of_bounds(slide: Page) -> None:
    slide.evaluate(
        "harness.stored.cart = {learning_rate: '7', gamma: '0.9'}; window.autorun = 'cart'"
    )
    show(slide)
    expect(slide.locator(RUN)).to_have_text("Stop")
    assert value_of(slide, "learning_rate") == "0.1"
    assert value_of(slide, "gamma") == "0.9"
    expect(slide.locator("#announced")).to_contain_text("above its greatest value 0.1")
    asked = slide.evaluate("harness.server.log.find(m => m.type === 'run').params")
    assert (asked["learning_rate"], asked["gamma"]) == (0.1, 0.9)


@pytest.mark.parametrize("forget", [False, True], ids=["run kept", "server restarted"])
def test_no_frame_is_lost_or_doubled_when_the_line_drops(slide: Page, forget: bool) -> None:
    tell_server(slide, interval=25)
    show(slide)
    slide.click(RUN)
    slide.wait_for_function("document.querySelector('.live-plot').data?.[0]?.x.length > 5")
    slide.evaluate("harness.server.down()")
    expect(slide.locator(STATE)).to_have_text("No connection. The run goes on when it is back.")
    slide.evaluate(f"harness.server.forget = {json.dumps(forget)}; harness.server.up()")
    slide.wait_for_function("harness.server.log.some(m => m.type === 'follow')")
    slide.evaluate("setTimeout(() => (harness.server.forget = false), 30)")
    expect(slide.locator(STATE)).to_have_text(re.compile("^Finished"), timeout=15_000)
    slide.wait_for_function("document.querySelector('.live-plot').data[0].x.length === 40")
    assert wait_for_traces(slide, 1)[0]["x"] == [640 * k for k in range(40)]
    assert slide.evaluate("harness.server.log.find(m => m.type === 'follow').start") > 5


def test_frames_that_overlap_or_skip_are_put_right(slide: Page) -> None:
    got = slide.evaluate("""async () => {
        const { connect } = await import("/engine/app/web/socket.js")
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


def test_the_scene_follows_the_pointer_along_the_curve(slide: Page) -> None:
    tell_server(slide, interval=2)
    show(slide)
    run(slide)
    slide.wait_for_function("!document.querySelector('.live-playhead').hidden")
    wait_for_traces(slide, 1)
    box = slide.locator(".live-chart").bounding_box()
    assert box
    slide.mouse.move(box["x"] + 0.35 * box["width"], box["y"] + 0.5 * box["height"])
    between = re.compile(r"^after ([5-9],\d{3}|10,\d{3}) ")
    expect(slide.locator("canvas")).to_have_attribute("aria-label", between)
    x = slide.evaluate(
        "new DOMMatrix(getComputedStyle(document.querySelector('.live-playhead')).transform).e"
    )
    assert x == pytest.approx(0.35 * box["width"], abs=12)
    slide.focus(".live-scrub")
    slide.keyboard.press("Home")
    expect(slide.locator("canvas")).to_have_attribute("aria-label", re.compile("^before training"))


def test_the_last_policy_plays_again_and_rests_when_its_slide_is_left(slide: Page) -> None:
    tell_server(slide, interval=1)
    show(slide)
    run(slide)
    assert draws(slide, 400) > 5
    slide.evaluate("mounted.hide()")
    assert draws(slide, 300) == 0
    slide.evaluate("mounted.show()")
    assert draws(slide, 400) > 5


def test_reduced_motion_shows_a_still(slide: Page) -> None:
    slide.emulate_media(reduced_motion="reduce")
    tell_server(slide, interval=1)
    show(slide)
    run(slide)
    slide.wait_for_timeout(300)
    assert draws(slide, 300) == 0
    assert ink(slide, "canvas") > 0.01
    expect(slide.locator("canvas")).to_have_attribute("aria-label", re.compile("500 upright"))


def test_the_code_is_shown_in_a_dialog_that_escape_closes(slide: Page) -> None:
    show(slide)
    choose(slide, "Show the code")
    dialog = slide.locator("dialog[open]")
    expect(dialog).to_contain_text("sims/cartpole/__init__.py")
    expect(dialog.locator("pre .k")).to_have_text("def")
    slide.keyboard.press("Escape")
    expect(slide.locator("dialog")).to_have_count(0)


def test_a_choice_is_never_cut_short_beside_two_sliders(slide: Page) -> None:
    slide.evaluate("""() => {
        const block = structuredClone(harness.blocks.sim)
        block.data.controls = ["algorithm", "learning_rate", "gamma"]
        window.mounted = harness.show(block)
    }""")
    # "REINFORCE baseline" without its last word is the name of another algorithm.
    shown, needed = slide.evaluate("""() => {
        const select = document.querySelector("[data-param=algorithm] select")
        const alone = select.cloneNode(true)
        alone.value = select.value
        alone.style.cssText = "position: absolute; width: max-content; max-width: none"
        select.parentElement.append(alone)
        const widths = [select.offsetWidth, alone.offsetWidth]
        alone.remove()
        return widths
    }""")
    assert shown >= needed > 100
    cut = "[...document.querySelectorAll('.live-name')].filter(n => n.scrollWidth > n.clientWidth + 1)"
    assert slide.evaluate(f"{cut}.length") == 0  # nor is the name of a slider
    strip, panel = (slide.locator(name).bounding_box() for name in (".live-end", ".live-panel"))
    assert strip
    assert panel
    assert strip["x"] + strip["width"] <= panel["x"] + panel["width"]


def test_the_menu_opens_and_moves_by_keyboard(slide: Page) -> None:
    show(slide)
    slide.focus(".live-menu > button")
    slide.keyboard.press("Enter")
    expect(slide.locator(".live-menu-list button:focus")).to_contain_text(
        "seeds and show the spread"
    )
    slide.keyboard.press("ArrowDown")
    expect(slide.locator(".live-menu-list button:focus")).to_have_text("Show the code")
    slide.keyboard.press("Escape")
    expect(slide.locator(".live-menu-list")).to_be_hidden()
    expect(slide.locator(".live-menu > button")).to_be_focused()


def test_the_values_of_a_group_are_curves_of_their_own_and_texts_are_shown(slide: Page) -> None:
    tell_server(slide, interval=1, numFrames=10)
    show(slide, "sweep")
    run(slide)
    lines = wait_for_traces(slide, 4)  # two methods, proxy and gold of each
    assert sorted(line["y"] for line in lines) == sorted(
        2 * [[0, 1, 2, 3, 4], [0.03, 3.03, 4.03, 3.03, 0.03]]
    )
    assert all(line["x"] == [0, 1, 2, 3, 4] for line in lines)
    texts = slide.locator(".live-texts")
    expect(texts.locator("dd")).to_have_text(
        ["text 5", "text 7", "text 9"]
    )  # the last method's path
    expect(texts.locator("dt")).to_have_text(["RLOO, β = 1", "RLOO, β = 0.333", "RLOO, β = 0.2"])
    expect(slide.locator(".live-plot")).to_contain_text("gold reward, RLOO")
    slide.locator(".live-chart").hover()
    expect(texts.locator("dd")).to_have_count(1)


def test_tokens_pairs_and_candidates_are_shown_with_their_scores(slide: Page) -> None:
    tell_server(slide, interval=1, numFrames=3)
    show(slide, "lab")
    run(slide)
    texts = slide.locator(".live-texts")
    expect(texts.locator(".live-token")).to_have_text(["done2", "step−0.5"])
    expect(texts).to_contain_text("good 1.5 > bad 0.5")
    expect(texts).to_contain_text("kept 3")
    expect(texts).to_contain_text("sample 2")
    tints = texts.locator(".live-token").evaluate_all(
        "tokens => tokens.map(token => getComputedStyle(token).backgroundColor)"
    )
    assert len(set(tints)) == 2, "likelier and less likely words differ in colour"


def test_a_block_with_autorun_follows_its_slider_without_ghosts(slide: Page) -> None:
    tell_server(slide, interval=1, numFrames=30)
    show(slide, "follow")
    first = wait_for_traces(slide, 1)[0]["y"]  # it ran by itself
    slider = slide.locator("[data-param=learning_rate] input")
    slider.focus()
    for _ in range(9):
        slide.keyboard.press("ArrowRight")
    shown = slider.get_attribute("aria-valuetext")
    slide.wait_for_function(
        "value => [...harness.server.runs.values()].at(-1).params.learning_rate === value",
        arg=float(shown or 0),
    )
    [line] = wait_for_traces(slide, 1)
    assert len(line["y"]) == 30
    assert line["y"] != first
    last = slide.evaluate(
        "[...harness.server.runs.values()].at(-1).frames.map(f => f.greedy_return)"
    )
    assert line["y"] == last, "the curve is the answer to where the slider rests"


def test_a_block_that_says_the_same_after_an_edit_keeps_its_run(slide: Page) -> None:
    tell_server(slide, interval=1, numFrames=5)
    show(slide)
    run(slide)
    slide.evaluate("mounted.update(structuredClone(harness.blocks.sim))")
    wait_for_traces(slide, 1)
    slide.evaluate("""() => {
        const block = structuredClone(harness.blocks.sim)
        block.data.controls = ["gamma"]
        mounted.update(block)
    }""")
    expect(slide.locator("[data-param=learning_rate]")).to_have_count(0)
    expect(slide.locator(RUN)).to_have_text("Run")


def test_the_game_takes_the_arrow_keys_only_while_it_is_played(slide: Page) -> None:
    slide.evaluate("""() => { window.flips = 0
        document.addEventListener("keydown", e => { if (e.key.startsWith("Arrow")) flips += 1 }, { capture: true }) }""")
    show(slide, "play")
    slide.keyboard.press("ArrowRight")
    assert slide.evaluate("flips") == 1
    slide.click(RUN)
    expect(slide.locator(STATE)).to_contain_text("to begin")
    slide.keyboard.down("ArrowRight")  # held, the cart runs off: the pole falls within a second
    expect(slide.locator(STATE)).to_have_text(
        re.compile(r"^You: \d+ steps \(\d\.\d s\)\. The agent")
    )
    slide.keyboard.up("ArrowRight")
    slide.keyboard.press("ArrowRight")  # a late press of an excited player
    assert slide.evaluate("flips") == 1
    expect(slide.locator(".live-left")).to_have_text(re.compile(r"^best: \d+ steps$"))
    slide.click(RUN)
    slide.keyboard.press("Escape")
    expect(slide.locator(STATE)).to_contain_text("Stopped")
    slide.keyboard.press("ArrowLeft")
    assert slide.evaluate("flips") == 2


def test_the_agent_of_the_game_holds_the_pole_for_the_whole_episode(slide: Page) -> None:
    show(slide, "play")
    slide.click(RUN)
    slide.keyboard.press("ArrowLeft")
    expect(slide.locator(STATE)).to_contain_text("The agent: 500 steps (10.0 s).", timeout=20_000)


def test_the_gains_worked_out_in_the_page_are_those_of_the_simulation(slide: Page) -> None:
    gains = slide.evaluate(
        "import('/engine/app/web/balance.js').then(module => module.linearGains())"
    )
    assert gains == pytest.approx(linear_gain(), rel=1e-4)


def test_the_timeline_shows_a_note_with_its_citation_for_the_chosen_entry(slide: Page) -> None:
    show(slide, "timeline", full=True)
    note = slide.locator(".live-timeline-note")
    expect(note).to_contain_text("June 2017: Transformer")
    slide.get_by_role("button", name="ChatGPT").focus()
    expect(note).to_contain_text("30 November 2022: ChatGPT")
    expect(note.locator("a[data-cite=vaswani2017attention]")).to_have_text("[4]")
    assert slide.locator(".live-timeline [aria-pressed=true]").count() == 1


def test_a_chart_keeps_its_table_for_screen_readers_and_names_its_lines(slide: Page) -> None:
    show(slide, "lines", html="<table><tr><td>20.9</td></tr></table>")
    expect(slide.locator(".live-plot")).to_contain_text("explore 1 in 10")
    expect(slide.locator(".live-plot")).to_contain_text("wins lost, on average")
    expect(slide.locator(".live-fallback table")).to_have_count(1)
    assert traces(slide)[0]["x"] == [
        0,
        50,
        100,
        200,
        300,
        400,
        500,
    ]  # where they belong, not evenly


def test_an_unknown_block_says_so_and_a_page_elsewhere_waits_for_a_click(slide: Page) -> None:
    show(slide, "unknown")
    expect(slide.locator(".live")).to_have_text("This page cannot show a “hologram” block.")
    show(slide, "iframe")
    expect(slide.get_by_role("button", name="Load it here")).to_be_visible()
    assert slide.locator("iframe").count() == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_on_the_panel_stand_out_from_their_ground(slide: Page, theme: str) -> None:
    tell_server(slide, interval=1, numFrames=5)
    show(slide)
    slide.evaluate(f"harness.theme('{theme}')")
    run(slide)
    for selector in (RUN, STATE, ".live-label", ".live-label b", ".live-seed-label"):
        assert contrast(slide, selector) >= 4.5, selector


def test_on_a_phone_the_panel_is_under_the_text_and_its_parts_are_thumb_sized(
    browser: Browser, address: str
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("html[data-ready]", state="attached")
    show(page)
    boxes = """() => document.fonts.ready.then(() => [...document.querySelectorAll("p, .live-panel")]
        .slice(0, 2).map((part) => part.getBoundingClientRect().toJSON()))"""
    text, panel = page.evaluate(boxes)  # both at once: a font that arrives moves what is below
    assert panel["top"] >= text["bottom"]
    assert panel["width"] > 330
    for selector in (RUN, ".live-menu > button", "[aria-label='Again with a new seed']"):
        box = page.locator(selector).bounding_box()
        assert box
        assert box["height"] >= 44, selector
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()


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
