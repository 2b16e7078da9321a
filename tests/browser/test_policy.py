"""The Content-Security-Policy: the app works under it, and nothing that was injected runs."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from .player_page import until

INJECTED = """() => {
  window.harm = []
  const box = document.createElement("div")
  box.innerHTML = `<img src="x" onerror="harm.push('handler')"><a href="javascript:harm.push('link')">go</a>`
  document.body.append(box)
  const inline = document.createElement("script")
  inline.textContent = "harm.push('inline')"
  document.body.append(inline)
  const outside = document.createElement("script")
  outside.src = "data:text/javascript,harm.push('data')"
  document.body.append(outside)
  box.querySelector("a").click()
}"""


@pytest.fixture
def watched(browser: Browser) -> Iterator[tuple[Page, list[str]]]:
    """A page, and what the policy refused on it."""
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    page, refused = context.new_page(), []
    page.on(
        "console",
        lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None,
    )
    yield page, refused
    context.close()


@pytest.mark.parametrize("path", ["/", "/references", "/overview?slide=temperature"])
def test_our_own_pages_need_nothing_that_is_refused(
    watched: tuple[Page, list[str]], lecture_server: str, path: str
) -> None:
    page, refused = watched
    page.goto(lecture_server + path)
    page.wait_for_load_state("networkidle")
    expect(page.locator("h1:visible, h2:visible").first).to_be_visible()
    assert refused == []


def test_an_injected_script_does_not_run(
    watched: tuple[Page, list[str]], lecture_server: str
) -> None:
    page, refused = watched
    page.goto(f"{lecture_server}/overview")
    expect(page.locator("section[data-slide][aria-current=true]")).to_be_visible()
    page.evaluate(INJECTED)
    # Each is reported when the browser comes to it; what runs in its place is seen at once.
    until(page, lambda: len(refused) >= 4 or page.evaluate("window.harm.length") > 0)
    assert page.evaluate("window.harm") == []
