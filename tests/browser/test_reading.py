"""The reading view in a real browser: one page with every word, headings, notes and live blocks."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.warm_cache

GLOSSARY = "- {term: policy, also: [policies], text: 'Gives each action its chance, $p(a)$.'}\n"
START = """---
title: A long lecture
---

# A long lecture

<!-- notes: Greet them. 1 minute. -->

---

<!-- layout: section-break -->

## The first part

---

## Steps come one by one

First, a policy.

<!-- step -->

Second.

<!-- notes: Wait before each step. 2 minutes. -->

---

## A question

```quiz
question: Which one?
choices: [This, That]
answer: B
why: Because that is right.
```
"""
BLOCK = """
```play
play: cartpole
```
"""


def deck() -> str:
    """150 slides, every tenth with something live, the last with a word of its own."""
    slides = [START, "<!-- layout: section-break -->\n\n## The second part"]
    slides += [
        f"## Slide {number}\n\nLine {number} of the text with $x_{{{number}}}$."
        + (BLOCK if number % 10 == 0 else "")
        for number in range(1, 146)
    ]
    return "\n\n---\n\n".join(slides) + "\n\nA hapax stands here.\n"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, serve: Callable) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("house")
    (folder / "lectures").mkdir()
    (folder / "content").mkdir()
    (folder / "lectures" / "01-long.md").write_text(deck())
    (folder / "content" / "glossary.yaml").write_text(GLOSSARY)
    with serve(folder / "lectures") as address:
        yield f"{address}/long"


def read(page: Page, address: str, more: str = "") -> None:
    page.goto(f"{address}?view=read{more}")
    expect(page.locator(".page .slide").first).to_be_attached()


def test_every_word_is_on_the_page(page: Page, address: str) -> None:
    read(page, address)
    expect(page.locator(".page .slide")).to_have_count(150)
    assert page.evaluate("window.find('A hapax stands here')"), "the browser's search finds it"
    expect(page.locator(".page", has_text="Second.").get_by_text("Second.")).to_be_visible()
    titles = page.locator(".page").locator("h1, h2").all_text_contents()
    assert titles[:3] == ["A long lecture", "The first part", "Steps come one by one"]
    assert page.locator("[data-slide]").count() == 0


def test_notes_are_prose_that_can_be_put_away(page: Page, address: str) -> None:
    read(page, address, "&slide=steps-come-one-by-one")
    notes = page.get_by_role("complementary", name="Notes").nth(1)
    expect(notes).to_have_text("Wait before each step.")
    page.keyboard.press("n")
    expect(notes).to_be_hidden()
    page.reload()
    expect(page.locator(".page .slide").first).to_be_attached()
    expect(page.get_by_role("button", name="Notes")).to_have_attribute("aria-pressed", "false")
    expect(notes).to_be_hidden()


def test_a_link_leads_to_its_slide_and_the_address_follows(page: Page, address: str) -> None:
    read(page, address, "&slide=slide-100")
    heading = page.get_by_role("heading", name="Slide 100", exact=True)
    expect(heading).to_be_in_viewport()
    page.get_by_role("navigation", name="Contents").get_by_role(
        "link", name="The second part"
    ).click()
    expect(page.get_by_role("heading", name="The second part")).to_be_in_viewport()
    expect(page).to_have_url(re.compile("view=read&slide=the-second-part"))
    page.goto(f"{address}?view=read#slide-77")
    expect(page.get_by_role("heading", name="Slide 77")).to_be_in_viewport()


def test_live_blocks_are_mounted_when_they_come_near(page: Page, address: str) -> None:
    read(page, address)
    expect(page.locator(".page .slide")).to_have_count(150)
    assert page.locator(".live canvas").count() == 0
    page.locator("#slide-50").scroll_into_view_if_needed()
    expect(page.locator("#slide-50 canvas").first).to_be_visible()
    assert page.locator(".live:has(canvas)").count() < 4, "those far away stay as they were"


def test_between_slides_and_page_the_place_is_kept(page: Page, address: str) -> None:
    page.goto(f"{address}?slide=slide-9")
    shown = page.locator("section[data-slide][aria-current='true']")
    expect(shown).to_have_attribute("data-slide", "slide-9")
    page.keyboard.press("v")
    expect(page.get_by_role("heading", name="Slide 9", exact=True)).to_be_in_viewport()
    page.get_by_role("button", name="Slides").click()
    expect(shown).to_have_attribute("data-slide", "slide-9")


def test_the_first_tab_stop_skips_to_the_lecture(page: Page, address: str) -> None:
    read(page, address)
    page.keyboard.press("Tab")
    link = page.get_by_role("link", name="Skip to the lecture")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Lecture")).to_be_focused()


def test_arrow_keys_scroll_and_flip_nothing(page: Page, address: str) -> None:
    read(page, address)
    expect(page.locator("#a-long-lecture")).to_be_in_viewport()
    page.keyboard.press("PageDown")
    expect(page.locator("#a-long-lecture .slide-title")).not_to_be_in_viewport()


def test_an_asked_slide_is_held_until_the_page_is_scrolled(page: Page, address: str) -> None:
    grow = "id => document.getElementById(id).style.paddingBottom = '900px'"
    place = "document.querySelector('.reading').scrollTop"
    read(page, address, "&slide=slide-20")
    title = page.get_by_role("heading", name="Slide 20", exact=True)
    expect(title).to_be_in_viewport()
    page.add_style_tag(content="* { overflow-anchor: none !important }")
    page.evaluate(grow, "slide-3")
    expect(title).to_be_in_viewport()
    drawn = "() => new Promise(done => setTimeout(() => requestAnimationFrame(done), 300))"
    page.evaluate("document.querySelector('.reading').scrollTop = 40")
    page.evaluate(drawn)
    page.evaluate(grow, "slide-30")
    page.evaluate(drawn)
    assert page.evaluate(place) == 40


def test_a_quiz_keeps_its_answer_until_one_is_picked(page: Page, address: str) -> None:
    read(page, address, "&slide=a-question")
    why = page.locator(".quiz-why")
    expect(why).to_be_hidden()
    page.get_by_role("button", name="A This").click()
    expect(why).to_be_visible()
    expect(why).to_have_text("Not quite. B. Because that is right.")


def test_terms_have_cards_and_a_list(page: Page, address: str) -> None:
    read(page, address, "&slide=steps-come-one-by-one")
    page.locator("#steps-come-one-by-one a.term").hover()
    expect(page.get_by_role("tooltip")).to_contain_text("Gives each action its chance")
    page.keyboard.press("g")
    expect(page.get_by_role("heading", name="Glossary")).to_be_in_viewport()


def test_on_a_phone_nothing_is_wider_than_the_screen(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    read(page, address, "&slide=slide-10")
    expect(page.get_by_role("heading", name="Slide 10", exact=True)).to_be_in_viewport()
    expect(page.locator("#slide-10 canvas").first).to_be_visible()
    assert page.evaluate("document.querySelector('.reading').scrollWidth") == 390
    wide = page.evaluate(
        "[...document.querySelectorAll('.page, .page *')].filter(e => e.checkVisibility() && "
        "!e.closest('.katex, svg') && e.getBoundingClientRect().right > 391).map(e => e.outerHTML)"
    )
    context.close()
    assert wide == []


def test_an_edit_appears_at_the_same_place(page: Page, serve: Callable, tmp_path: Path) -> None:
    file = tmp_path / "01-long.md"
    file.write_text(deck())
    with serve(tmp_path) as address:
        with page.expect_websocket(lambda socket: "/api/live" in socket.url):
            read(page, f"{address}/long", "&slide=slide-60")
        file.write_text(deck().replace("Line 60 of the text", "An edited line 60"))
        expect(page.get_by_text("An edited line 60")).to_be_in_viewport()
