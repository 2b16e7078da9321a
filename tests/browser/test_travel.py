"""Finding one's way: Back, citations, the end of a talk, and where one was before."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from .stage_page import expect_at, shown

pytestmark = pytest.mark.warm_cache

DECK = """---
title: A way through
bibliography: refs.bib
---

# A way through

---

## Two

A word about it [@doe2020], and one more [@roe2021].

---

## Three

```sim
sim: bandit
params: {num_pulls: 100}
controls: [method]
chart: {x: pulls, y: regret, group: method}
```

---

## Four

<!-- notes: The last one. -->
"""
BIB = """@article{doe2020, author={Doe, Jane}, title={A work}, journal={A journal}, year={2020}}
@article{roe2021, author={Roe, Rick}, title={Another}, journal={A journal}, year={2021}}
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, serve: Callable) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("lectures")
    for name, text in (("way.md", DECK), ("refs.bib", BIB)):
        (folder / name).write_text(text)
    with serve(folder) as url:
        yield f"{url}/way"


def test_back_and_forward_undo_jumps_and_no_flips(page: Page, address: str) -> None:
    page.goto(address)
    expect_at(page, "a-way-through")
    page.keyboard.press("ArrowRight")
    expect_at(page, "two")
    page.keyboard.press("s")
    page.locator(".outline").get_by_role("link", name="Four").click()
    expect_at(page, "four")
    page.keyboard.press("Escape")
    page.keyboard.press("o")
    page.get_by_role("dialog").get_by_role("button", name=re.compile("Three")).click()
    expect_at(page, "three")
    page.go_back()
    expect_at(page, "four")
    page.go_back()
    expect_at(page, "two")
    page.go_forward()
    expect_at(page, "four")
    expect(page.locator("html")).to_have_attribute("lang", "en")  # the page is the same one
    expect(shown(page)).to_have_count(1)


def test_a_citation_leads_to_its_work_and_back(page: Page, address: str) -> None:
    page.goto(f"{address}?slide=two")
    cite = expect_at(page, "two").locator("[data-cite='roe2021']")
    cite.focus()
    page.keyboard.press("Enter")
    drawer = page.get_by_role("complementary", name="References on this slide")
    expect(drawer.get_by_role("listitem").filter(has_text="Another")).to_be_focused()
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(cite).to_be_focused()


def test_end_goes_to_the_end_of_the_talk_and_then_of_all(page: Page, address: str) -> None:
    page.goto(address)
    expect_at(page, "a-way-through")
    page.keyboard.press("End")
    expect_at(page, "four")
    page.keyboard.press("End")
    expect(shown(page)).to_have_attribute("data-slide", re.compile("^references"))
    page.keyboard.press("Home")
    expect_at(page, "a-way-through")


def test_a_reader_goes_on_where_they_were_and_sees_what_they_did(
    browser: Browser, address: str
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    page = context.new_page()
    page.goto(f"{address}?slide=three")
    expect_at(page, "three").get_by_role("button", name="Run", exact=True).click()
    expect(shown(page).get_by_text(re.compile("^Finished"))).to_be_visible()
    page.goto(address)
    expect_at(page, "a-way-through")
    page.get_by_role("button", name="Continue at 3: Three").click()
    expect_at(page, "three")
    page.keyboard.press("s")
    expect(page.get_by_text("Seen: 2 of 4 slides. Run: 1 of 1 experiments.")).to_be_visible()
    states = page.locator(".map a").evaluate_all("all => all.map(one => one.dataset.state)")
    assert states == ["seen", "not seen", "run", "not seen"]
    page.goto(address)  # only to look in: the place of before stays
    expect_at(page, "a-way-through")
    page.goto(address.removesuffix("way"))
    expect(page.get_by_text("3: Three · 2 slides seen · 1 experiment run")).to_be_visible()
    page.get_by_role("link", name="Continue where you left off").click()
    expect_at(page, "three")
    context.close()
