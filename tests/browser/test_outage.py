"""A line that breaks under a lecture, and a server that is killed: the reader's place and the run stay."""

import itertools
import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.app.faulty_server import PATIENCE, Relay, Server, serving

SEEDS = itertools.count(1)  # each test has a run of its own, which nobody has finished before it
NO_LINE = "No connection. The run continues when it is back."


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("outage")) as server:
        yield server


@pytest.fixture
def relay(server: Server) -> Iterator[Relay]:
    relay = Relay(server.port)
    yield relay
    relay.close()


@pytest.fixture
def state(page: Page, server: Server, relay: Relay) -> Iterator[Locator]:
    """The sentence of the panel, on a slide whose run has begun and waits for `gate`."""
    server.gate.unlink()
    page.goto(f"{relay.address}/faulty?slide=first&step=1&count.seed={next(SEEDS)}")
    page.locator(".live-run").click()
    wait_for_points(page, 6)
    yield page.locator(".live-state")
    server.gate.touch()


def drawn(page: Page) -> list[list[int]]:
    return page.evaluate(
        "document.querySelector('.live-plot').data?.map(line => [...line.x]) ?? []"
    )


def wait_for_points(page: Page, count: int) -> None:
    """Until the curve has so many (asked from here: the page may evaluate no text)."""
    deadline = time.monotonic() + PATIENCE
    while not any(len(x) >= count for x in drawn(page)) and time.monotonic() < deadline:
        page.wait_for_timeout(100)


def assert_nothing_is_in_the_way(page: Page) -> None:
    assert page.locator("[role=dialog]:visible, [data-testid=stException]").count() == 0
    assert page.locator(".practicum").evaluate("lecture => !lecture.closest('[inert]')")
    later = page.locator("section[aria-current='true'] [data-step].is-later")
    page.keyboard.press("ArrowRight")
    expect(later).to_have_count(0)
    page.keyboard.press("ArrowLeft")
    expect(later).to_have_count(1)


def assert_finished(page: Page, state: Locator, server: Server) -> None:
    server.gate.touch()
    expect(state).to_have_text("Finished at 149 steps.")
    wait_for_points(page, 150)
    assert drawn(page) == [list(range(150))]
    slide = page.locator("section[data-slide][aria-current='true']")
    expect(slide).to_have_attribute("data-slide", "first")
    query = page.evaluate("location.search")
    assert re.fullmatch(r"\?slide=first&step=1&count\.seed=\d+", query), query
    assert_nothing_is_in_the_way(page)


def test_a_line_that_was_cut(page: Page, server: Server, relay: Relay, state: Locator) -> None:
    relay.cut()
    expect(state).to_have_text(NO_LINE)
    page.wait_for_timeout(1500)
    assert_nothing_is_in_the_way(page)
    relay.repair()
    assert_finished(page, state, server)


def test_a_line_that_went_dead_without_a_word(
    page: Page, server: Server, relay: Relay, state: Locator
) -> None:
    relay.silence()
    expect(state).to_have_text(NO_LINE)
    relay.repair()
    server.gate.touch()
    expect(state).to_have_text(re.compile("^Finished|^Stopped"))
    assert_nothing_is_in_the_way(page)


def test_a_browser_that_was_offline(
    page: Page, server: Server, relay: Relay, state: Locator
) -> None:
    page.context.set_offline(True)
    relay.cut()
    expect(state).to_have_text(NO_LINE)
    relay.repair()
    page.context.set_offline(False)
    assert_finished(page, state, server)


def test_a_server_that_was_killed(page: Page, server: Server, state: Locator) -> None:
    server.kill()
    try:
        expect(state).to_have_text(NO_LINE)
        page.wait_for_timeout(5000)  # after some tries Streamlit would open a dialog over the slide
        assert_nothing_is_in_the_way(page)
    finally:
        server.start()
    assert_finished(page, state, server)


def test_a_laptop_that_was_closed_for_long(
    page: Page, server: Server, relay: Relay, state: Locator
) -> None:
    relay.cut()
    page.wait_for_timeout(6000)
    relay.repair()
    expect(state).to_have_text(re.compile(r"^Stopped at \d+ steps, because nobody was watching\.$"))
    page.locator(".live-run").click()
    assert_finished(page, state, server)
