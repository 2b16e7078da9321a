"""What a run looks like beside its curve: the scene on the canvas and the texts that it wrote."""

import re

import pytest
from playwright.sync_api import Page, expect

from .player_page import (
    expect_motion,
    expect_rest,
    ink,
    run,
    show,
    tell_server,
    wait_for_traces,
)  # fmt: skip

pytestmark = pytest.mark.warm_cache

FAREST = """() => {  // px from the left edge of the chart, at any moment
    window.farest = 0
    const [head, chart] = [".live-playhead", ".live-chart"].map((name) => document.querySelector(name))
    const look = () => {
        const left = head.getBoundingClientRect().left - chart.getBoundingClientRect().left
        if (!head.hidden) farest = Math.max(farest, left)
        requestAnimationFrame(look)
    }
    look()
}"""


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


def test_the_playhead_never_leaves_the_plot(slide: Page) -> None:
    show(slide)
    slide.evaluate(FAREST)
    run(slide)
    slide.wait_for_timeout(600)  # the last frames are drawn and played
    farest = slide.evaluate("farest")
    assert 0 < farest <= slide.locator(".live-chart").evaluate("chart => chart.clientWidth")


def test_the_last_policy_plays_again_and_rests_when_its_slide_is_left(slide: Page) -> None:
    tell_server(slide, interval=1)
    show(slide)
    run(slide)
    expect_motion(slide)
    slide.evaluate("mounted.hide()")
    expect_rest(slide)
    slide.evaluate("mounted.show()")
    expect_motion(slide)


def test_reduced_motion_shows_a_still(slide: Page) -> None:
    slide.emulate_media(reduced_motion="reduce")
    tell_server(slide, interval=1)
    show(slide)
    run(slide)
    expect_rest(slide)
    assert ink(slide, "canvas") > 0.01
    expect(slide.locator("canvas")).to_have_attribute("aria-label", re.compile("500 upright"))


def test_the_values_of_a_group_are_curves_of_their_own_and_texts_are_shown(slide: Page) -> None:
    tell_server(slide, interval=1, numFrames=10)
    show(slide, "sweep")
    run(slide)
    expect(slide.locator(".live-state")).to_contain_text("Finished")
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
