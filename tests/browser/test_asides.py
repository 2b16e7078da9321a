"""Asides in a real browser: → goes past them, ↓ walks them, and every view shows where they hang."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from .stage_page import expect_at, shown

pytestmark = pytest.mark.warm_cache

ASIDE = "<!-- aside: true -->"
DECK = f"""## One

<!-- notes: The first. 2 minutes. -->

---

## Two

First.

<!-- step -->

Second.

<!-- notes: The second. 1 minute. -->

---

{ASIDE}

## Below two

<!-- notes: An example. 5 minutes. -->

---

{ASIDE}

## Further below two

First.

<!-- step -->

Second.

---

## Three

<!-- notes: The last. 1 minute. -->
"""


@pytest.fixture(scope="module")
def address(publish: Callable[[str, str], str]) -> str:
    return publish("asides", DECK)


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_right_goes_past_asides_and_down_walks_them(page: Page, address: str) -> None:
    page.goto(address)
    expect_at(page, "one")
    press(page, "PageDown", "ArrowRight", "ArrowRight")
    expect_at(page, "three")
    press(page, "ArrowLeft")
    expect(expect_at(page, "two").get_by_text("Second.")).to_be_visible()
    press(page, "ArrowDown")
    expect_at(page, "below-two")
    press(page, "ArrowDown", "ArrowDown")
    expect(expect_at(page, "further-below-two").get_by_text("Second.")).to_be_visible()
    press(page, "ArrowDown")
    expect_at(page, "three")
    press(page, "ArrowUp")
    expect(expect_at(page, "further-below-two").get_by_text("Second.")).to_be_visible()
    press(page, "ArrowUp", "ArrowUp")
    expect_at(page, "below-two")
    press(page, "ArrowLeft")
    expect_at(page, "two")
    press(page, "ArrowDown", "ArrowRight")
    expect_at(page, "three")
    press(page, "2", "Enter")
    expect_at(page, "two")
    press(page, "End")
    expect_at(page, "three")
    press(page, "ArrowRight", "ArrowDown")
    expect_at(page, "three")


def test_counts_are_of_the_main_path(page: Page, address: str) -> None:
    page.goto(f"{address}?slide=further-below-two")
    slide = expect_at(page, "further-below-two")
    expect(slide.locator(".colloquium-counter")).to_have_text("2b / 3")
    bar = page.get_by_role("progressbar")
    expect(bar).to_have_attribute("aria-valuenow", "2")
    expect(bar).to_have_attribute("aria-valuemax", "3")
    expect(
        page.locator("[aria-live]").filter(has_text="Aside 2b: Further below two")
    ).to_be_attached()


def test_dots_show_and_reach_the_asides(page: Page, address: str) -> None:
    page.goto(address)
    expect_at(page, "one")
    dots = page.get_by_role("navigation", name="Asides of this slide")
    expect(dots).to_be_hidden()
    press(page, "ArrowRight")
    expect(dots.get_by_role("button")).to_have_count(3)
    dots.get_by_role("button", name="Aside 2b: Further below two").click()
    expect_at(page, "further-below-two")
    here = dots.locator("[aria-current='true']")
    expect(here).to_have_accessible_name("Aside 2b: Further below two")
    dots.get_by_role("button", name="Slide 2: Two").click()
    expect_at(page, "two")


def test_a_phone_has_a_button_for_them(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(address)
    expect_at(page, "one")
    down = page.get_by_role("button", name="Aside below")
    expect(down).to_be_hidden()
    page.get_by_role("button", name="Next").click()
    expect(down).to_be_visible()
    down.click()
    down.click()
    expect_at(page, "below-two")


def test_overview_outline_and_reading_view_set_them_apart(page: Page, address: str) -> None:
    page.goto(address)
    expect_at(page, "one")
    press(page, "o")
    overview = page.get_by_role("dialog", name="Overview")
    expect(overview.locator(".thumb--aside")).to_have_count(2)
    overview.get_by_role("button", name="2a: Below two").click()
    expect_at(page, "below-two")
    press(page, "s")
    expect(page.locator(".outline .is-aside")).to_have_count(2)
    page.goto(f"{address}?view=read")
    expect(page.locator("article.page--aside")).to_have_count(2)
    expect(page.locator("article.page")).to_have_count(5)


def test_the_plan_of_the_presenter_leaves_them_out(browser: Browser, address: str) -> None:
    context: BrowserContext = browser.new_context(viewport={"width": 1440, "height": 900})
    try:
        page = context.new_page()
        page.goto(f"{address}?view=presenter&slide=two&step=1")
        place = page.locator(".presenter-place")
        expect(place).to_have_text("Slide 2 of 3")
        expect(page.locator(".presenter-total")).to_contain_text("planned 4 min")
        expect(page.locator(".presenter-slot")).to_contain_text("planned 1:00 · ↓ 2 asides")
        expect(page.locator(".presenter-slides figcaption").nth(1)).to_contain_text("Three")
        press(page, "ArrowDown")
        expect(place).to_have_text("Aside 2a of 3")
        expect(page.locator(".presenter-slot")).to_contain_text("takes 5:00 · ↓ an aside")
        press(page, "ArrowRight")
        expect(place).to_have_text("Slide 3 of 3")
        module = page.evaluate("document.querySelector('link[href*=\"slides.css\"]').href")
        slots = page.evaluate(
            """async address => {
              const { plan } = await import(address)
              const slides = [{ minutes: 1 }, { minutes: 9, is_aside: true }, { minutes: 2 }]
              return plan(slides).map(slot => [slot.start, slot.end])
            }""",
            re.sub(r"joined/slides\.css", "views/timer.js", module),
        )
        assert slots == [[0, 60], [0, 60], [60, 180]]
    finally:
        context.close()


def test_a_slide_says_how_many_asides_it_has(page: Page, address: str) -> None:
    page.goto(f"{address}?slide=two")
    expect_at(page, "two")
    page.get_by_role("button", name="↓ 2 more below").click()  # it reveals the step first
    page.get_by_role("button", name="↓ 2 more below").click()
    expect_at(page, "below-two")
    expect(page.get_by_role("button", name="↓ 1 more below")).to_be_visible()
    press(page, "ArrowDown")
    expect_at(page, "further-below-two")
    expect(page.locator(".more-below")).to_be_hidden()


def test_a_newcomer_is_told_what_to_press_until_it_is_known(page: Page, address: str) -> None:
    page.goto(address)
    expect_at(page, "one")
    hint = page.locator(".hint")
    expect(hint).to_have_text(
        re.compile("→ next slide.*↓ more on this one.*/ search.*[?] all keys")
    )
    box, title = hint.bounding_box(), shown(page).locator(".slide-title").bounding_box()
    assert box
    assert title
    assert box["y"] + box["height"] <= title["y"]  # nothing of a slide lies there
    under = """all => all.map(one => getComputedStyle(one, "::after").content)"""
    words = page.locator(".tools button").evaluate_all(under)
    assert {'"Lectures"', '"Next"', '"Search"'} <= set(words)  # below the icons
    press(page, "ArrowRight", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown")
    expect(hint).to_be_hidden()
    page.reload()
    expect_at(page, "further-below-two")
    expect(hint).to_be_hidden()
    page.get_by_role("button", name="All lectures").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/$"))


@pytest.mark.parametrize("width", [320, 390])
def test_the_bar_of_a_phone_fits_and_holds_what_a_reader_needs(
    browser: Browser, address: str, width: int
) -> None:
    page = browser.new_page(
        viewport={"width": width, "height": 780}, has_touch=True, is_mobile=True
    )
    page.goto(f"{address}?slide=two")
    expect_at(page, "two")
    bar = page.get_by_role("toolbar").bounding_box()
    assert bar
    assert 0 <= bar["x"] <= bar["x"] + bar["width"] <= width
    for name in ("Overview", "Glossary", "Notes", "Aside below", "More"):
        box = page.get_by_role("button", name=name, exact=True).bounding_box()
        assert box, name
        assert min(box["width"], box["height"]) >= 44, name
        assert 0 <= box["x"] <= box["x"] + box["width"] <= width, name
    page.get_by_role("button", name="More").tap()
    page.get_by_role("dialog").get_by_role("button", name="Search").tap()
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.close()
