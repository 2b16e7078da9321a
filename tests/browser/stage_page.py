"""A lecture in a browser, and the presenter window beside it: what tests of both share."""

import itertools

from playwright.sync_api import BrowserContext, Locator, Page, expect

SEEDS = itertools.count(1)  # a run that ended is kept, and the same again would be over at once
SHOWN = "section[data-slide][aria-current='true']"


def shown(page: Page) -> Locator:
    """The slide that is on the screen."""
    return page.locator(SHOWN)


def expect_at(page: Page, slide: str) -> Locator:
    """Wait until `slide` is on the screen; its section."""
    expect(shown(page)).to_have_attribute("data-slide", slide)
    return shown(page)


def opened(context: BrowserContext, url: str) -> Page:
    """A new page on a lecture, once a slide is on it."""
    page = context.new_page()
    page.goto(url)
    expect(shown(page)).to_have_count(1)
    return page


def notes(presenter: Page) -> Locator:
    return presenter.get_by_role("region", name="notes")


def presenter_of(page: Page) -> Page:
    """The presenter window that P opens."""
    with page.context.expect_page() as made:
        page.keyboard.press("p")
    expect(notes(made.value)).not_to_be_empty()
    return made.value
