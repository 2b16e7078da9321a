"""The other kinds of live blocks: the game, the timeline, charts, and what cannot be shown."""

import re

import pytest
from playwright.sync_api import Page, expect

from sims.cartpole.control import linear_gain

from .player_page import RUN, STATE, show, traces

pytestmark = pytest.mark.warm_cache


def test_the_game_has_the_arrow_keys_until_it_is_left(slide: Page) -> None:
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
    expect(slide.locator(RUN)).to_have_text("Play again")
    slide.wait_for_timeout(800)  # what comes later is meant
    slide.keyboard.press("ArrowRight")
    expect(slide.locator(RUN)).to_have_text("Stop")
    assert slide.evaluate("flips") == 1  # the arrows are the game's until it is left
    slide.keyboard.press("Escape")
    expect(slide.locator(STATE)).to_contain_text("Stopped")
    slide.keyboard.press("ArrowLeft")
    assert slide.evaluate("flips") == 2


def test_the_agent_of_the_game_holds_the_pole_for_the_whole_episode(slide: Page) -> None:
    show(slide, "play")
    slide.click(RUN)
    slide.keyboard.press("ArrowLeft")
    expect(slide.locator(STATE)).to_contain_text("The agent: 500 steps (10.0 s).")


def test_the_gains_worked_out_in_the_page_are_those_of_the_simulation(slide: Page) -> None:
    gains = slide.evaluate(
        "import('/engine/app/web/scenes/cartpole_balance.js').then(module => module.linearGains())"
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
