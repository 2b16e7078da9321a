"""A reader on a slow line sees the slide before any script has come, and one slide afterwards; the
lecture does not wait for Streamlit."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from .stage_page import expect_at, shown


@pytest.fixture
def address(page: Page, lecture_server: str) -> str:
    """Of the lecture, which the server has read: a page never waits for that."""
    page.goto(f"{lecture_server}/overview")
    expect_at(page, "title")
    return f"{lecture_server}/overview"


def test_the_slide_can_be_read_without_scripts_and_gives_way_to_the_stage(
    page: Page, address: str
) -> None:
    held: list[Route] = []
    is_slow = True
    page.route("**/*.js", lambda route: held.append(route) if is_slow else route.continue_())
    page.goto(f"{address}?slide=kl", wait_until="commit")
    copy = page.locator("#first-slide")
    expect(copy.get_by_role("heading")).to_contain_text("KL says how far")
    expect(copy.locator("math").first).to_be_visible()
    assert page.locator("section[data-slide]").count() == 0
    for key in ("Home", "ArrowRight", "o", "Control+b"):
        page.keyboard.press(key)
    is_slow = False
    for one in held:
        one.continue_()
    overview = page.get_by_role("dialog", name="Overview")
    expect(overview).to_be_visible()  # what was pressed meanwhile is done, each once and in order
    assert page.evaluate("document.querySelectorAll('dialog[open]').length") == 1
    page.keyboard.press("Escape")
    expect_at(page, "how-to-read")  # the second: from the place that Home led to
    expect(copy).to_have_count(0)


def test_the_copy_has_the_theme_that_was_chosen(page: Page, address: str) -> None:
    page.keyboard.press("d")
    expect(page.locator(".practicum > .stage")).to_have_attribute("data-theme", "dark")
    page.route("**/*.js", lambda route: route.abort())
    page.goto(f"{address}?slide=proxy", wait_until="commit")
    expect(page.locator("#first-slide > .stage")).to_have_attribute("data-theme", "dark")


MAIN = "main:not([inert] *)"
STREAMLIT = "[data-testid=stBidiComponentRegular]"


def open_before_streamlit(page: Page, address: str) -> Callable[[], None]:
    """Open a page whose Streamlit does not come; what is returned lets it come."""
    held: list[Route] = []
    is_held = True
    page.route(
        "**/static/js/**", lambda route: held.append(route) if is_held else route.continue_()
    )
    page.goto(address, wait_until="commit")

    def release() -> None:
        nonlocal is_held
        is_held = False
        for one in held:
            one.continue_()
        expect(page.locator(STREAMLIT)).to_be_attached()

    return release


def test_the_lecture_does_not_wait_for_streamlit_and_stays_when_it_comes(
    page: Page, address: str
) -> None:
    release = open_before_streamlit(page, f"{address}?slide=proxy")
    expect(shown(page)).to_have_attribute("data-slide", "proxy")
    page.keyboard.press("ArrowRight")
    page.evaluate("document.querySelector('.practicum').isSame = true")
    title = page.title()
    assert title.endswith(" · Practicum")
    release()
    page.keyboard.press("ArrowLeft")
    expect(shown(page)).to_have_attribute("data-slide", "proxy")
    assert page.evaluate("document.querySelector('.practicum').isSame")
    assert page.locator(".practicum").count() == 1
    page.keyboard.press("ArrowRight")
    expect(page).to_have_title(title)


MAY_CHANGE = {"/overview", "/api/claims", "/_stcore/health", "/_stcore/host-config"}


def sent_for(page: Page, address: str) -> set[str]:
    """The paths of what the server sends until a visitor has Streamlit too."""
    asked: dict[str, str] = {}
    sent: set[str] = set()
    network = page.context.new_cdp_session(page)

    def finished(event: dict[str, Any]) -> None:
        if event["encodedDataLength"] and event["requestId"] in asked:  # 0: from the cache
            sent.add(urlsplit(asked[event["requestId"]]).path)

    def request(event: dict[str, Any]) -> None:
        asked[event["requestId"]] = event["request"]["url"]

    network.on("Network.requestWillBeSent", request)
    network.on("Network.loadingFinished", finished)
    network.send("Network.enable")
    page.goto(address)
    expect(page.locator(STREAMLIT)).to_be_attached()
    page.wait_for_load_state("networkidle")
    network.detach()
    return sent


def test_who_comes_again_is_sent_only_what_may_have_changed(page: Page, address: str) -> None:
    first = sent_for(page, address)
    again = sent_for(page, address)
    assert "/_stcore/health" in again  # and not below /overview/ first
    assert first & again <= MAY_CHANGE


def test_streamlit_changes_no_paragraph_and_takes_no_focus(page: Page, address: str) -> None:
    look = """() => [...document.querySelectorAll('.practicum .slide p')].map(one => {
      const { margin, fontSize } = getComputedStyle(one)
      return margin + " " + fontSize
    })"""
    release = open_before_streamlit(page, f"{address}?view=read")
    expect(page.locator(".practicum .slide p").last).to_be_attached()
    before = page.evaluate(look)
    release()
    assert len(before) > 100
    assert page.evaluate(look) == before
    expect(page.locator(".reading")).to_be_focused()  # so that the arrow keys scroll


def test_the_lecture_is_the_one_landmark_before_streamlit_and_beside_it(
    page: Page, address: str
) -> None:
    release = open_before_streamlit(page, f"{address}?slide=kl")
    expect_at(page, "kl")
    expect(page.locator(MAIN)).to_have_count(1)
    release()
    # Its page is there, empty: nothing of it is read out, and Tab leads into the slide.
    expect(page.locator("main")).to_have_count(2)
    expect(page.locator(MAIN)).to_have_count(1)
    assert page.locator(f"{MAIN}:has(.practicum)").count() == 1
    page.keyboard.press("Tab")
    expect(page.locator(".practicum :focus")).to_have_count(1)


def test_a_lecture_that_comes_late_comes_once(page: Page, address: str) -> None:
    """Without Streamlit another script opens it after eight seconds, but not this one too."""
    page.route("**/static/js/**", lambda _: None)
    held: list[Route] = []
    page.route("**/joined/views/stage.js", lambda route: held.append(route))
    page.clock.install()
    page.goto(address, wait_until="domcontentloaded")
    page.clock.fast_forward(9_000)
    page.evaluate("fetch('api/decks/overview/newest.json', { method: 'HEAD' })")
    for _ in range(3):  # by then that script has had the answer to the same question
        page.evaluate("fetch('api/health')")
    page.clock.resume()
    for one in held:
        one.continue_()
    expect_at(page, "title")
    assert page.locator(".practicum").count() == 1
    page.keyboard.press("ArrowRight")
    expect_at(page, "how-to-read")


@pytest.mark.parametrize("path", ["", "claims", "lab", "references", "overview"])
def test_a_tab_never_says_streamlit(page: Page, lecture_server: str, path: str) -> None:
    page.route("**/static/js/**", lambda route: route.abort())
    page.route("**/joined/**", lambda route: route.abort())
    page.goto(f"{lecture_server}/{path}", wait_until="commit")
    expect(page).to_have_title(re.compile("Practicum$"))
    icon = page.locator("link[rel='shortcut icon']")
    expect(icon).to_have_attribute("href", re.compile("^data:image/svg"))


@pytest.mark.parametrize("path", ["claims", "lab", "references"])
def test_each_page_has_a_title_of_its_own(page: Page, lecture_server: str, path: str) -> None:
    page.goto(f"{lecture_server}/{path}")
    name = {"lab": "Laboratory"}.get(path, path.capitalize())
    expect(page).to_have_title(f"{name} · Practicum")
