"""Runs beside each other: what each is called, what differs, and what a reader does with them."""

import re

import pytest
from playwright.sync_api import Page, expect

from .player_page import RUN, STATE, choose, run, show, tell_server, until, wait_for_traces

pytestmark = pytest.mark.warm_cache


def with_two_runs(slide: Page) -> None:
    """A run with seed 3, and one with seed 8 after it."""
    tell_server(slide, interval=1, numFrames=12)
    show(slide)
    run(slide)
    slide.fill("[data-param=seed] input", "8")
    slide.keyboard.press("Enter")
    run(slide)
    wait_for_traces(slide, 2)


def notes(slide: Page) -> str:
    return slide.locator(".live-plot").first.inner_text()


def test_runs_carry_what_tells_them_apart_and_a_sentence_says_what_changed(slide: Page) -> None:
    with_two_runs(slide)
    chip = slide.get_by_role("button", name="seed 3", exact=True)
    expect(chip).to_have_attribute("aria-pressed", "true")
    for name in ("seed 3", "seed 8"):
        assert name in notes(slide)
    said = re.compile(r"^Finished .*\. Beside seed 3: .+\.$")
    expect(slide.locator(STATE)).to_have_text(said)
    expect(slide.locator("#announced")).to_have_text(said)
    ways = re.compile(r"^seed 8|^mean return of an episode (rises|falls|stays)")
    expect(slide.get_by_role("group", name=ways)).to_be_visible()
    chip.click()
    wait_for_traces(slide, 1)
    chip.click()
    wait_for_traces(slide, 2)


def test_a_run_is_named_kept_and_removed(slide: Page) -> None:
    with_two_runs(slide)
    choose(slide, "Compare earlier runs")
    window = slide.get_by_role("dialog", name="Earlier runs on this chart")
    window.get_by_role("textbox").fill("the first")
    window.get_by_label("keep").check()
    window.get_by_role("button", name="Close").click()
    expect(slide.get_by_role("button", name="the first")).to_be_visible()
    for seed in range(9, 16):  # seven more: five earlier ones stay, and the one that is kept
        slide.click("[aria-label='Again with a new seed']")
        expect(slide.locator("[data-param=seed] input")).to_have_value(str(seed))
        expect(slide.locator(RUN)).to_have_text("Run again")
    expect(slide.locator(".live-chip:not(.is-more)")).to_have_count(6)
    assert "the first" in notes(slide)
    slide.get_by_role("button", name="Compare …").click()
    window.locator(
        "li", has=slide.get_by_label("keep").and_(slide.locator(":checked"))
    ).get_by_role("button", name="Remove").click()
    window.get_by_role("button", name="Close").click()
    expect(slide.get_by_role("button", name="the first")).to_have_count(0)


def test_two_runs_stand_side_by_side_on_the_same_axes(slide: Page) -> None:
    with_two_runs(slide)
    slide.get_by_role("button", name="Compare …").click()
    window = slide.get_by_role("dialog", name="Earlier runs on this chart")
    window.get_by_role("switch").check()
    window.get_by_role("button", name="Close").click()
    plots = slide.locator(".live-plot")
    expect(plots).to_have_count(2)
    expect(plots.nth(0)).to_contain_text("seed 3: mean return")
    expect(plots.nth(1)).to_contain_text("seed 8: mean return")
    ranges = """() => [...document.querySelectorAll('.live-plot')].map(p => p.layout
        && JSON.stringify([p.layout.xaxis.range, p.layout.yaxis.range]))"""
    until(slide, lambda: len(set(slide.evaluate(ranges))) == 1)


@pytest.mark.parametrize("held", [True, False])
def test_a_declared_axis_holds_whatever_the_curves(slide: Page, held: bool) -> None:
    tell_server(slide, interval=1, numFrames=6)
    between = "[0, 600]" if held else "[0, 5]"  # no curve leaves the chart: it is then drawn whole
    slide.evaluate(f"harness.blocks.sim.data.chart = {{...harness.CHART, y_range: {between}}}")
    show(slide)
    run(slide)
    wait_for_traces(slide, 1)
    top = "document.querySelector('.live-plot').layout.yaxis.range[1]"
    until(slide, lambda: (slide.evaluate(top) == 600) is held)
    choose(slide, "Fit or hold the vertical axis")
    until(slide, lambda: slide.evaluate(top) < 600)
    assert slide.evaluate(top) > 5, "the axis holds the whole curve"


def test_a_pointer_reads_every_curve_at_one_place(slide: Page) -> None:
    with_two_runs(slide)
    box = slide.locator(".live-plot .nsewdrag").bounding_box()
    assert box
    slide.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=4)
    label = slide.locator(".hoverlayer .legend")
    expect(label).to_contain_text("environment steps")
    expect(label).to_contain_text("seed 3")
    expect(label).to_contain_text("seed 8")


def test_the_curves_are_there_as_numbers(slide: Page) -> None:
    with_two_runs(slide)
    choose(slide, "Numbers as a table")
    table = slide.get_by_role("dialog").get_by_role("table", name="mean return of an episode")
    expect(table.get_by_role("columnheader")).to_have_text(
        ["environment steps", "mean return of an episode"]
    )
    expect(table.get_by_role("row")).to_have_count(13)


def test_a_slider_that_answers_at_once_leaves_the_curve_of_before(slide: Page) -> None:
    tell_server(slide, interval=1, numFrames=5)
    show(slide, "follow")
    wait_for_traces(slide, 1)
    slide.get_by_role("slider", name="learning rate").press("End")
    wait_for_traces(slide, 2)
    expect(slide.get_by_role("button", name="learning rate 0.003")).to_be_visible()
    slide.get_by_role("slider", name="learning rate").press("Home")
    expect(slide.locator(".live-chip:not(.is-more)")).to_have_count(1)
