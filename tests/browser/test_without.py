"""A lecture in a browser that keeps nothing, without a part that failed, and without a connection.

Slides are shown and flipped in every case; one sentence says what is missing, and what comes back
is used without a reload.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, Route, WebSocketRoute, expect

from .player_page import until

DECK = """---
title: Without
---

# Without

---

## First

One, $x^2$.

<!-- step -->

Two.

---

## Drawn

```chart
type: bar
data: {labels: [a, b], datasets: [{label: wins, data: [3, 5]}]}
```

---

## Asked

```vote
question: Which one?
options: [This, That]
```

---

## Run

```sim
sim: bandit
id: pulls
controls: [seed]
```
"""
SHOWN = "section[data-slide][aria-current='true']"
NOTICE = ".notices"
THROWS = """for (const name of ["localStorage", "sessionStorage"])
  Object.defineProperty(window, name, { get() { throw new DOMException("denied", "SecurityError") } })
window.BroadcastChannel = class { constructor() { throw new DOMException("denied", "SecurityError") } }
"""
FULL = """Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError") }
"""
JUNK = ["", "{", "null", "[]", '"x"', '{"from": "y", "before": {}}', "\\u0000", "-1", "purple"]
KEYS = [
    "practicum.theme", "practicum.pair", "practicum.notes-size", "practicum.read-notes",
    "practicum.timer.without.7", "vote:without:asked",
]  # fmt: skip


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, serve: Callable) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("without")
    (folder / "without.md").write_text(DECK)
    with serve(folder) as address:
        yield address


def open_slide(page: Page, address: str, slide: str) -> None:
    page.goto(f"{address}/without?slide={slide}")
    expect(page.locator(SHOWN)).to_have_attribute("data-slide", slide, timeout=60_000)


def expect_every_view_to_work(page: Page, address: str) -> None:
    """Do in each view what needs storage."""
    open_slide(page, address, "first")
    page.keyboard.press("d")
    expect(page.locator(".stage[data-theme='dark']").first).to_be_attached()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator(SHOWN)).to_have_attribute("data-slide", "drawn")
    expect(page.locator(f"{SHOWN} .live-plot .bars").first).to_be_visible(timeout=60_000)
    page.keyboard.press("ArrowRight")
    page.get_by_role("button", name="This", exact=True).click(timeout=60_000)
    expect(page.locator(f"{SHOWN} .live-state")).to_have_text("1 vote")
    page.goto(f"{address}/without?view=read")
    expect(page.locator("#first .slide")).to_be_attached(timeout=60_000)
    page.keyboard.press("n")
    expect(page.get_by_role("button", name="Notes")).to_have_attribute("aria-pressed", "false")
    page.goto(f"{address}/without?view=presenter&pair=7&slide=first")
    expect(page.locator(".presenter-elapsed")).to_have_text("0:00", timeout=60_000)
    page.get_by_role("button", name="start or pause the timer").click()
    expect(page.get_by_role("button", name="start or pause the timer")).to_have_text("Pause")
    page.get_by_role("button", name="larger notes").click()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".presenter-place")).to_have_text("Slide 2 of 5")


@pytest.mark.parametrize("kind", ["throws", "full", "garbage"])
def test_every_view_works_without_storage(page: Page, address: str, kind: str) -> None:
    junk = f"""for (const store of [localStorage, sessionStorage])
        for (const [k, key] of {json.dumps(KEYS)}.entries())
            store.setItem(key, {json.dumps(JUNK)}[(k + 4) % {len(JUNK)}])"""
    page.add_init_script({"throws": THROWS, "full": FULL, "garbage": junk}[kind])
    expect_every_view_to_work(page, address)


def test_every_kind_of_garbage_is_dropped(page: Page, address: str) -> None:
    """Each text under each key, read by the module that every view uses."""
    open_slide(page, address, "first")
    page.goto(f"{address}/without?view=presenter&pair=7&slide=first")
    for text in JUNK:
        page.evaluate(
            "([keys, text]) => keys.forEach(key => localStorage.setItem(key, text))", [KEYS, text]
        )
        page.reload()
        expect(page.locator(".presenter-elapsed")).to_have_text("0:00", timeout=60_000)
        assert page.evaluate("localStorage.getItem('practicum.theme')") is None, text


def test_a_browser_told_to_block_site_data(
    playwright_of: Playwright, chromium: str, tmp_path: Path, address: str
) -> None:
    (tmp_path / "Default").mkdir()
    settings = {"profile": {"default_content_setting_values": {"cookies": 2}}}
    (tmp_path / "Default" / "Preferences").write_text(json.dumps(settings))
    context = playwright_of.chromium.launch_persistent_context(
        tmp_path, executable_path=chromium, args=["--no-sandbox", "--disable-gpu"], headless=True
    )
    page = context.new_page()
    try:
        open_slide(page, address, "first")
        refused = "() => { try { return localStorage.length } catch (error) { return error.name } }"
        assert page.evaluate(refused) == "SecurityError"
        expect_every_view_to_work(page, address)
        for other in ("", "references", "claims"):
            page.goto(f"{address}/{other}")
            expect(page.locator("h1").first).to_be_visible(timeout=60_000)
    finally:
        context.close()


def failing(page: Page, pattern: str, count: int) -> list[str]:
    """Let the first `count` requests for `pattern` fail; the list of all of them."""
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) > count:
            route.fallback()
        elif len(asked) % 2:
            route.abort()
        else:
            route.fulfill(status=404, body="gone")

    page.route(pattern, answer)
    return asked


@pytest.mark.parametrize(
    "names",
    [
        ("stage.js",),
        ("slides.css", "api/decks/**", "kinds.js", "media/**"),  # what that asks for
    ],
    ids=lambda names: names[0],
)
def test_what_failed_once_is_asked_for_again(
    page: Page, address: str, names: tuple[str, ...]
) -> None:
    # A module may be asked for once beforehand, then in earnest.
    asked = {name: failing(page, f"**/{name}", 1 + name.endswith(".js")) for name in names}
    open_slide(page, address, "drawn")
    expect(page.locator(f"{SHOWN} .live-plot .bars").first).to_be_visible(timeout=60_000)
    expect(page.locator(NOTICE)).to_be_hidden(timeout=60_000)
    position = page.locator(".practicum").evaluate("root => getComputedStyle(root).position")
    assert position == "fixed"
    for name, urls in asked.items():
        assert len(urls) > 1, name
        if name.endswith(".js"):
            assert len(set(urls)) > 1, "some browsers keep the failure of a module's address"


def test_without_the_chart_library_its_numbers_are_seen(page: Page, address: str) -> None:
    library = "**/plotly.min.js"
    asked = failing(page, library, 1_000)  # who asks first, and how often, is not of interest
    open_slide(page, address, "drawn")
    sorry = page.locator(f"{SHOWN} .live-note[role=status]")
    expect(sorry).to_have_text(
        "The chart library did not load. This page keeps trying.", timeout=60_000
    )
    expect(page.locator(f"{SHOWN} table")).to_be_visible()
    assert len(set(asked)) == len(asked) >= 3, "an address that failed is not asked for twice"
    page.unroute(library)
    expect(page.locator(f"{SHOWN} .live-plot .bars").first).to_be_visible(timeout=60_000)
    expect(sorry).to_have_count(0)


def test_a_part_that_cannot_be_had_says_so_in_its_place(page: Page, address: str) -> None:
    module = "**/blocks/kinds.js"
    failing(page, module, 1_000)
    open_slide(page, address, "asked")
    sorry = page.locator(f"{SHOWN} .live-missing")
    expect(sorry).to_contain_text("This part did not load.", timeout=60_000)
    page.unroute(module)
    sorry.get_by_role("button").first.click()
    expect(page.get_by_role("button", name="That")).to_be_visible(timeout=60_000)
    expect(sorry).to_have_count(0)


def test_without_the_deck_a_sentence_until_it_comes(page: Page, address: str) -> None:
    failing(page, "**/api/decks/**", 3)
    page.goto(f"{address}/without?slide=first")
    expect(page.locator(NOTICE)).to_contain_text("The lecture did not load", timeout=60_000)
    expect(page.locator(SHOWN)).to_have_attribute("data-slide", "first", timeout=60_000)
    expect(page.locator(NOTICE)).to_be_hidden()


def test_without_a_socket_slides_figures_and_a_sentence(page: Page, address: str) -> None:
    page.add_init_script("""const Real = WebSocket
    window.WebSocket = class extends Real { constructor(url, more) {
        if (!window.isOpen && String(url).includes("/api/live")) throw new DOMException("no", "SecurityError")
        super(url, more) } }""")
    open_slide(page, address, "first")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator(f"{SHOWN} .live-plot .bars").first).to_be_visible(timeout=60_000)
    expect(page.locator(NOTICE)).to_contain_text("No live connection", timeout=60_000)
    page.evaluate("window.isOpen = true")
    expect(page.locator(NOTICE)).to_be_hidden()
    page.keyboard.press("End")
    page.locator(f"{SHOWN} .live-run").click(timeout=60_000)
    expect(page.locator(f"{SHOWN} .live-state")).to_contain_text("Finished", timeout=60_000)


def test_without_streamlits_own_socket_the_lecture_and_a_sentence(page: Page, address: str) -> None:
    page.route_web_socket("**/_stcore/stream", lambda socket: socket.close())
    page.goto(f"{address}/without?slide=first")
    expect(page.locator(SHOWN)).to_have_attribute("data-slide", "first", timeout=60_000)
    page.keyboard.press("End")
    page.locator(f"{SHOWN} .live-run").click(timeout=60_000)
    expect(page.locator(f"{SHOWN} .live-state")).to_contain_text("Finished", timeout=60_000)
    page.goto(f"{address}/claims")
    expect(page.locator(".no-connection")).to_contain_text(
        "needs a live connection", timeout=60_000
    )


def test_another_version_of_the_server_loads_the_page_anew_once(page: Page, address: str) -> None:
    lines: list[WebSocketRoute] = []
    asked: list[str] = []

    def relay(line: WebSocketRoute) -> None:
        lines.append(line)
        line.connect_to_server()

    def answer(route: Route) -> None:
        if route.request.method != "HEAD":
            return route.continue_()
        asked.append(route.request.url)
        deck = Path(route.request.url).stem
        return route.fulfill(headers={"x-web-hash": "another", "x-deck-hash": deck})

    # As if the page had been open for long: a fresh one does not reload in any case.
    page.add_init_script(
        "const now = performance.now.bind(performance); performance.now = () => now() + 1e6"
    )
    page.route_web_socket("**/api/live", relay)
    open_slide(page, address, "first")
    page.keyboard.press("ArrowRight")
    until(page, lambda: bool(lines))
    page.route("**/api/decks/**", answer)
    with page.expect_navigation():
        lines[-1].close(code=1012, reason="restart")
    expect(page.locator(SHOWN)).to_have_attribute("data-slide", "first")
    expect(page.get_by_text("Two.")).to_be_visible()  # the same step
    page.evaluate("window.isSame = true")
    for _ in range(2):  # the first answer has been dealt with when the second one comes
        before = len(asked)
        lines[-1].close(code=1012, reason="restart")
        until(page, lambda before=before: len(asked) > before)
    assert page.evaluate("window.isSame"), "two versions behind a proxy would reload it for ever"
