"""Lecture 1 on the real server: every slide, and a run from the click to the solved pole."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Locator, Page, WebSocketRoute, expect

from .player_page import until
from .stage_page import shown

pytestmark = pytest.mark.warm_cache

SLIDE = "watch-it-learn"
BLOCK = "cartpole-reinforce"


def open_slide(page: Page, address: str, query: str = f"slide={SLIDE}") -> Locator:
    page.goto(f"{address}/overview?{query}")
    button = shown(page).locator(".live-run").first
    expect(button).to_be_visible()
    return button


def test_run_learns_to_balance_and_again_keeps_a_ghost(page: Page, lecture_server: str) -> None:
    button = open_slide(page, lecture_server)
    expect(button).to_have_text("Run")
    button.click()
    expect(button).to_have_text("Run again")
    panel = shown(page).locator(".live")
    expect(panel).to_contain_text(re.compile(r"[Ff]inished|solved"))
    page.get_by_role("button", name="Again with a new seed").locator("visible=true").click()
    expect(button).to_have_text("Run again")
    assert shown(page).get_attribute("data-slide") == SLIDE


def test_a_link_reproduces_a_run(page: Page, lecture_server: str) -> None:
    query = f"slide={SLIDE}&{BLOCK}.seed=7&{BLOCK}.algorithm=ppo&run={BLOCK}"
    button = open_slide(page, lecture_server, query)
    expect(button).to_have_text("Run again")
    seed = shown(page).get_by_label("seed")
    expect(seed.first).to_have_value("7")
    expect(page).to_have_url(re.compile(rf"{BLOCK}\.seed=7"))


@pytest.mark.parametrize(
    ("query", "sentence"),
    [("gamma=7", "above its greatest value"), ("sed=1", "Did you mean “seed”?")],
)
def test_wrong_parameters_in_a_link_are_said(
    page: Page, lecture_server: str, query: str, sentence: str
) -> None:
    button = open_slide(page, lecture_server, f"slide={SLIDE}&{BLOCK}.{query}")
    panel = shown(page).locator(".live")
    expect(panel).to_contain_text(sentence)
    expect(button).to_be_enabled()


def test_a_prompt_is_typed_on_the_slide_and_the_model_goes_on_from_it(
    page: Page, lecture_server: str
) -> None:
    name, prompt = "real-next-token", "what does the bear eat ?"
    page.goto(f"{lecture_server}/overview?slide=a-real-model&{name}.model=tiny")
    panel = shown(page).locator(f".live[data-block='{name}']")
    field, run = panel.locator("[data-param=prompt] input"), panel.locator(".live-run")

    def type_and_run(text: str) -> None:
        field.click()
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.type(text)
        page.keyboard.press("Enter")
        run.click()

    type_and_run(prompt)
    expect(run).to_have_text("Run again")
    expect(panel).to_contain_text(f"{prompt} ")  # and what the model has written
    expect(page).to_have_url(re.compile(rf"{name}\.prompt=what"))
    raw = panel.locator("details", has_text="6 tokens of prompt")
    raw.locator("summary").click()
    expect(raw.locator(".live-token", has_text="bear")).to_be_visible()

    type_and_run("the capital of London")
    expect(panel).to_contain_text("the model has never seen 'London'")


def test_a_focused_slider_keeps_the_arrow_keys(page: Page, lecture_server: str) -> None:
    open_slide(page, lecture_server)
    slider = shown(page).locator(".live input[type=range]:visible").last
    before = slider.input_value()
    slider.focus()
    page.keyboard.press("ArrowLeft")
    assert slider.input_value() != before
    expect(shown(page)).to_have_attribute("data-slide", SLIDE)


def test_pictures_load(page: Page, lecture_server: str) -> None:
    failed: list[str] = []
    page.on(
        "response",
        lambda answer: (
            failed.append(answer.url) if answer.status >= 400 and "/files/" in answer.url else None
        ),
    )
    page.goto(f"{lecture_server}/overview?slide=transformer")
    picture = shown(page).locator("img").first
    expect(picture).to_be_visible()
    page.wait_for_function("document.querySelector(\"[aria-current='true'] img\").naturalWidth > 0")
    page.wait_for_timeout(1500)  # the other slides are built in idle time, with their pictures
    assert not failed


def test_the_server_maps_no_torch(page: Page, lecture_server: str) -> None:
    open_slide(page, lecture_server).click()
    port = int(lecture_server.rsplit(":", 1)[1])
    servers = {
        connection.pid
        for connection in psutil.net_connections("inet")
        if connection.laddr and connection.laddr.port == port and connection.status == "LISTEN"
    }
    assert len(servers) == 1
    maps = Path(f"/proc/{servers.pop()}/maps").read_text()
    assert "streamlit" in maps or "python" in maps
    assert "libtorch" not in maps


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory, serve: Callable) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("lectures")
    deck = folder / "01-run.md"
    deck.write_text(
        "# Run\n\n---\n\n<!-- id: live -->\n\n## A run\n\nBefore.\n\n```sim\nsim: cartpole\nid: pole\n"
        "params: {algorithm: ppo}\ncontrols: [gamma]\nchart: {x: env_steps, y: greedy_return}\n```\n"
    )
    with serve(folder) as address:
        yield address, deck


@pytest.mark.warm_cache(False)
def test_an_edit_while_the_line_was_down_is_seen_when_it_returns(
    page: Page, edited: tuple[str, Path]
) -> None:
    address, deck = edited
    lines: list[WebSocketRoute] = []

    def relay(line: WebSocketRoute) -> None:
        lines.append(line)
        line.connect_to_server()

    page.route_web_socket("**/api/live", relay)
    page.goto(f"{address}/run?slide=live")
    expect(shown(page).locator(".live-run").first).to_be_visible()
    until(page, lambda: bool(lines))
    page.wait_for_timeout(500)
    lines[-1].close(code=1012, reason="restart")
    deck.write_text(deck.read_text().replace("A run", "A new title"))
    expect(shown(page).get_by_role("heading")).to_have_text("A new title")
    assert len(lines) == 2
    deck.write_text(deck.read_text().replace("A new title", "A run"))
    expect(shown(page).get_by_role("heading")).to_have_text("A run")


def test_an_edit_keeps_the_run(page: Page, edited: tuple[str, Path]) -> None:
    address, deck = edited
    page.goto(f"{address}/run?slide=live")
    button = shown(page).locator(".live-run").first
    expect(button).to_be_visible()
    button.click()
    expect(button).to_have_text("Run again")
    deck.write_text(deck.read_text().replace("Before.", "After."))
    expect(shown(page)).to_contain_text("After.")
    expect(shown(page).locator(".live-run").first).to_have_text("Run again")
    expect(shown(page).locator(".live")).to_contain_text(re.compile(r"[Ff]inished|solved"))


def test_a_slide_is_edited_on_its_page(page: Page, edited: tuple[str, Path]) -> None:
    """Checked and drawn while it is typed, saved to the file, and never over another's words."""
    address, deck = edited
    before = deck.read_text()
    page.goto(f"{address}/run?slide=live")
    expect(shown(page).locator(".live-run").first).to_be_visible()
    page.keyboard.press("m")  # of a course that has no repository
    expect(page.get_by_role("button", name="Copy a report of a problem")).to_be_visible()
    page.keyboard.press("w")
    area = page.get_by_role("textbox", name="Markdown of this slide")
    expect(area).to_have_value(re.compile("^<!-- id: live -->\n\n## A run"))
    typed = area.input_value().replace("A run", "*My* run [@nobody]")
    area.fill(typed)
    expect(shown(page).locator("h2 em")).to_have_text("My")
    expect(shown(page).locator(".live-run").first).to_be_visible()  # the block lives on
    expect(page.locator(".edit .fault")).to_contain_text("nobody")
    assert deck.read_text() == before
    deck.write_text(before.replace("A run", "Their run"))
    expect(page.locator(".edit-conflict")).to_contain_text("## Their run")
    expect(page.get_by_role("button", name="Save")).to_be_disabled()
    page.get_by_role("button", name="Continue with mine").click()
    area.press("Control+s")
    expect(page.locator(".edit-status")).to_have_text("Saved.")
    assert deck.read_text() == before.replace("A run", "*My* run [@nobody]")
    expect(shown(page).locator("h2 em")).to_have_text("My")
