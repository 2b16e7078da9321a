"""What a reader does with a lecture in a real browser: flips, links, panels, edits."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from .stage_deck import BIB, DECK
from .stage_page import shown

pytestmark = pytest.mark.warm_cache


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lectures")
    (folder / "01-ten.md").write_text(DECK)
    (folder / "refs.bib").write_text(BIB)
    (folder / "02-broken.md").write_text(
        "## Good\n\nText.\n\n---\n\n## Bad\n\n<!-- laytout: title -->\n"
    )
    return folder


@pytest.fixture(scope="module")
def address(folder: Path, serve: Callable) -> Iterator[str]:
    with serve(folder) as address:
        yield address


def open_at(page: Page, url: str, slide: str) -> None:
    page.goto(url)
    expect(shown(page)).to_have_attribute("data-slide", slide)


def test_keys_move_and_steps_appear(page: Page, address: str) -> None:
    open_at(page, f"{address}/ten", "ten-slides")
    page.keyboard.press("ArrowRight")
    expect(shown(page)).to_have_attribute("data-slide", "steps-come-one-by-one")
    second = shown(page).get_by_text("Second.")
    expect(second).to_be_hidden()
    page.keyboard.press("Space")
    expect(second).to_be_visible()
    expect(page).to_have_url(re.compile("step=1"))
    for key in ("PageDown", "PageDown"):
        page.keyboard.press(key)
    expect(shown(page)).to_have_attribute("data-slide", "a-new-part")
    page.keyboard.press("PageUp")
    expect(shown(page).get_by_text("Third.")).to_be_visible()
    page.keyboard.press("End")
    expect(shown(page)).to_have_attribute("data-slide", "ten")  # of the talk
    page.keyboard.press("End")
    expect(shown(page)).to_have_attribute("data-slide", "references")
    page.keyboard.press("ArrowRight")
    expect(shown(page)).to_have_attribute("data-slide", "references")
    page.keyboard.press("Home")
    expect(shown(page)).to_have_attribute("data-slide", "ten-slides")
    for key in ("6", "Enter"):
        page.keyboard.press(key)
    expect(shown(page)).to_have_attribute("data-slide", "sixth")
    assert page.locator("section[data-slide][aria-current='true']").count() == 1


@pytest.mark.warm_cache(False)
def test_every_script_is_named_in_the_page_and_fetched_once(page: Page, address: str) -> None:
    open_at(page, f"{address}/ten?slide=sixth", "sixth")
    asked: list[str] = page.wait_for_function(
        """() => {
          const asked = performance.getEntriesByType("resource").map(({ name }) => name)
            .filter((name) => name.includes("/api/web/") && name.endsWith(".js"))
            .filter((name) => !/\\/(views\\/boot|plotly\\.min)\\.js$/.test(name))
          return asked.some((name) => name.endsWith("blocks/kinds.js")) && asked
        }"""
    ).json_value()
    assert len(asked) == 2  # the stage, and the live blocks
    named = page.evaluate(
        "[...document.querySelectorAll('link[rel=modulepreload]')].map(link => link.href)"
    )
    assert any(name.endswith("joined/views/stage.js") for name in asked)
    assert set(asked) <= set(named)


def test_deep_link_reload_and_back(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_role("link", name="Open the lecture").first).to_be_visible()
    open_at(page, f"{address}/ten?slide=steps-come-one-by-one&step=2", "steps-come-one-by-one")
    expect(shown(page).get_by_text("Third.")).to_be_visible()
    length = page.evaluate("history.length")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(shown(page)).to_have_attribute("data-slide", "sixth")
    assert page.evaluate("history.length") == length
    page.reload()
    expect(shown(page)).to_have_attribute("data-slide", "sixth")
    page.go_back()
    expect(page.get_by_role("link", name="Open the lecture").first).to_be_visible()
    open_at(page, f"{address}/ten?slide=old-six", "sixth")


def test_unknown_slide_and_lecture_name_the_nearest(page: Page, address: str) -> None:
    open_at(page, f"{address}/ten?slide=sixthh", "ten-slides")
    page.get_by_role("button", name="Go to “sixth”").click()
    expect(shown(page)).to_have_attribute("data-slide", "sixth")
    page.goto(f"{address}/tenn")
    expect(page.get_by_text("There is no page “tenn”. Did you mean 'ten'?")).to_be_visible(
        timeout=15000
    )


def test_panels_open_and_lead_to_slides(page: Page, address: str) -> None:
    open_at(page, f"{address}/ten", "ten-slides")
    page.keyboard.press("o")
    dialog = page.get_by_role("dialog", name="Overview")
    expect(dialog.locator(".thumb")).to_have_count(11)  # ten slides and the references
    dialog.get_by_role("button", name="7: Seven").click()
    expect(shown(page)).to_have_attribute("data-slide", "seven")
    page.keyboard.press("/")
    page.get_by_role("searchbox").fill("nabla")
    page.get_by_role("dialog").get_by_role("link", name="A formula").click()
    expect(shown(page)).to_have_attribute("data-slide", "a-formula")
    page.keyboard.press("s")
    page.get_by_role("complementary").get_by_role("link", name="4 A work is cited").click()
    expect(shown(page)).to_have_attribute("data-slide", "a-work-is-cited")
    page.keyboard.press("r")
    expect(page.get_by_role("complementary")).to_contain_text(
        "Simple statistical gradient-following"
    )
    page.keyboard.press("n")
    expect(page.get_by_role("complementary")).to_contain_text("Say that it is from 1992.")
    page.keyboard.press("Escape")
    expect(page.get_by_role("complementary")).to_be_hidden()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()


def test_typing_never_flips(page: Page, address: str) -> None:
    open_at(page, f"{address}/ten?slide=sixth", "sixth")
    page.keyboard.press("/")
    page.keyboard.type("seven of nine")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Home")
    expect(shown(page)).to_have_attribute("data-slide", "sixth")
    expect(page.get_by_role("searchbox")).to_have_value("seven of nine")


def test_citation_card(page: Page, address: str) -> None:
    open_at(page, f"{address}/ten?slide=a-work-is-cited", "a-work-is-cited")
    shown(page).locator("[data-cite]").first.hover()
    card = page.get_by_role("tooltip")
    expect(card).to_contain_text("Williams")
    expect(card).to_contain_text("Machine Learning, 1992")
    expect(card.get_by_role("link", name="Simple statistical")).to_have_attribute(
        "href", "https://doi.org/10.1007/BF00992696"
    )


def test_faults_are_cards_and_good_slides_are_shown(page: Page, address: str) -> None:
    open_at(page, f"{address}/broken", "good")
    page.get_by_role("button", name=re.compile("in this deck")).click()
    card = page.get_by_role("article")
    expect(card).to_contain_text("02-broken.md:9")
    expect(card).to_contain_text("layout")
    page.keyboard.press("ArrowRight")
    expect(shown(page)).to_have_attribute("data-slide", "bad")


def test_an_edit_on_disk_appears_at_the_same_place(page: Page, address: str, folder: Path) -> None:
    with page.expect_websocket(lambda socket: "/api/live" in socket.url) as opened:
        open_at(page, f"{address}/ten?slide=steps-come-one-by-one&step=1", "steps-come-one-by-one")
    pushed: list[str] = []
    opened.value.on("framereceived", lambda data: pushed.append(str(data)))
    changed = DECK.replace("First.", "Changed text.").replace(
        "## Six", "## New before\n\n---\n\n## Six"
    )
    (folder / "01-ten.md").write_text(changed)
    expect(shown(page).get_by_text("Changed text.")).to_be_visible()
    assert any('"deck"' in text for text in pushed), "the server did not say that the deck changed"
    expect(shown(page)).to_have_attribute("data-slide", "steps-come-one-by-one")
    expect(shown(page).get_by_text("Second.")).to_be_visible()
    expect(shown(page).get_by_text("Third.")).to_be_hidden()
    (folder / "01-ten.md").write_text(DECK)
    expect(shown(page).get_by_text("First.")).to_be_visible()


def test_a_picture_that_was_drawn_anew_appears(page: Page, address: str, folder: Path) -> None:
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="9"><rect/></svg>'
    (folder / "dot.svg").write_text(drawing.format(10))
    (folder / "dotted.md").write_text("## Dotted\n\n![a dot](dot.svg)\n")
    try:
        open_at(page, f"{address}/dotted", "dotted")
        page.evaluate("window.isSame = true")
        for width in (10, 20):
            (folder / "dot.svg").write_text(drawing.format(width))
            page.wait_for_function(
                "width => [...document.images].some((one) => one.naturalWidth === width)", arg=width
            )
        assert page.evaluate("window.isSame"), "the page was loaded anew"
    finally:
        (folder / "dotted.md").unlink()


def test_dark_mode_follows_the_system_and_the_key(browser: Browser, address: str) -> None:
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    open_at(page, f"{address}/ten", "ten-slides")
    stage = page.locator(".practicum > .stage")
    expect(stage).to_have_attribute("data-theme", "dark")
    page.keyboard.press("d")
    expect(stage).to_have_attribute("data-theme", "light")
    page.reload()
    expect(stage).to_have_attribute("data-theme", "light")
    context.close()


def test_references_page_names_the_citing_slides(page: Page, address: str) -> None:
    page.goto(f"{address}/references")
    expect(page.get_by_text("1 of 1 works")).to_be_visible()
    page.get_by_role("link", name="A work is cited").click()
    expect(shown(page)).to_have_attribute("data-slide", "a-work-is-cited")


def wait_until_quiet(page: Page, sent: list[int]) -> None:
    """Until nothing more has been sent for a while, and something has."""
    for _ in range(40):
        before = len(sent)
        page.wait_for_timeout(1500)
        if before and len(sent) == before:
            return


def test_a_flip_sends_little_to_the_server(page: Page, address: str) -> None:
    sent: list[int] = []
    page.on("websocket", lambda ws: ws.on("framesent", lambda data: sent.append(len(data))))
    open_at(page, f"{address}/ten", "ten-slides")
    wait_until_quiet(page, sent)
    sent.clear()
    page.evaluate(  # a burst, however slow the machine is
        """() => { for (let i = 0; i < 12; i++)
          document.dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowRight", bubbles: true})) }"""
    )
    expect(shown(page)).not_to_have_attribute("data-slide", "ten-slides")
    wait_until_quiet(page, sent)
    assert sent, "the server should hear where the reader has settled"
    assert len(sent) <= 2, "one message for a burst of flips"
    assert sum(sent) <= 2048
