"""Visitors of tests that share a cache share nothing else."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page

from . import player_server
from .one_browser import pages_of

pytestmark = pytest.mark.warm_cache
FOUND = """() => [localStorage.length, sessionStorage.length, document.cookie, navigator.onLine,
  performance.getEntriesByType("resource").filter((one) => one.transferSize > 0).length]"""


@pytest.fixture(scope="module")
def harness() -> Iterator[str]:
    """At an address where no visitor of another file has been."""
    with player_server.serving() as url:
        yield url


def test_the_first_visitor_leaves_much_behind(page: Page, harness: str) -> None:
    page.goto(harness)
    page.wait_for_selector("html[data-ready]", state="attached")
    local, session, cookie, is_online, transferred = page.evaluate(FOUND)
    assert (local, session, cookie, is_online) == (0, 0, "", True)
    assert transferred > 20
    page.evaluate("""() => {
      for (const store of [localStorage, sessionStorage]) store.setItem("practicum.theme", "dark")
      document.cookie = "replica=1; max-age=1000"
      addEventListener("pagehide", () => localStorage.setItem("practicum.late", "1"))
    }""")
    page.context.new_page()
    page.context.set_offline(True)


def test_the_next_one_finds_the_cache_alone(
    page: Page, context: BrowserContext, harness: str
) -> None:
    page.goto(harness)
    page.wait_for_selector("html[data-ready]", state="attached")
    assert pages_of(context) == [page]
    assert page.evaluate(FOUND) == [0, 0, "", True, 0]
