"""The controls of a panel: sliders, the address, the menu, and that all can be read and hit."""

import pytest
from playwright.sync_api import Browser, Page, expect

from .player_page import RUN, STATE, choose, contrast, run, show, tell_server, value_of

pytestmark = pytest.mark.warm_cache


def test_sliders_move_by_keyboard_and_mark_the_button_without_running(slide: Page) -> None:
    tell_server(slide, interval=1, numFrames=5)
    show(slide)
    slider = slide.locator("[data-param=learning_rate] input")
    slider.focus()
    assert value_of(slide, "learning_rate") == "0.003"
    slide.keyboard.press("ArrowRight")
    assert value_of(slide, "learning_rate") == "0.004"  # spaced by ratio: 0.003, 0.004, 0.005 …
    expect(slider).to_have_attribute("aria-valuetext", "0.004")
    expect(slide.locator(RUN)).to_have_text("Run")
    run(slide)
    slider.focus()
    slide.keyboard.press("ArrowLeft")
    expect(slide.locator(RUN)).to_have_text("Run with changes")
    assert slide.evaluate("harness.server.log.filter(m => m.type === 'run').length") == 1


def test_a_slider_stays_under_the_hand_when_the_button_changes_its_words(slide: Page) -> None:
    tell_server(slide, interval=1, numFrames=5)
    show(slide)
    run(slide)
    slider = slide.locator("[data-param=learning_rate] input")
    before, panel = slider.bounding_box(), slide.locator(".live-strip").bounding_box()
    slider.focus()
    slide.keyboard.press("ArrowRight")
    expect(slide.locator(RUN)).to_have_text("Run with changes")
    assert slider.bounding_box() == before
    assert slide.locator(".live-strip").bounding_box() == panel


def test_changed_values_go_to_the_address_and_usual_ones_leave_it(slide: Page) -> None:
    show(slide)
    slide.focus("[data-param=learning_rate] input")
    slide.keyboard.press("ArrowRight")
    assert slide.evaluate("harness.stored.cart") == {"learning_rate": 0.004}
    slide.keyboard.press("ArrowLeft")
    assert slide.evaluate("harness.stored.cart") is None


def test_an_address_sets_the_controls_runs_and_says_what_was_out_of_bounds(slide: Page) -> None:
    slide.evaluate(
        "harness.stored.cart = {learning_rate: '7', gamma: '0.9'}; window.autorun = 'cart'"
    )
    show(slide)
    expect(slide.locator(RUN)).to_have_text("Stop")
    assert value_of(slide, "learning_rate") == "0.1"
    assert value_of(slide, "gamma") == "0.9"
    expect(slide.locator("#announced")).to_contain_text("above its greatest value 0.1")
    asked = slide.evaluate("harness.server.log.find(m => m.type === 'run').params")
    assert (asked["learning_rate"], asked["gamma"]) == (0.1, 0.9)


def test_a_text_is_typed_and_goes_to_the_run_and_the_address_as_it_is(slide: Page) -> None:
    show(slide, "typed")
    field = slide.locator("[data-param=prompt] input")
    options = slide.locator("[data-param=prompt] datalist option")
    assert [one.get_attribute("value") for one in options.all()] == ["the fox", "the swan"]
    field.click()
    slide.keyboard.press("ControlOrMeta+a")
    slide.keyboard.type("<b>a_b</b> 🙂 and more than twelve")
    slide.keyboard.press("Enter")
    expect(field).to_have_value("<b>a_b</b> 🙂")  # by characters: half of one is none
    assert slide.evaluate("harness.stored.typed") == {"prompt": "<b>a_b</b> 🙂"}
    slide.click(RUN)
    slide.wait_for_function("harness.server.log.some(m => m.type === 'run')")
    asked = slide.evaluate("harness.server.log.find(m => m.type === 'run').params")
    assert asked["prompt"] == "<b>a_b</b> 🙂"


def test_the_code_is_shown_in_a_dialog_that_escape_closes(slide: Page) -> None:
    show(slide)
    choose(slide, "Show the code")
    dialog = slide.locator("dialog[open]")
    expect(dialog).to_contain_text("sims/cartpole/reinforce.py")  # what ran
    expect(dialog.locator("pre")).to_have_text("# REINFORCE")
    dialog.get_by_role("button", name="__init__.py").click()
    expect(dialog).to_contain_text("sims/cartpole/__init__.py")
    expect(dialog.locator("pre .k")).to_have_text("def")
    slide.keyboard.press("Escape")
    expect(slide.locator("dialog")).to_have_count(0)


def test_a_choice_is_never_cut_short_beside_two_sliders(slide: Page) -> None:
    slide.evaluate("""() => {
        const block = structuredClone(harness.blocks.sim)
        block.data.controls = ["algorithm", "learning_rate", "gamma"]
        window.mounted = harness.show(block)
    }""")
    # "REINFORCE baseline" without its last word is the name of another algorithm.
    shown, needed = slide.evaluate("""() => {
        const select = document.querySelector("[data-param=algorithm] select")
        const alone = select.cloneNode(true)
        alone.value = select.value
        alone.style.cssText = "position: absolute; width: max-content; max-width: none"
        select.parentElement.append(alone)
        const widths = [select.offsetWidth, alone.offsetWidth]
        alone.remove()
        return widths
    }""")
    assert shown >= needed > 100
    cut = "[...document.querySelectorAll('.live-name')].filter(n => n.scrollWidth > n.clientWidth + 1)"
    assert slide.evaluate(f"{cut}.length") == 0  # nor is the name of a slider
    strip, panel = (slide.locator(name).bounding_box() for name in (".live-end", ".live-panel"))
    assert strip
    assert panel
    assert strip["x"] + strip["width"] <= panel["x"] + panel["width"]


def test_the_menu_opens_and_moves_by_keyboard(slide: Page) -> None:
    show(slide)
    slide.focus(".live-menu > button")
    slide.keyboard.press("Enter")
    expect(slide.locator(".live-menu-list button:focus")).to_contain_text(
        "seeds and show the spread"
    )
    slide.keyboard.press("ArrowDown")
    expect(slide.locator(".live-menu-list button:focus")).to_have_text("Show the code")
    slide.keyboard.press("Escape")
    expect(slide.locator(".live-menu-list")).to_be_hidden()
    expect(slide.locator(".live-menu > button")).to_be_focused()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_on_the_panel_stand_out_from_their_ground(slide: Page, theme: str) -> None:
    tell_server(slide, interval=1, numFrames=5)
    show(slide)
    slide.evaluate(f"harness.theme('{theme}')")
    run(slide)
    for selector in (RUN, STATE, ".live-label", ".live-label b", ".live-seed-label"):
        assert contrast(slide, selector) >= 4.5, selector


def test_on_a_phone_the_panel_is_under_the_text_and_its_parts_are_thumb_sized(
    browser: Browser, harness: str
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    page.goto(harness)
    page.wait_for_selector("html[data-ready]", state="attached")
    show(page)
    boxes = """() => document.fonts.ready.then(() => [...document.querySelectorAll("p, .live-panel")]
        .slice(0, 2).map((part) => part.getBoundingClientRect().toJSON()))"""
    text, panel = page.evaluate(boxes)  # both at once: a font that arrives moves what is below
    assert panel["top"] >= text["bottom"]
    assert panel["width"] > 330
    for selector in (RUN, ".live-menu > button", "[aria-label='Again with a new seed']"):
        box = page.locator(selector).bounding_box()
        assert box
        assert box["height"] >= 44, selector
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()
