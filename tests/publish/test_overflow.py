"""Slides that do not fit are named, with size and what spills; slides that fit are not."""

import gzip
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from engine import recording_folders
from engine.app import web_files
from engine.deck.model import Problem
from engine.publish.drawing import HOST, DeckFiles, _answer, with_recordings
from engine.publish.overflow import overflow
from engine.runs.results import recordings as recorded

ROOT = Path(__file__).resolve().parents[2]
Find = Callable[..., list[Problem]]
STAGE = "1280x720 and 1024x768"


@pytest.fixture
def find(tmp_path: Path) -> Find:
    """`find(slide, …)`: what is found in a deck of these slides."""

    def find(*slides: str) -> list[Problem]:
        deck = tmp_path / "deck.md"
        deck.write_text("\n\n---\n\n".join(["# Title", *slides]))
        return overflow([deck])

    return find


def sim(controls: str = "gamma", name: str = "pole") -> str:
    return f"```sim\nsim: cartpole\nid: {name}\ncontrols: [{controls}]\n```"


def test_only_the_slide_that_is_too_full_is_named(find: Find) -> None:
    lines = "\n".join(f"- line {number}" for number in range(40))
    steps = "## Steps\n\n- a\n\n<!-- step -->\n\n- b"
    [long] = find("## Fits\n\nText.", f"## Too long\n\n{lines}", steps, f"## Live\n\n{sim()}")
    assert long.line == 11
    assert "'too-long'" in long.message
    assert f"at {STAGE}: " in long.message
    assert "px below the line of the footer" in long.message


def test_a_part_of_a_later_step_counts(find: Find) -> None:
    lines = "\n\n<!-- step -->\n\n".join(f"Paragraph {number}." for number in range(14))
    [problem] = find(f"## Too many steps\n\n{lines}")
    assert "'too-many-steps'" in problem.message


def test_what_is_too_wide_on_a_phone_is_named_apart(find: Find) -> None:
    wide = f"## Too wide\n\n<div>{'x' * 300}</div>"
    fixed = "## For a phone\n\n<div style='width: 500px'>abc</div>"
    code = f"## Code may scroll\n\n```python\n{'x = 1 + 2 + ' * 9}3\n```"
    found = [problem.message for problem in find(wide, fixed, code)]
    assert len(found) == 3
    assert all("390x844: " in message for message in found if "wider than the page" in message)
    assert any(f"'too-wide' does not fit at {STAGE}: “xxx" in message for message in found)
    assert any("'for-a-phone' does not fit at 390x844: “abc” is 130 px" in one for one in found)


def test_a_deck_outside_shows_the_runs_that_lie_beside_it(tmp_path: Path) -> None:
    folders = recording_folders.folders(tmp_path)
    frames = ['{"step":0,"mark":"beside"}']
    kept = recorded.write("kl_estimators", {"seed": 7}, frames, {"seconds": 1.0}, folders[0])
    blocks = [
        {"kind": "sim", "data": {"sim": name, "params": {"seed": seed}}}
        for name, seed in (("kl_estimators", 7), ("kl_estimators", 8), ("unknown", 7))
    ]
    shown = with_recordings({"blocks": blocks}, folders)["blocks"]
    named = [block["data"].get("recorded") for block in shown]
    assert named == [f"recorded/{kept.name}", None, None]
    place = DeckFiles(tmp_path / "a.md", folders)
    assert b'"mark":"beside"' in answered(place, str(named[0]))


def answered(place: DeckFiles, asked: str) -> bytes:
    """What the page of a deck gets at an address."""
    answers: list[dict[str, Any]] = []
    request = SimpleNamespace(url=f"{HOST}/{asked}")
    _answer("", place, SimpleNamespace(request=request, fulfill=lambda **it: answers.append(it)))
    [answer] = answers
    return answer["body"]


def test_a_deck_is_drawn_with_what_a_server_sends_but_for_the_look_of_its_own_version(
    tmp_path: Path,
) -> None:
    (tmp_path / "theme.css").write_text(".stage { color: red }")
    place = DeckFiles(tmp_path / "a.md", assets=tmp_path)
    for name in ("plotly.min.js", "views/stage.js", "styles/live.css"):
        found = web_files.find(name)
        assert found
        assert answered(place, f"web/{name}") == gzip.decompress(found.body), name
    assert b"red" in answered(place, "web/theme.css")


def test_what_spills_out_of_the_card_of_a_live_block_is_named(find: Find) -> None:
    options = "\n".join(f"- answer {number}" for number in range(16))
    vote = f"```vote\nid: hands\nquestion: Which?\noptions:\n{options}\n```"
    [problem] = find(f"## Crowded\n\n{vote}")
    assert f"'crowded' does not fit at {STAGE}: " in problem.message
    assert "out of its card" in problem.message


def test_a_chart_too_low_to_be_read_is_named(find: Find) -> None:
    many = "algorithm, preset, physics, integrator, gamma, learning_rate, num_steps, use_scaling"
    column = f"## Many\n\n<!-- columns: 60/40 -->\n\nText.\n\n|||\n\n{sim(many)}"
    [problem] = find(column)
    assert f"'many' does not fit at {STAGE}: a chart is " in problem.message
    assert "too low to be read" in problem.message


def test_a_wide_panel_keeps_its_scene_inside(find: Find) -> None:
    """A canvas without a width of its own once grew with its own pixels, without end."""
    assert not find(f"## Wide\n\nText.\n\n{sim()}")


def test_every_slide_of_the_lectures_fits() -> None:
    found = overflow(sorted((ROOT / "lectures").glob("*.md")))
    assert not found, "\n".join(str(problem) for problem in found)


def test_what_is_wider_than_its_column_is_fitted_or_named(find: Find) -> None:
    """A formula, a line of code and a table, each a little and each far too wide for its column."""

    def beside(part: str) -> str:
        return f"<!-- columns: 50/50 -->\n\n{part}\n\n|||\n\nThe other column."

    def formula(terms: int) -> str:
        return "$$ x = " + " + ".join(f"a_{{{k}}}" for k in range(terms)) + " $$"

    def code(letters: int) -> str:
        return f"```python\n{'y' * letters}\n```"

    def table(cells: int) -> str:
        row = "|".join(["internationalise"] * cells)
        return f"|{row}|\n|{'|'.join(['---'] * cells)}|\n|{row}|"

    little = [formula(14), code(60), table(4)]
    far = [formula(60), code(200), table(12)]
    slides = [f"## Part {k}\n\n{beside(part)}" for k, part in enumerate([*little, *far])]
    found = [one for one in find(*slides) if STAGE in one.message]
    assert [one.message.split("'")[1] for one in found] == ["part-3", "part-4", "part-5"]
    assert all("px wider than its column" in one.message for one in found)


def test_what_is_hard_to_read_is_named_with_its_rule(find: Find) -> None:
    grey = "## Grey\n\n<p style='color: #c8c8c8'>Hardly seen.</p>"
    odd = "## Letters\n\nα β → ∑ “quoted” – ok, and not: \U0001b170"
    over = "## Over\n\nA paragraph.\n\n<p style='margin-top: -3em'>Moved upwards over it.</p>"
    found = find("## Fine\n\nText with **bold**, `code` and $x^2$.", grey, odd, over)
    assert [(one.rule, one.severity, one.line) for one in found] == [
        ("contrast", "error", 11),
        ("glyph", "warning", 17),
        ("overlap", "error", 23),
    ]
    assert "has a contrast of 1.6 with its background" in found[0].message
    assert "“Over” and “Moved upwards over it.” overlap by" in found[2].message
