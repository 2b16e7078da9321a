"""The pages of a class: the wall, a laptop that follows and a phone, each with its own storage."""

import io

import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, expect

from .stage_page import opened

PHONE: ViewportSize = {"width": 390, "height": 844}
LAPTOP: ViewportSize = {"width": 1280, "height": 720}


class Class:
    """The pages of one room."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.url = url
        self.base = url.rsplit("/", 1)[0]
        self.contexts = [
            browser.new_context(viewport=LAPTOP),
            browser.new_context(viewport=LAPTOP, has_touch=True),  # rules for fingers hold
            browser.new_context(viewport=PHONE),
        ]
        self.faults: list[str] = []
        for context in self.contexts:
            context.set_default_timeout(45_000)
            context.on("weberror", lambda error: self.faults.append(str(error.error)))
        self.wall = opened(self.contexts[0], url)
        self.wall.keyboard.press("q")
        expect(self.wall.locator(".room-code")).to_be_visible()
        self.code = self.wall.locator(".room-code").inner_text()

    def follower(self) -> Page:
        return opened(self.contexts[1], f"{self.url}?room={self.code}")

    def phone(self) -> Page:
        """A phone that has scanned the code on the wall, as its camera sees it."""
        picture = Image.open(io.BytesIO(self.wall.screenshot()))
        [scanned] = zxingcpp.read_barcodes(picture)
        page = self.contexts[2].new_page()
        page.goto(scanned.text)
        return page
