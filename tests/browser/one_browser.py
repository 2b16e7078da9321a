"""The one Chromium of a process of the suite, and its visitors: tests of all files share its start,
and those of warm visitors its cache, but nothing that a page has stored."""

import asyncio
import contextlib
from collections.abc import Iterator

from playwright.sync_api import (
    Browser,
    BrowserContext,
    Error,
    Frame,
    Page,
    Playwright,
    ViewportSize,
)

LAPTOP: ViewportSize = {"width": 1280, "height": 720}
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
    "--process-per-site", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]  # fmt: skip
# An empty page that stays open. With --process-per-site its process serves the warm visitors one
# after the other, and finds scripts, faces and styles of the last page in its memory.
KEEPER = "http://127.0.0.1/keeper"


@contextlib.contextmanager
def inside(loop: asyncio.AbstractEventLoop | None) -> Iterator[None]:
    """Between its calls Playwright leaves its event loop marked as the one that runs in this
    thread; here it is. Elsewhere the mark is taken away, or no other loop could be started."""
    asyncio._set_running_loop(loop)
    yield
    asyncio._set_running_loop(None)


class Session:
    """The browser of all files that a process of the suite runs."""

    def __init__(self, playwright: Playwright, program: str) -> None:
        self.playwright, self._program = playwright, program
        self.loop = asyncio.get_running_loop()
        self._browser: Browser | None = None
        self._warm: BrowserContext | None = None

    def browser(self) -> Browser:
        """Started with the first call, and again after its end."""
        if not self._browser or not self._browser.is_connected():
            self._browser, self._warm = self._launch(), None
        return self._browser

    def warm(self) -> BrowserContext:
        if not self._warm:
            self._warm = self.browser().new_context(viewport=LAPTOP)
            keeper = self._warm.new_page()
            keeper.route("**/*", lambda route: route.fulfill(content_type="text/html"))
            keeper.goto(KEEPER)
        return self._warm

    def _launch(self) -> Browser:
        return self.playwright.chromium.launch(executable_path=self._program, args=FLAGS)


def pages_of(context: BrowserContext) -> list[Page]:
    """The windows of a visitor."""
    return [page for page in context.pages if page.url != KEEPER]


@contextlib.contextmanager
def forgotten(context: BrowserContext) -> Iterator[None]:
    """Close at the end all pages that were opened, and drop what they have stored."""
    origins: set[str] = set()

    def note(frame: Frame) -> None:
        origins.add("/".join(frame.url.split("/", 3)[:3]))

    def watch(page: Page) -> None:
        page.on("framenavigated", note)

    context.on("page", watch)
    yield
    context.remove_listener("page", watch)
    context.set_offline(False)
    for page in pages_of(context):
        with contextlib.suppress(Error):  # it crashed
            page.close()
    empty = context.new_page()
    session = context.new_cdp_session(empty)
    kinds = "cookies,local_storage,indexeddb,cache_storage,service_workers"
    for origin in origins:
        if origin.startswith("http"):
            session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": kinds})
    empty.close()
