"""A reader on a slow line sees the slide before any script has come, and one slide afterwards; the
lecture does not wait for Streamlit."""

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
