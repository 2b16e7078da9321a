"""An exported site without its server: from a folder (file://), and below a path of a web host."""

import functools
import http.server
import random
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from engine.runs.results import recordings

from .stage_page import expect_at, opened, presenter_of

ROOT = Path(__file__).resolve().parents[2]
LEARN = """```sim
sim: cartpole
id: learn
params: {algorithm: reinforce_baseline}
controls: [learning_rate, gamma]
chart: {x: env_steps, y: [greedy_return]}
```"""
BASE = "https://me.example/a%20course/of%20ours/"
DECK = f"""---
title: Elsewhere
---

# Elsewhere

---

## Learn

![A pole](pole.svg)

{LEARN}

---

## Drive

$x^2$

```play
play: cartpole
```

---

## Live

```sim
sim: thermostat
id: live
controls: [switch_point]
chart: {{x: step, y: [exact_comfort, best_comfort]}}
```

---

## Ahead

```sim
sim: dpo
id: ahead
controls: [beta, noise]
grid: {{beta: 3}}
chart: {{x: step, y: [kl]}}
```

---

## End

[Again](?slide=learn) and [all claims](claims).

<!-- notes: LONG -->

---

## Beside

<!-- aside: true -->

Beside the path, with [1].

$y^3$
""".replace("LONG", random.Random(4).randbytes(60_000).hex())  # so the deck comes in two parts
POLE = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="9"><path d="M0 0h90"/></svg>'
CLAIMS = """- {id: C1, sentence: Poles fall., slide: learn, status: opinion}
- {id: C8, sentence: Carts roll., slide: drive, status: opinion}
"""
SERIES = """() => document.querySelector("[aria-current='true'] .live-plot").data
    .filter((trace) => trace.x?.length > 5).map(({ x, y }) => [[...x], [...y]])"""


KEPT = """async () => {
    for (;;) {
        const [name] = await caches.keys()
        const kept = name ? await (await caches.open(name)).keys() : []
        const has = (end) => kept.some(({ url }) => url.endsWith(end))
        if (["/pole.svg", "/api/live.js", "/claims.html"].every(has)) return
        await new Promise((done) => setTimeout(done, 50))
    }
}"""


AHEAD = """async () => {  // the picture of a slide that nobody has looked at comes as well
    while (![...document.images].some((one) => one.naturalWidth === 90))
        await new Promise((done) => setTimeout(done, 50))
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("decks")
    (folder / "elsewhere.md").write_text(DECK, encoding="utf-8")
    (folder / "pole.svg").write_text(POLE)
    (folder / "content").mkdir()  # a course has its own claims, not ours
    (folder / "content/claims.yaml").write_text(CLAIMS)
    for beta in (0.05, 0.5, 2.0):  # both ends, and the deck's own
        frames = [f'{{"step": {k}, "kl": {beta * k}}}' for k in range(9)]
        recordings.write("dpo", {"beta": beta}, frames, {"seconds": 3}, folder / "content/recorded")
    out = tmp_path_factory.mktemp("web") / "a course" / "of ours"
    command = [sys.executable, "-m", "engine", "export", "site", str(out), "--base-url", BASE]
    command.append("--grid")
    subprocess.run([*command, "--lectures", str(folder)], check=True, cwd=ROOT)
    return out


@pytest.fixture(scope="module")
def host(site: Path) -> Iterator[str]:
    """The site as `python -m http.server` has it, two folders down."""
    home = functools.partial(Quiet, directory=str(site.parents[1]))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), home) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/a%20course/of%20ours/"
        server.shutdown()


class Quiet(http.server.SimpleHTTPRequestHandler):
    """As GitHub Pages does, it answers with 404.html where there is nothing."""

    def log_message(self, format: str, *args: object) -> None:
        pass

    def send_error(self, code: int, *_: object) -> None:
        self.send_response(code)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write((Path(self.directory) / "a course/of ours/404.html").read_bytes())


@pytest.fixture(params=["folder", "host"])
def base(request: pytest.FixtureRequest, site: Path) -> str:
    return request.getfixturevalue("host") if request.param == "host" else f"{site.as_uri()}/"


def test_a_lecture_opens_and_its_block_shows_what_the_server_shows(
    page: Page, base: str, publish: Callable[[str, str], str]
) -> None:
    drawn = []
    deck = DECK.replace("![A pole](pole.svg)", "")
    for address in (f"{base}elsewhere.html", publish("elsewhere", deck)):
        page.goto(f"{address}?slide=learn")
        state = expect_at(page, "learn").locator(".live-state")
        expect(state).to_contain_text("Recorded on", timeout=60_000)
        expect(page.locator("[aria-current='true'] .live-plot .js-line").first).to_be_visible()
        drawn.append(page.evaluate(SERIES))
    assert drawn[0]
    assert drawn[0] == drawn[1]


def test_what_a_page_cannot_compute_is_said_to_need_the_live_lecture(page: Page, base: str) -> None:
    page.goto(f"{base}elsewhere.html?slide=learn&learn.gamma=7&learn.env_id=Acrobot-v1")
    state = expect_at(page, "learn").locator(".live-state")
    expect(state).to_contain_text("gamma is 7. Using 1.")
    assert page.locator("img").first.evaluate("img => img.naturalWidth") == 90
    page.locator("[aria-current='true'] .live-run").click()
    expect(state).to_contain_text("This value needs the live lecture. To start it: practicum serve")
    expect(state).to_contain_text("/elsewhere?slide=learn")


def test_a_slider_moves_over_the_runs_of_a_grid_at_once(page: Page, host: str) -> None:
    page.goto(f"{host}elsewhere.html?slide=ahead")
    panel = expect_at(page, "ahead")
    state = panel.locator(".live-state")
    expect(state).to_contain_text("Recorded on", timeout=60_000)
    beta, noise = panel.locator(".live-controls input[type=range]").all()
    assert beta.get_attribute("max") == "2"  # three values
    for key, height in (("End", 16.0), ("Home", 0.4)):  # eight steps of beta
        beta.press(key)
        for _ in range(450):  # asked from here: the page may evaluate no text
            drawn = page.evaluate(SERIES)
            if [y[-1] for _, y in drawn if len(y) == 9][-1:] == [height]:
                break
            page.wait_for_timeout(100)
        else:
            raise AssertionError(f"the state never came: {height}, but {drawn}")
    noise.press("End")
    expect(state).to_contain_text("This value needs the live lecture.")
    noise.press("Home")
    expect(state).not_to_contain_text("This value")


def test_a_site_has_the_same_views_links_and_pages(context: BrowserContext, base: str) -> None:
    page = opened(context, f"{base}elsewhere.html?slide=drive")
    page.locator("[aria-current='true'] .live canvas").first.wait_for()  # `play` runs in the page
    page.keyboard.press("End")
    expect_at(page, "end").get_by_text("Again").click()
    expect_at(page, "learn")
    presenter = presenter_of(page)
    page.keyboard.press("ArrowRight")
    expect_at(page, "drive")
    expect(presenter.locator("h1", has_text="Drive")).to_be_visible()  # the windows are linked
    presenter.keyboard.press("ArrowLeft")
    expect_at(page, "learn")
    page.goto(f"{base}elsewhere.html?view=read")
    expect(page.locator("#drive .katex").first).to_be_attached(timeout=60_000)
    page.goto(f"{base}elsewhere.html")
    expect_at(page, "elsewhere")
    page.keyboard.press("/")
    page.get_by_role("searchbox").fill("driving")
    hit = page.locator("[data-kind='slide'] a")
    expect(hit).to_have_count(1)
    hit.click()
    expect_at(page, "drive")
    page.goto(f"{base}claims.html?q=C8")
    expect(page.locator("#count")).to_have_text("1 of 2 claims")
    page.get_by_role("link", name="Lectures").click()
    expect(page.get_by_role("link", name="Continue where you left off")).to_be_visible()
    page.get_by_role("link", name="Open the lecture").click()
    expect_at(page, "elsewhere")


def test_runs_are_computed_in_the_page(page: Page, base: str) -> None:
    page.goto(f"{base}elsewhere.html?slide=live&live.switch_point=66")
    slide = expect_at(page, "live")
    slide.locator(".live-run").click()
    page.evaluate(AHEAD)
    expect(slide.locator(".live-state")).to_contain_text("Finished at 79")
    steps, comfort = page.evaluate(SERIES)[0]
    assert len(steps) == 80
    assert comfort[-1] > comfort[0]  # it has learned
    page.goto(f"{base}elsewhere.html?slide=live&only=live")  # as a frame of another page has it
    panel = expect_at(page, "live").locator(".live")
    expect(panel.locator(".live-run")).to_be_visible()
    expect(page.locator("[aria-current='true'] h2")).to_be_hidden()
    expect(page.locator(".progress")).to_be_hidden()
    assert panel.evaluate("one => one.offsetWidth * one.offsetHeight") > 0.9 * 1280 * 720
    page.goto(f"{base}elsewhere.html?slide=live&only=life")
    expect(page.locator(".notices")).to_contain_text("“life” alone, which this slide does not have")
    expect(page.locator(".notices")).to_contain_text("It has live.")
    expect(page.locator("[aria-current='true'] h2")).to_be_visible()
    page.goto(f"{base}elsewhere.html?slide=learn&learn.num_steps=500000&learn.learning_rate=0.1")
    run = expect_at(page, "learn").locator(".live-run")
    run.click()
    expect(page.locator("[aria-current='true'] .live-state")).to_contain_text("greedy return")
    run.click()
    expect(page.locator("[aria-current='true'] .live-state")).to_contain_text("Stopped at")


def test_a_lecture_that_was_opened_is_there_without_a_network(
    context: BrowserContext, host: str
) -> None:
    page = opened(context, f"{host}elsewhere.html")
    page.evaluate(KEPT)
    context.set_offline(True)
    page.goto(f"{host}elsewhere.html?slide=live")
    slide = expect_at(page, "live")
    expect(slide.locator(".live-plot .js-line").first).to_be_visible()  # as it was recorded
    slide.locator(".live-run").click()
    expect(slide.locator(".live-state")).to_contain_text("Finished at 79")
    page.goto(f"{host}?any")
    expect(page.get_by_role("link", name="Open the lecture")).to_be_visible()
    page.goto(f"{host}another.html")
    expect(page.locator("p")).to_contain_text("There is no connection")
    context.set_offline(False)


def test_an_address_that_is_none_leads_to_the_nearest_slide(page: Page, host: str) -> None:
    page.goto(f"{host}elsewere/drives")
    page.get_by_role("link", name="Elsewhere: Drive").click()
    expect_at(page, "drive")
