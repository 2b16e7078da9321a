"""The wall and the presenter window beside it: what both show of a slide and its run."""

from playwright.sync_api import Locator, Page, expect

from .player_page import until
from .stage_page import shown

PATIENCE = 45_000  # ms


def small(presenter: Page) -> Locator:
    return presenter.locator(".miniature").first


def over(presenter: Page) -> Locator:
    return small(presenter).locator(".miniature-over")


def button(where: Page | Locator) -> Locator:
    return (shown(where) if isinstance(where, Page) else where).locator(".live-run")


def points(where: Locator) -> list[int]:
    """How many points each line of the chart has."""
    return where.locator(".live-plot").evaluate("e => (e.data ?? []).map(line => line.x.length)")


def same(page: Page, presenter: Page) -> None:
    """Both show the same words and values of the run, and as many points."""
    wall = shown(page)
    for part in (".live-run", ".live-state", "[data-param=learning_rate] b"):
        expect(small(presenter).locator(part).first).to_have_text(
            wall.locator(part).first.inner_text(), timeout=PATIENCE
        )
    until(page, lambda: points(small(presenter)) == points(wall))
