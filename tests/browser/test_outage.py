"""A line that breaks under a lecture, and a server that is killed: the reader's place and the run stay."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.app.faulty_server import Relay, Server, serving

PLACE = "slide=first&step=1&count.scale=2"
NO_LINE = "No connection. The run goes on when it is back."


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
def state(page: Page, relay: Relay) -> Locator:
    """The sentence of the panel, on a slide whose run has begun."""
    page.goto(f"{relay.address}/faulty?{PLACE}")
    page.locator(".live-run").click(timeout=20_000)
    page.wait_for_function("document.querySelector('.live-plot').data?.[0]?.x.length > 5")
    return page.locator(".live-state")


def place(page: Page) -> tuple[str | None, int, str]:
    """Slide, steps that are still hidden, and the query of the address."""
    slide = page.locator("section[data-slide][aria-current='true']")
    later = slide.locator("[data-step].is-later").count()
    return slide.get_attribute("data-slide"), later, page.evaluate("location.search")


def drawn(page: Page) -> list[list[int]]:
    return page.evaluate("document.querySelector('.live-plot').data.map(line => [...line.x])")


def assert_nothing_is_in_the_way(page: Page) -> None:
    assert page.locator("[role=dialog]:visible, [data-testid=stException]").count() == 0
    page.keyboard.press("ArrowRight")  # the lecture still listens
    page.keyboard.press("ArrowLeft")


def assert_finished(page: Page, state: Locator) -> None:
    expect(state).to_have_text("Finished at 149 steps.", timeout=30_000)
    page.wait_for_function("document.querySelector('.live-plot').data[0].x.length === 150")
    assert drawn(page) == [list(range(150))]
    slide, later, query = place(page)
    assert (slide, later) == ("first", 1)
    assert set(PLACE.split("&")) <= set(query[1:].split("&"))
    assert_nothing_is_in_the_way(page)


def test_a_line_that_was_cut(page: Page, relay: Relay, state: Locator) -> None:
    relay.cut()
    expect(state).to_have_text(NO_LINE)
    page.wait_for_timeout(1500)
    assert_nothing_is_in_the_way(page)
    relay.mend()
    assert_finished(page, state)


def test_a_line_that_went_dead_without_a_word(page: Page, relay: Relay, state: Locator) -> None:
    relay.silence()
    expect(state).to_have_text(NO_LINE, timeout=30_000)
    relay.mend()
    expect(state).to_have_text(re.compile("^Finished|^Stopped"), timeout=30_000)
    assert_nothing_is_in_the_way(page)


def test_a_browser_that_was_offline(page: Page, relay: Relay, state: Locator) -> None:
    page.context.set_offline(True)
    relay.cut()
    expect(state).to_have_text(NO_LINE)
    relay.mend()
    page.context.set_offline(False)
    assert_finished(page, state)


def test_a_server_that_was_killed(page: Page, server: Server, state: Locator) -> None:
    server.kill()
    expect(state).to_have_text(NO_LINE)
    assert_nothing_is_in_the_way(page)
    server.start()
    assert_finished(page, state)


def test_a_laptop_that_was_closed_for_long(page: Page, relay: Relay, state: Locator) -> None:
    relay.cut()
    page.wait_for_timeout(6000)
    relay.mend()
    expect(state).to_have_text(
        re.compile(r"^Stopped at \d+ steps, because nobody was watching\.$"), timeout=20_000
    )
    page.locator(".live-run").click()
    assert_finished(page, state)
