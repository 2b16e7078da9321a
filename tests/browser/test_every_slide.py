"""Every slide of the lecture, looked at once on a laptop and once on a phone.

A page shows all slides one after the other by itself: to press the keys from here and to wait for
each slide would take three times as long.
"""

import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from engine.deck.document import load

from .conftest import ROOT
from .overlaps import OVERLAPS

SLIDES = [slide["id"] for slide in load(ROOT / "lectures" / "01-overview.md")["slides"]]
SIZES = {"laptop": (1280, 720), "phone": (390, 844)}
# The outline has a link to every slide. What is true of a slide is looked up when it is shown.
WALK = f"""async (slides) => {{
  const overlaps = {OVERLAPS}
  const frame = () => new Promise((done) => requestAnimationFrame(done))
  const shows = (slide) => document.querySelector(`section[data-slide="${{slide}}"][aria-current="true"]`)
  const looks = {{}}
  for (const slide of slides) {{
    document.querySelector(`.outline a[data-jump="${{slide}}"]`).click()
    for (let tries = 0; !shows(slide) && tries < 600; tries += 1) await frame()
    const section = shows(slide)
    if (!section) throw new Error(`${{slide}} was never shown`)
    const current = document.querySelectorAll("section[data-slide][aria-current='true']").length
    looks[slide] = {{
      current,
      headings: section.querySelectorAll("h1, h2").length,
      marks: [...section.querySelectorAll("[data-claim]")].map((mark) => mark.dataset.claim),
      overlaps: overlaps(section),
    }}
  }}
  return looks
}}"""
SORRY = """() => [...document.querySelectorAll("section[data-slide] .live-sorry")]
  .map((part) => part.closest("section").dataset.slide)"""
Look = dict[str, Any]


@pytest.fixture(scope="module")
def ledger(browser: Browser, lecture_server: str) -> list[dict[str, Any]]:
    """The claims as the server gives them, once it has read the lecture."""
    context = browser.new_context()
    deadline = time.monotonic() + 120
    while True:
        claims = context.request.get(f"{lecture_server}/api/claims").json()["claims"]
        if any(one["place"] for one in claims):
            break
        assert time.monotonic() < deadline, "no claim stands on a slide"
        time.sleep(0.1)
    context.close()
    return claims


@pytest.fixture(scope="module", params=SIZES)
def looks(
    request: pytest.FixtureRequest,
    browser: Browser,
    lecture_server: str,
    ledger: list[dict[str, Any]],
) -> Iterator[dict[str, Look]]:
    """What each slide showed, by its name; no script failed on the way."""
    width, height = SIZES[request.param]
    context = browser.new_context(
        viewport={"width": width, "height": height}, reduced_motion="reduce"
    )
    context.set_default_timeout(180_000)
    page, faults = context.new_page(), []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{lecture_server}/overview?slide={ledger[0]['slide']}")
    expect(page.locator(f"[data-claim='{ledger[0]['id']}']").first).to_be_visible()
    page.keyboard.press("s")
    page.keyboard.press("Escape")
    found = page.evaluate(WALK, SLIDES)
    sorry = Counter(page.evaluate(SORRY))
    yield {slide: look | {"sorry": sorry[slide]} for slide, look in found.items()}
    context.close()
    assert not faults, faults


def test_every_slide_is_shown_alone_with_its_title_and_parts(looks: dict[str, Look]) -> None:
    assert list(looks) == SLIDES
    assert len(SLIDES) > 100
    assert [slide for slide, look in looks.items() if look["current"] != 1] == []
    assert [slide for slide, look in looks.items() if look["headings"] < 1] == []
    assert [slide for slide, look in looks.items() if look["sorry"]] == []


def test_each_claim_has_its_mark_on_its_slide(
    looks: dict[str, Look], ledger: list[dict[str, Any]]
) -> None:
    wanted: dict[str, list[str]] = {slide: [] for slide in SLIDES}
    for one in ledger:
        if one["place"] and one["place"]["slug"] == "overview":
            wanted[one["slide"]].append(one["id"])
    assert {slide: look["marks"] for slide, look in looks.items()} == wanted


def test_marks_lie_over_nothing(looks: dict[str, Look]) -> None:
    assert {slide: look["overlaps"] for slide, look in looks.items() if look["overlaps"]} == {}
