"""What stands around the slides: tools, keys, drawers, search, paper, and the list of lectures."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from .one_browser import pages_of
from .player_page import contrast
from .stage_page import shown

pytestmark = pytest.mark.warm_cache

DECK = """---
title: A few slides
bibliography: refs.bib
---

# A few slides

---

## A game

```play
play: cartpole
```

<!-- notes: Let them try. -->

---

## A run

```sim
sim: cartpole
controls: [algorithm, learning_rate]
chart: {x: env_steps, y: greedy_return}
```

---

## A wide figure

![a long bar](wide.svg)

<!-- step -->

And a word about it [@doe2020].
"""
WIDE = '<svg xmlns="http://www.w3.org/2000/svg" width="1150" height="300" viewBox="0 0 1150 300"/>'
BIB = "@article{doe2020, author={Doe, Jane}, title={A work}, journal={A journal}, year={2020}}"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, serve: Callable) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("lectures")
    for name, text in (("01-few.md", DECK), ("wide.svg", WIDE), ("refs.bib", BIB)):
        (folder / name).write_text(text)
    with serve(folder) as address:
        yield address


@pytest.fixture
def address(server: str) -> str:
    return f"{server}/few"


def on_a_phone(browser: Browser, width: int, height: int) -> Page:
    size = ViewportSize(width=width, height=height)
    return browser.new_page(viewport=size, has_touch=True, is_mobile=True)


def open_at(page: Page, url: str) -> None:
    page.goto(url)
    expect(shown(page)).to_be_visible()


def test_a_finger_on_a_panel_gets_its_tap(browser: Browser, address: str) -> None:
    page = on_a_phone(browser, 1180, 820)  # a tablet on its side: slides fill its window
    open_at(page, f"{address}?slide=a-game")
    play = shown(page).get_by_role("button", name="Play")
    expect(play).to_be_visible()
    tools = page.get_by_role("toolbar")
    expect(tools).to_have_css("pointer-events", "none")  # they have left the stage
    play.tap()
    expect(
        shown(page).get_by_role("button", name=re.compile("^(Stop|Play again)$"))
    ).to_be_visible()
    assert page.locator(".practicum.is-awake").count() == 0  # nor did the tap call them back
    shown(page).locator(".slide-title").tap()
    expect(tools).to_have_css("pointer-events", "auto")
    page.close()


@pytest.mark.parametrize("role", ["combobox", "slider", "spinbutton"])
def test_a_clicker_flips_whatever_has_the_focus(page: Page, address: str, role: Any) -> None:
    open_at(page, f"{address}?slide=a-run")
    control = shown(page).locator(".live-strip").get_by_role(role).first
    control.focus()
    before = control.input_value()
    page.keyboard.press("PageDown")
    expect(shown(page)).to_have_attribute("data-slide", "a-wide-figure")
    page.keyboard.press("PageUp")
    expect(shown(page)).to_have_attribute("data-slide", "a-run")
    assert control.input_value() == before


def test_escape_leaves_a_slider(page: Page, address: str) -> None:
    open_at(page, f"{address}?slide=a-run")
    shown(page).locator(".live-strip").get_by_role("slider").first.focus()
    page.keyboard.press("ArrowRight")
    expect(shown(page)).to_have_attribute("data-slide", "a-run")
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    expect(shown(page)).to_have_attribute("data-slide", "a-wide-figure")


def test_a_drawer_takes_the_focus_and_gives_it_back(page: Page, address: str) -> None:
    open_at(page, address)
    page.get_by_role("button", name="Outline").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("complementary").get_by_role("link").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Outline")).to_be_focused()


def test_the_mouse_flips_once_that_is_switched_on(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport=ViewportSize(width=1280, height=720))
    open_at(page, address)
    slide = shown(page)
    page.mouse.click(1270, 300)  # nothing is switched on
    page.mouse.wheel(0, 200)
    page.keyboard.press("?")
    expect(slide).to_have_attribute("data-slide", "a-few-slides")
    for words in ("A click on the left or right edge", "The mouse wheel flips"):
        page.get_by_role("checkbox", name=words).check()
    page.keyboard.press("Escape")
    page.mouse.click(1270, 300)
    expect(slide).to_have_attribute("data-slide", "a-game")
    page.mouse.click(640, 20)  # between the edges
    page.mouse.click(10, 300)
    expect(slide).to_have_attribute("data-slide", "a-few-slides")
    page.mouse.wheel(0, 200)
    expect(slide).to_have_attribute("data-slide", "a-game")
    page.close()


def test_a_black_screen_ends_with_the_next_move(page: Page, address: str) -> None:
    open_at(page, f"{address}?slide=a-wide-figure")
    root = page.locator(".practicum")
    for key, back in ((".", "ArrowRight"), ("b", "b"), ("B", "Escape")):
        page.keyboard.press(key)
        expect(root).to_have_attribute("data-blank", "")
        page.keyboard.press(back)
        expect(root).not_to_have_attribute("data-blank", "")
    expect(shown(page)).to_have_attribute("data-slide", "a-wide-figure")


def test_a_presenter_blanks_the_wall(page: Page, address: str) -> None:
    open_at(page, address)
    with page.context.expect_page() as opened:
        page.keyboard.press("p")
    presenter = opened.value
    expect(presenter.get_by_role("region", name="notes")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(presenter.get_by_text("Slide 2 of")).to_be_visible()  # the two are in step
    presenter.keyboard.press(".")
    expect(page.locator(".practicum")).to_have_attribute("data-blank", "")
    presenter.keyboard.press("PageDown")  # only lights it up: the room is to see where it was
    expect(page.locator(".practicum")).not_to_have_attribute("data-blank", "")
    expect(shown(page)).to_have_attribute("data-slide", "a-game")
    presenter.keyboard.press("PageDown")
    expect(shown(page)).to_have_attribute("data-slide", "a-run")


def test_search_says_when_nothing_holds_it_or_nobody_answers(page: Page, address: str) -> None:
    open_at(page, address)
    page.keyboard.press("/")
    box, state = page.get_by_role("searchbox"), page.locator("dialog").get_by_role("status")
    box.fill("zebra")
    expect(state).to_have_text("Nothing contains “zebra”.")
    box.fill("")
    expect(state).to_have_text("")
    page.route("**/api/search?*", lambda route: route.abort())
    box.fill("game")
    expect(state).to_have_text("The server does not answer.")


def test_paper_gets_every_slide_and_no_tools(page: Page, address: str) -> None:
    open_at(page, f"{address}?slide=a-wide-figure&step=1")
    page.emulate_media(media="print")
    expect(page.get_by_text("And a word about it")).to_be_visible()
    expect(page.get_by_role("heading", name="A game")).to_be_visible()
    expect(page.get_by_role("toolbar")).to_be_hidden()
    num_slides = page.locator("section[data-slide]").count()
    printed = page.pdf(landscape=True, prefer_css_page_size=True)
    assert len(re.findall(rb"/Type /Page\b", printed)) == num_slides > 1


def test_a_wide_figure_stays_legible_on_a_phone(browser: Browser, address: str) -> None:
    page = on_a_phone(browser, 390, 844)
    open_at(page, f"{address}?slide=a-wide-figure")
    figure = shown(page).get_by_role("img")
    expect(figure).to_have_css("width", "943px")  # 0.82 of its 1150
    paragraph = figure.locator("..")
    assert paragraph.evaluate("p => [p.scrollWidth, p.clientWidth]") == [943, 350]
    hint = shown(page).get_by_text("scroll it sideways")
    expect(hint).to_be_visible()
    paragraph.evaluate("p => { p.scrollLeft = 200 }")
    expect(hint).to_be_hidden()
    assert page.locator(".practicum").evaluate("root => root.scrollWidth") == 390
    page.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_of_the_list_stand_out_from_their_ground(
    browser: Browser, server: str, theme: str
) -> None:
    page = browser.new_page(color_scheme=theme)  # type: ignore[arg-type]
    page.goto(server)
    link = page.get_by_role("link", name="Open the lecture")
    expect(link).to_be_visible()
    for words in (".open", "[data-testid=stCaptionContainer] p"):
        assert contrast(page, words) >= 4.5, words
    page.close()


def test_links_between_pages_stay_in_their_tab(page: Page, server: str) -> None:
    page.goto(server)
    page.get_by_role("link", name="Open the lecture").click()
    expect(shown(page)).to_be_visible()
    for name in ("claims", "references"):
        page.goto(f"{server}/{name}")
        page.get_by_role("link", name="← Lectures").click()
        expect(page.get_by_role("link", name="Open the lecture")).to_be_visible()
    assert len(pages_of(page.context)) == 1


def test_a_panel_leads_to_the_laboratory_which_runs_what_it_was_set_to(
    page: Page, server: str
) -> None:
    page.goto(f"{server}/lab/bandit?bandit.num_pulls=100&bandit.num_games=2")
    expect(page.get_by_role("heading", name="Laboratory")).to_be_visible()
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator(".js-plotly-plot .scatterlayer .trace").first).to_be_attached()
    assert "bandit.num_pulls=100" in page.url
    expect(page.get_by_role("button", name="Take it along")).to_be_visible()
    open_at(page, f"{server}/few?slide=a-run")
    page.click(".live-menu > button")
    page.get_by_role("button", name="More settings").click()
    expect(page.get_by_role("heading", name="Laboratory")).to_be_visible()
    assert "sim=cartpole" in page.url
