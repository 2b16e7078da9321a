"""Scenes on a canvas: each draws real frames of its simulation, moves or stays, and fits."""

import json
from itertools import islice
from typing import Any

import pytest
from playwright.sync_api import Page

from sims import spec
from sims.spec import Frame

SCENES = ("thermostat", "markov_chain", "bandit", "condorcet")

PLACE = """async ({name, width, height, dark}) => {
    const {scenes} = await import('/engine/app/web/scenes/index.js')
    const {readTheme} = await import('/engine/app/web/lib/dom.js')
    await Promise.all(['Source Sans', 'Source Serif'].flatMap((face) =>
        [400, 600].map((weight) => document.fonts.load(`${weight} 16px "${face}"`))))  // not midway
    const stage = document.querySelector('.stage')
    stage.dataset.theme = dark ? 'dark' : 'light'
    stage.innerHTML = `<canvas style="width: ${width}px; height: ${height}px"></canvas>`
    const canvas = stage.firstElementChild
    window.words = []
    window.write ??= CanvasRenderingContext2D.prototype.fillText
    CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
        const wide = this.measureText(text).width
        const left = x - {left: 0, center: wide / 2, right: wide}[this.textAlign]
        words.push({text: String(text), left, right: left + wide, y})
        write.call(this, text, x, y)
    }
    window.scene = scenes[name].create(canvas, readTheme(stage))
}"""
# The share of the canvas that is drawn on, and a number that changes when any pixel does.
LOOK = """() => {
    const canvas = document.querySelector('canvas')
    const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
    let drawn = 0, sum = 0
    for (let k = 3; k < data.length; k += 4) {
        drawn += data[k] > 0
        sum = (sum * 31 + data[k] + 7 * data[k - 1] + 13 * data[k - 3]) % 1000003
    }
    return {ink: (4 * drawn) / data.length, sum}
}"""
DRAW = """({frame, seconds}) => {
    window.words = []
    const caption = frame ? scene.caption(frame) : ''
    scene.draw(frame, seconds, caption)
    return caption
}"""


def place(page: Page, name: str, width: int = 480, height: int = 200, dark: bool = False) -> None:
    page.evaluate(PLACE, {"name": name, "width": width, "height": height, "dark": dark})


def draw(page: Page, frame: Frame | None, seconds: float = 0.0) -> dict[str, Any]:
    """Draw a frame; its caption, its words and what is on the canvas."""
    caption = page.evaluate(DRAW, {"frame": frame, "seconds": seconds})
    return {"caption": caption, "words": page.evaluate("words"), **page.evaluate(LOOK)}


def frames(name: str, count: int = 40, **values: Any) -> list[Frame]:
    sim = spec.load(name)
    made = list(islice(sim.run(sim.Params(**values)), count))
    return json.loads(json.dumps(made))


@pytest.mark.parametrize("name", SCENES)
@pytest.mark.parametrize("size", [(480, 200), (330, 150), (900, 260)])
@pytest.mark.parametrize("dark", [False, True])
def test_a_scene_draws_within_its_canvas(
    board: Page, name: str, size: tuple[int, int], dark: bool
) -> None:
    place(board, name, *size, dark=dark)
    for frame in frames(name)[::13]:
        shown = draw(board, frame, 60.0)
        assert 0.01 < shown["ink"] < 0.9
        assert shown["caption"]
        for word in shown["words"]:
            assert word["left"] >= -1, word
            assert word["right"] <= size[0] + 1, word
            assert 0 <= word["y"] <= size[1], word


@pytest.mark.parametrize("name", SCENES)
def test_a_scene_tells_frames_apart_and_repeats_itself(board: Page, name: str) -> None:
    place(board, name)
    first, *_, last = frames(name)
    before, after, again = (draw(board, each, 60.0) for each in (first, last, first))
    assert before["sum"] != after["sum"]
    assert before["words"] == again["words"]
    assert before["ink"] == pytest.approx(again["ink"], abs=2e-3)  # edges may be smoothed anew
    assert before["caption"] != after["caption"]


@pytest.mark.parametrize("name", SCENES)
def test_at_rest_a_scene_keeps_what_it_showed_last(board: Page, name: str) -> None:
    """A slider starts a new run many times a second: the scene must not flash."""
    place(board, name)
    empty = draw(board, None)["ink"]
    frame = frames(name, 1)[0]
    shown = draw(board, frame, 60.0)["ink"]
    assert draw(board, None, 60.0)["ink"] > 0.5 * shown > 0.5 * empty


def test_the_room_is_drawn_as_time_passes(board: Page) -> None:
    place(board, "thermostat")
    frame = frames("thermostat", 1)[0]
    duration = board.evaluate("frame => scene.duration(frame)", frame)
    assert 2 < duration < 6
    inks = [draw(board, frame, part * duration)["ink"] for part in (0.1, 0.4, 0.7, 1.0)]
    assert inks == sorted(inks)
    assert inks[-1] > inks[0]
    whole = draw(board, frame, duration)
    board.evaluate("frame => scene.still(frame, scene.caption(frame))", frame)
    still = board.evaluate(LOOK)["ink"]
    assert still == pytest.approx(whole["ink"], abs=2e-3)  # reduced motion shows the end


def test_the_chain_names_its_values_prizes_and_discount(board: Page) -> None:
    place(board, "markov_chain")
    frame = frames("markov_chain", 100, slip=0.0)[80]
    shown = draw(board, frame)
    assert shown["caption"] == "discount 0.8: state 1 is worth 0.64"
    assert [word["text"] for word in shown["words"]][:5] == ["0.3", "0.64", "0.8", "1", "1"]


def test_the_chain_shows_visits_where_they_are_counted(board: Page) -> None:
    place(board, "markov_chain")
    counted = frames("markov_chain", 60, show="visits")[-1]
    without = counted | {"frequencies": [0.0] * 5, "stationary": [0.0] * 5}
    assert draw(board, counted)["ink"] != draw(board, without)["ink"]


def test_the_circle_marks_the_majority_that_the_reward_loses(board: Page) -> None:
    place(board, "condorcet")
    strokes = """frame => {
        const theme = scene.theme, seen = []
        const stroke = CanvasRenderingContext2D.prototype.stroke
        CanvasRenderingContext2D.prototype.stroke = function () {
            seen.push(this.strokeStyle)
            stroke.call(this)
        }
        scene.draw(frame, 0, '')
        CanvasRenderingContext2D.prototype.stroke = stroke
        return seen.filter(colour => colour === theme.rejected.toLowerCase()).length
    }"""
    shown = frames("condorcet")
    assert board.evaluate(strokes, shown[0]) == 0  # all three majorities are kept
    circle = next(frame for frame in shown if frame["is_circle"])
    assert board.evaluate(strokes, circle) == 2  # a line and its head


def test_a_bound_has_no_pulls_but_the_scene_shows_every_method(board: Page) -> None:
    place(board, "bandit")
    shown = draw(board, frames("bandit", 5)[-1])
    names = [word["text"] for word in shown["words"]]
    assert [name for name in names if "%" not in name][:4] == [
        "ε-greedy", "UCB1", "Thompson", "gradient",
    ]  # fmt: skip
