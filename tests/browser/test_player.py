"""Running a simulation from its panel, as a reader does: on a slide, in Chromium.

The fake server (player_fake.js) speaks the protocol of `engine/app/socket/live.py`; Plotly is the real one.
"""

import json
import re
from pathlib import Path

import numpy as np
import plotly.io
import pytest
from playwright.sync_api import Page, expect

from .player_page import RUN, STATE, choose, ink, run, show, tell_server, traces, wait_for_traces

pytestmark = pytest.mark.warm_cache


def test_before_the_first_run_the_panel_shows_what_will_be_drawn(slide: Page) -> None:
    show(slide)
    expect(slide.locator(RUN)).to_have_text("Run")
    expect(slide.locator(".live-plot")).to_contain_text("Press Run to compute this here")
    for words in ("environment steps", "mean return of an episode", "solved: 475"):
        expect(slide.locator(".live-plot")).to_contain_text(words)
    expect(slide.locator("canvas")).to_have_attribute("aria-label", "at rest: nothing has run yet")
    assert ink(slide, "canvas") > 0.01  # the cart stands there


def test_a_column_that_no_frame_has_is_named(slide: Page) -> None:
    slide.evaluate(
        "harness.blocks.wrong = { ...harness.blocks.sim, data: { ...harness.blocks.sim.data, chart: { y: 'retrun' } } }"
    )
    show(slide, "wrong")
    run(slide)
    expect(slide.locator(".live-plot")).to_contain_text("The simulation gives no “retrun”")


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


def test_the_figure_and_the_run_can_be_taken_along(slide: Page, tmp_path: Path) -> None:
    tell_server(slide, interval=1)
    show(slide)
    run(slide)
    kept = {}
    for item, name in (
        ("Save the figure (PNG)", "cartpole-seed3.png"),
        ("Save the figure (SVG)", "cartpole-seed3.svg"),
        ("Open as a notebook", "cartpole-seed3.ipynb"),
    ):
        with slide.expect_download() as got:
            choose(slide, item)
        assert got.value.suggested_filename == name
        got.value.save_as(tmp_path / name)
        kept[name.rpartition(".")[2]] = (tmp_path / name).read_bytes()
    assert kept["png"].startswith(b"\x89PNG")
    assert b"<svg" in kept["svg"]
    cells = json.loads(kept["ipynb"])["cells"]
    assert cells[2]["source"] == 'frames = sims.run("cartpole")'  # these are the defaults
    slide.evaluate("""() => Object.defineProperty(navigator, 'clipboard', {
        value: { writeText: async text => { window.copied = text } }})""")
    choose(slide, "Copy the figure (Plotly JSON)")
    expect(slide.locator(STATE)).to_have_text(re.compile("^Figure copied"))
    figure = plotly.io.from_json(slide.evaluate("window.copied"))
    assert len(figure.data) == len(traces(slide))


def test_a_block_with_autorun_follows_its_slider_and_keeps_one_curve(slide: Page) -> None:
    tell_server(slide, interval=1, numFrames=30)
    show(slide, "follow")
    expect(slide.locator(".live-panel")).to_have_attribute("data-state", "done")
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
    usual, line = wait_for_traces(slide, 2)  # the curve of the deck's own settings stays behind
    assert usual["y"] == first
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
