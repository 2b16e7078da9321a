"""Every live block of the lecture, used from the page as a reader uses it, on the real server.

One page walks the whole lecture. All simulations are started first, in new runs; while the workers
compute them, everything else is tried, and then each run must have ended well and been drawn.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect

from engine.deck.document import load
from tests.test_sims import SHORT

from .conftest import ROOT

Block = dict[str, Any]
WITHOUT_SCENE = {"no-winner"}  # raters that choose by chance make no circle to draw
SLIDES = load(ROOT / "lectures" / "01-overview.md")["slides"]
BLOCKS: list[tuple[str, Block]] = [
    (slide["id"], one) for slide in SLIDES for one in slide["blocks"]
]
QUIZZES = [slide["id"] for slide in SLIDES if 'class="quiz"' in slide["html"]]
PATIENCE = 600_000  # ms for the last of all runs; two workers of a quiet machine need 60 s for them
CHEAPER = {"scaling-law": "num_models"}  # the longest run, with the least value of this slider
# tests/sims makes runs of these at full length; here the address of the page makes them short.
MADE_ELSEWHERE = (
    "batch_direction", "distribution_shift", "dpo", "elicitation", "in_context", "label_noise",
    "overoptimization", "rejection_sampling", "rl_scaling", "rlhf", "rlvr",
)  # fmt: skip
# PPO in other worlds, 30 s of a processor: tests/sims/cartpole trains there as well. Two updates.
WORLDS = {"cartpole": {"num_steps": 2_000}}
OWN_ANSWER = re.compile(r"^(Finished|Solved|Stopped early)\b")
CURVES = """plot => (plot.data ?? []).map((trace) => [...(trace.y ?? trace.values ?? trace.r ?? [])]
    .filter((value) => value !== null))"""
MARKS = ":is(.scatterlayer .trace, .barlayer .trace, .slice, .polarlayer .trace)"
PAINTED = """canvas => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height)
    return data.some((value, k) => k % 4 === 3 && value > 40)
}"""


class Walk:
    """One page on the lecture, and what went wrong on it: each fault with its slide."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.slide = ""
        self.faults: list[tuple[str, str]] = []
        page.on("pageerror", lambda error: self.faults.append((self.slide, str(error))))
        page.on("console", self._heard)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.faults.append((self.slide, f"{message.text} ({message.location['url']})"))

    def open(self, address: str) -> None:
        values = [
            f"{one['id']}.{name}={value}"
            for _, one in of_kind("sim") if is_short(one)
            for name, value in (SHORT | WORLDS)[one["data"]["sim"]].items()
        ]  # fmt: skip
        self.page.goto(f"{address}/overview?{'&'.join(values)}")
        # The server's own copy of the first slide hears no keys.
        expect(self.page.locator("section[data-slide][aria-current='true']")).to_be_visible()
        self.page.keyboard.press("s")  # the outline has a link to every slide
        expect(self.page.locator(".outline a[data-jump]")).not_to_have_count(0)
        self.page.keyboard.press("Escape")

    def go(self, slide: str) -> Locator:
        """Show a slide; its section."""
        self.slide = slide
        link = self.page.locator(f".outline a[data-jump='{slide}']")
        link.evaluate("link => link.click()")
        section = self.page.locator(f"section[data-slide='{slide}'][aria-current='true']")
        expect(section).to_be_visible()
        return section

    def panel(self, slide: str, block: Block) -> Locator:
        """The card of a block, once it stands on its slide."""
        place = self.go(slide).locator(f".live[data-block='{block['id']}']")
        expect(place.locator("> :not(table)").first).to_be_visible()
        expect(place.locator(".live-sorry")).to_have_count(0)
        return place

    def faults_of(self, slide: str) -> list[str]:
        return [text for where, text in self.faults if where == slide]


@pytest.fixture(scope="module")
def walk(browser: Browser, lecture_server: str) -> Iterator[Walk]:
    """A page on which every simulation has been started."""
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    context.set_default_timeout(45_000)
    walk = Walk(context.new_page())
    walk.open(lecture_server)
    for slide, block in of_kind("sim"):
        start(walk.panel(slide, block), block)
    yield walk
    context.close()


def start(panel: Locator, block: Block) -> None:
    # A viewer who presses Run where a recorded run is shown wants it computed again.
    if block["data"].get("recorded") and not is_short(block):
        expect(panel.locator(".live-state")).to_contain_text("Recorded on")
    if name := CHEAPER.get(block["id"]):
        panel.locator(f"[data-param='{name}'] input").press("Home")
    panel.locator(".live-run").click()
    expect(panel.locator(".live-panel")).not_to_have_attribute("data-state", "empty")


def is_short(block: Block) -> bool:
    made = (*MADE_ELSEWHERE, *(WORLDS if block["id"].startswith("world-") else ()))
    return block["data"]["sim"] in made and not block["data"].get("autorun")


def of_kind(*kinds: str) -> list[tuple[str, Block]]:
    """The blocks of these kinds; "real" are those of a model that this server lacks."""
    return [
        (slide, block)
        for slide, block in BLOCKS
        if ("real" if block["data"].get("params", {}).get("model") == "real" else block["kind"])
        in kinds
    ]


def each(*kinds: str) -> pytest.MarkDecorator:
    found = of_kind(*kinds)
    return pytest.mark.parametrize(("slide", "block"), found, ids=[one["id"] for _, one in found])


def drawn(panel: Locator) -> list[list[float]]:
    """The values that the chart shows, one list for each trace, once there is something to see."""
    expect(panel.locator(f".live-plot {MARKS}").first).to_be_attached()
    return panel.locator(".live-plot").first.evaluate(CURVES)


@each("chart", "published")
def test_a_figure_is_drawn(walk: Walk, slide: str, block: Block) -> None:
    panel = walk.panel(slide, block)
    assert any(drawn(panel)), "a chart without values"
    if block["data"].get("scale_switch"):
        axis = "plot => plot.layout.xaxis.type"
        before = panel.locator(".live-plot").evaluate(axis)
        panel.locator(".live-choice[aria-pressed='false']").click()
        walk.page.wait_for_function(
            "([plot, before]) => plot.layout.xaxis.type !== before",
            arg=[panel.locator(".live-plot").element_handle(), before],
        )
    assert not walk.faults_of(slide)


@each("real")
def test_a_real_model_shows_its_recorded_run_and_how_to_get_it(
    walk: Walk, slide: str, block: Block
) -> None:
    panel = walk.panel(slide, block)
    assert any(drawn(panel)), "a recorded run without values"
    expect(panel.locator(".live-state")).to_contain_text("Recorded on")
    panel.locator(".live-run").click()
    how = "practicum model get smollm2-135m-instruct"
    expect(panel.locator(".live-state")).to_contain_text(how, timeout=PATIENCE)
    assert not walk.faults_of(slide)


@each("timeline")
def test_a_timeline_says_what_happened(walk: Walk, slide: str, block: Block) -> None:
    panel = walk.panel(slide, block)
    for button in (panel.locator("button").last, panel.locator("button").first):
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
        expect(panel.locator(".live-timeline-note strong")).to_contain_text(button.inner_text())
    assert not walk.faults_of(slide)


@each("play")
def test_a_game_is_played(walk: Walk, slide: str, block: Block) -> None:
    panel = walk.panel(slide, block)
    panel.locator(".live-run").click()
    walk.page.keyboard.down("ArrowRight")  # held, the cart runs off: the pole falls
    expect(panel.locator(".live-state")).to_contain_text(re.compile(r"^You: \d+ steps"))
    walk.page.keyboard.up("ArrowRight")
    expect(panel.locator(".live-run")).to_have_text("Play again")
    assert not walk.faults_of(slide)


def compare(page: Page, panel: Locator) -> None:
    """Two of the pairs, the second of them taken back."""
    panel.get_by_role("button", name="Start").click()
    card = panel.locator(".live-panel")
    expect(card).to_have_attribute("data-phase", "judging", timeout=PATIENCE)
    for key, so_far in (("1", "2 of"), ("3", "3 of")):
        page.keyboard.press(key)
        expect(panel.locator(".label-count")).to_contain_text(so_far)
    panel.get_by_role("button", name="Undo").click()
    expect(panel.locator(".label-count")).to_contain_text("2 of")
    panel.get_by_role("button", name="Start over").click()


def answer(page: Page, panel: Locator) -> None:
    """A number or a word of a reader in no room: it is taken, and drawn."""
    field = panel.get_by_label("your answer")
    said = "73" if field.get_attribute("type") == "number" else "kind"
    axis = panel.locator(".tally-axis")
    expect(axis).to_have_count(int(said == "73"))  # the range is seen before anyone has answered
    field.fill(said)
    panel.get_by_role("button", name="Answer").click()
    expect(panel.get_by_role("status")).to_have_text(f"“{said}” · you may change it")
    expect(panel.locator(".tally > :not(.tally-none)")).not_to_have_count(0)
    expect(panel.locator(".tally-none")).to_have_count(0)


def count(page: Page, panel: Locator) -> None:
    """A vote, its result, and the table cleared again."""
    if panel.locator(".vote-open").count():
        return answer(page, panel)
    panel.locator(".vote-option").first.click()
    panel.get_by_role("button", name="Show results").click()
    expect(panel.locator(".vote-count").first).to_contain_text("1 · 100 %")
    panel.get_by_role("button", name="Reset").click()


@pytest.mark.parametrize("slide", QUIZZES)
def test_a_quiz_says_what_is_right_and_why(walk: Walk, slide: str) -> None:
    section = walk.go(slide)
    expect(section.locator(".quiz-why")).to_be_hidden()
    section.locator(".quiz-choice:not([data-right])").first.click()
    expect(section.locator(".quiz-verdict")).to_have_text("Not quite.")
    section.locator(".quiz-choice[data-right]").click()
    expect(section.locator(".quiz-verdict")).to_have_text("Right.")
    expect(section.locator(".quiz-why")).to_be_visible()
    assert not walk.faults_of(slide)


@each("sim")
def test_a_simulation_is_run(walk: Walk, slide: str, block: Block) -> None:
    panel = walk.panel(slide, block)
    state, button = panel.locator(".live-state"), panel.locator(".live-run")
    card = panel.locator(".live-panel")
    expect(card).to_have_attribute("data-state", re.compile("done|failed|lost"), timeout=PATIENCE)
    assert card.get_attribute("data-state") == "done", state.inner_text()
    expect(state).to_have_text(OWN_ANSWER)
    expect(state).not_to_have_attribute("data-tone", "error")
    expect(button).to_have_text("Run again")
    before = drawn(panel)
    assert any(before), "no curve"
    for canvas in panel.locator(".live-scene").all():
        if block["id"] in WITHOUT_SCENE:
            expect(canvas).to_be_hidden()
        else:
            assert canvas.evaluate(PAINTED), "an empty scene"
    if block["data"].get("autorun"):
        follow(walk.page, panel, block, before)
    assert not walk.faults_of(slide)


def follow(page: Page, panel: Locator, block: Block, before: list[list[float]]) -> None:
    """Move the first control of a block that answers by itself: the curve is another one."""
    control = panel.locator(f"[data-param='{block['data']['controls'][0]}']").locator(
        "input, select"
    )
    if control.evaluate("one => one.tagName") == "SELECT":
        control.select_option(index=control.evaluate("one => Number(!one.selectedIndex)"))
    else:
        is_least = control.get_attribute("min") == control.input_value()
        control.focus()
        is_switch = control.get_attribute("role") == "switch"
        page.keyboard.press("Space" if is_switch else "ArrowRight" if is_least else "ArrowLeft")
    page.wait_for_function(
        f"([plot, before]) => JSON.stringify(({CURVES})(plot)) !== before",
        arg=[panel.locator(".live-plot").first.element_handle(), page_json(page, before)],
    )
    expect(panel.locator(".live-panel")).to_have_attribute("data-state", "done")


def page_json(page: Page, values: object) -> str:
    """As the page itself would write it: 1 and 1.0 are one number there."""
    return page.evaluate("values => JSON.stringify(values)", values)


def test_nothing_went_wrong_between_the_blocks(walk: Walk) -> None:
    assert not walk.faults


def test_every_kind_of_block_is_tried() -> None:
    kinds = {block["kind"] for _, block in BLOCKS}
    assert kinds <= {"sim", "play", "timeline", "published", "chart", "label", "vote"}


# After all runs: a label's first pair waits in the queue behind those that were started.
@each("label", "vote")
def test_the_room_is_asked(walk: Walk, slide: str, block: Block) -> None:
    ask = {"label": compare, "vote": count}[block["kind"]]
    ask(walk.page, walk.panel(slide, block))
    assert not walk.faults_of(slide)
