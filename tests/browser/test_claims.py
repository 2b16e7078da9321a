"""The ledger on the slides and on its page: marks, their cards, and the runs that they lead to."""

import re
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.sync_api import Locator, Page, expect

from .overlaps import OVERLAPS
from .stage_page import shown

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.warm_cache


def mark(page: Page, identity: str) -> Locator:
    return shown(page).locator(f"[data-claim='{identity}']")


def ledger(page: Page, address: str) -> list[dict[str, Any]]:
    return page.request.get(f"{address}/api/claims").json()["claims"]


def claim(page: Page, address: str, identity: str) -> dict[str, Any]:
    return next(one for one in ledger(page, address) if one["id"] == identity)


def test_a_mark_opens_the_card_of_its_claim(page: Page, lecture_server: str) -> None:
    told = next(one for one in ledger(page, lecture_server) if one["correction"] and one["figure"])
    identity = told["id"]
    page.goto(f"{lecture_server}/overview?slide={told['slide']}")
    expect(mark(page, identity)).to_have_text(told["status"])
    mark(page, identity).hover()
    card = page.locator(".cite-card")
    expect(card).to_contain_text(told["sentence"])
    expect(card).to_contain_text(told["correction"]["text"])
    expect(card).to_contain_text(told["figure"])
    expect(card).to_contain_text(f"{told['held']} of {told['seeds']} seeds agree, {told['date']}")
    assert card.locator(".claim-works a").count() == len(told["references"])
    box, size = card.bounding_box(), page.viewport_size
    assert box
    assert size
    assert box["x"] >= 0
    assert box["y"] >= 0
    assert box["x"] + box["width"] <= size["width"]
    assert box["y"] + box["height"] <= size["height"]
    card.get_by_role("link", name=f"{identity} in the ledger").click()
    expect(page.locator(".ledger-sentence")).to_have_text([told["sentence"]])


def test_a_card_says_what_is_shown_and_what_is_left_without_it(
    page: Page, lecture_server: str
) -> None:
    told = claim(page, lecture_server, "C42")
    null = told["null"]
    assert told["status"] == "shown in part"
    page.goto(f"{lecture_server}/overview?slide={told['slide']}")
    expect(mark(page, "C42")).to_have_class(re.compile("claim--shown-in-part"))
    mark(page, "C42").hover()
    card = page.locator(".cite-card")
    expect(card.locator(".claim-part")).to_have_text(f"Shown: {told['part']}")
    left = card.locator(".claim-figure").nth(1)
    expect(left).to_contain_text(f"Without {null['without']}: {null['figure']}")
    expect(left).to_contain_text(f"{null['held']} of {told['seeds']} seeds agree")
    shapes = page.evaluate(
        """names => names.map(name => {
            const mark = document.createElement("span")
            mark.className = `claim-mark claim--${name}`
            document.querySelector(".claim-card").append(mark)
            return getComputedStyle(mark).getPropertyValue("--shape")
        })""",
        ["theorem", "shown-here", "shown-in-part", "cited"],
    )
    assert len({shape for shape in shapes if shape}) == 4, "a badge is known by its shape, too"


def test_a_key_press_goes_into_the_card_and_back(page: Page, lecture_server: str) -> None:
    page.goto(f"{lecture_server}/overview?slide=scaling-laws")
    expect(mark(page, "C10")).to_be_visible()
    mark(page, "C10").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".cite-card a").first).to_be_focused()
    page.wait_for_timeout(400)  # the card would have gone by now
    expect(page.locator(".cite-card")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".cite-card")).to_be_hidden()
    expect(mark(page, "C10")).to_be_focused()


def test_run_it_starts_the_block_of_the_slide(page: Page, lecture_server: str) -> None:
    told = claim(page, lecture_server, "C2")
    assert told["run"]["slide"] == told["slide"]
    page.goto(f"{lecture_server}/overview?slide={told['slide']}")
    button = shown(page).locator(f".live[data-block='{told['run']['block']}'] .live-run")
    expect(button).to_have_text(re.compile("^Run"))
    page.evaluate("window.isSamePage = true")
    expect(mark(page, "C2")).to_be_visible()
    mark(page, "C2").hover()
    page.locator(".cite-card .claim-run").click()
    expect(shown(page).locator(".live-state").first).to_contain_text("Finished")
    assert page.evaluate("window.isSamePage"), "a run that stands on the slide needs no reload"
    expect(page.locator(".cite-card")).to_be_hidden()


def test_run_it_leads_to_the_slide_that_can(page: Page, lecture_server: str) -> None:
    told = claim(page, lecture_server, "C1")
    assert told["run"]["slide"] != told["slide"]
    page.goto(f"{lecture_server}/overview?slide={told['slide']}")
    expect(mark(page, "C1")).to_be_visible()
    mark(page, "C1").hover()
    page.locator(".cite-card .claim-run").click()
    page.wait_for_url(re.compile(f"slide={told['run']['slide']}"))
    block = shown(page).locator(f".live[data-block='{told['run']['block']}']")
    expect(block.locator(".live-run")).to_have_text("Run again")


def test_a_full_footer_leaves_the_marks_a_place(
    page: Page, tmp_path: Path, serve: Callable[..., AbstractContextManager[str]]
) -> None:
    footer = "footer: {left: On the left, center: In the middle, right: auto}"
    slide = "<!-- id: probability -->\n\n## A title\n\nSome words.\n"
    (tmp_path / "01-other.md").write_text(f"---\ntitle: Other\n{footer}\n---\n\n{slide}")
    (tmp_path / "content").mkdir()  # another folder has claims of its own
    for name in ("claims.yaml", "references.bib"):
        shutil.copy(ROOT / "content" / name, tmp_path / "content")
    with serve(tmp_path) as address:
        page.goto(f"{address}/other?slide=probability")
        expect(mark(page, "C1")).to_be_visible()
        assert shown(page).evaluate(OVERLAPS) == []
        page.goto(f"{address}/claims?q=C2")
        expect(page.locator(".ledger-sentence")).to_have_count(1)
        assert page.locator(".ledger-where a").count() == 0, "its slide is in no lecture here"


def test_the_reading_view_has_the_marks_too(page: Page, lecture_server: str) -> None:
    page.goto(f"{lecture_server}/overview?view=read&slide=scaling-laws")
    here = page.locator("#scaling-laws > .claim-marks [data-claim='C10']")
    expect(here).to_be_visible()
    here.hover()
    expect(page.locator(".cite-card")).to_contain_text("C10 in the ledger")


def test_the_ledger_is_narrowed(page: Page, lecture_server: str) -> None:
    told = ledger(page, lecture_server)
    page.goto(f"{lecture_server}/claims")
    rows = page.locator(".ledger-sentence")
    expect(rows).to_have_count(len(told))
    contested = [one["sentence"] for one in told if one["status"] == "contested"]
    page.get_by_role("button", name=re.compile("contested")).click()
    expect(rows).to_have_text(contested)
    expect(page).to_have_url(re.compile("status=contested$"))  # no count, which may change
    page.reload()
    expect(rows).to_have_text(contested)
    port = int(lecture_server.rsplit(":", 1)[1])
    server = next(
        one.pid
        for one in psutil.net_connections("inet")
        if one.laddr and one.laddr.port == port and one.status == "LISTEN"
    )
    maps = Path(f"/proc/{server}/maps").read_text()
    assert "libtorch" not in maps
    assert "/pandas/" not in maps


def test_the_ledger_fits_a_phone(page: Page, lecture_server: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{lecture_server}/claims")
    expect(page.locator(".ledger-sentence").first).to_be_visible()
    widest = page.evaluate(
        "Math.max(...[...document.querySelectorAll('.claims-page *')]"
        ".map((part) => part.getBoundingClientRect().right))"
    )
    assert widest <= 390


def test_the_drawer_holds_the_claims_of_the_slide(page: Page, lecture_server: str) -> None:
    told = claim(page, lecture_server, "C10")
    page.goto(f"{lecture_server}/overview?slide={told['slide']}")
    expect(mark(page, "C10")).to_be_visible()
    page.keyboard.press("c")
    expect(page.locator(".drawer .claim-sentence")).to_have_text([told["sentence"]])
    page.keyboard.press("c")
    expect(page.locator(".drawer")).to_be_hidden()


def test_the_tools_lie_over_no_mark(page: Page, lecture_server: str) -> None:
    page.goto(f"{lecture_server}/overview?slide=one-score")
    marks = shown(page).locator(".claim-mark")
    expect(marks).to_have_count(5)
    page.mouse.move(600, 400)
    tools, last = page.locator(".tools"), marks.last
    ends = [one.evaluate("one => one.getBoundingClientRect().right") for one in (last, tools)]
    start = tools.evaluate("bar => bar.getBoundingClientRect().left")
    assert ends[0] < start
    assert ends[1] <= 1280
