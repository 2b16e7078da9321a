"""Which slides do not fit: every slide is drawn in a real browser and measured.

With all its steps revealed a slide overflows when something on it reaches below the line of its
footnotes or footer, past the right margin, or out of the card of a live block; when a chart has too
little height to be read; and on a phone when the page would have to be pushed sideways. A window of
4:3 shows the same slide, smaller (`stage.css`).
"""

import os
from pathlib import Path
from typing import Any

from engine import recording_folders
from engine.deck.document import load
from engine.deck.model import Problem
from engine.deck.schema.deck_json import SlideJson
from engine.publish.drawing import DeckFiles, NoBrowser, browser_page, opened, with_recordings

__all__ = ["NoBrowser", "overflow"]
SIZES = ((1280, 720), (1024, 768), (390, 844))  # a projector, an old one, a phone
WORDS = {
    "below": "“{what}” reaches {by:.0f} px below the line of the footer",
    "wide": "“{what}” is {by:.0f} px wider than its column even at 70 % of its size",
    "right": "“{what}” reaches {by:.0f} px past the right margin",
    "inside": "“{what}” is cut off inside its frame by {by:.0f} px",
    "card": "“{what}” reaches {by:.0f} px out of its card",
    "cut": "the name “{what}” is cut short by {by:.0f} px",
    "low": "a chart is {what} high, {by:.0f} px too low to be read",
    "phone": "“{what}” is {by:.0f} px wider than the page",
    "overlap": "“{what}” overlap by {by:.0f} px",
    "contrast": "“{what}” has a contrast of {by:.1f} with its background",
    "glyph": "no font of this machine has {what}",
}
LEGIBLE = ("overlap", "contrast", "glyph")
FIXES = {
    "overlap": "Move one of them, or give each a column.",
    "contrast": "Take a darker or lighter colour: text needs 4.5, large text 3.",
    "glyph": "Write another character.",
    "card": "Show fewer controls, or give the block more of the slide.",
    "cut": "Show fewer controls, or give the block a wider column.",
    "wide": "Break it into lines, or give it a wider column.",
    "low": "Say less beside or above it, or give the block more of the slide.",
}


def overflow(paths: list[Path]) -> list[Problem]:
    """One error for each fault of the decks' slides at the sizes of `SIZES`.

    Raises `NoBrowser` when there is nothing to draw with.
    """
    found: list[Problem] = []
    with browser_page("--render") as page:
        for path in paths:
            found += _faults(page, path)
    return found


def _faults(page: Any, path: Path) -> list[Problem]:
    """Draw a deck's page and measure it at each size: the same fault is told once."""
    deck, folders = load(path), recording_folders.folders(path.parent)
    slides = [with_recordings(slide, folders) for slide in deck["slides"]]
    script = "import('/publish/measure.js')"
    faults: dict[tuple[int, str, str], dict[str, Any]] = {}
    with opened(page, DeckFiles(path, folders), deck, SIZES[0]):
        page.evaluate(f"slides => {script}.then(({{ mountAll }}) => mountAll(slides))", slides)
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            page.evaluate(f"{script}.then(({{ settled }}) => settled())")
            reads = str((width, height) == SIZES[0]).lower()
            found = page.evaluate(f"{script}.then((made) => made.measure({reads}))")
            for index, own in enumerate(found):
                for one in own:
                    what = "" if one["side"] == "low" else one["what"]
                    fault = faults.setdefault((index, one["side"], what), one | {"sizes": []})
                    fault["sizes"].append(f"{width}x{height}")
    return [_problem(path, slides[index], fault) for (index, *_), fault in sorted(faults.items())]


def _problem(path: Path, slide: SlideJson, fault: dict[str, Any]) -> Problem:
    words = WORDS[fault["side"]].format(**fault)
    sizes = " and ".join(fault["sizes"])
    rule = fault["side"] if fault["side"] in LEGIBLE else "fit"
    what = "is hard to read" if rule in LEGIBLE else "does not fit"
    return Problem(
        message=f"slide '{slide['id']}' {what} at {sizes}: {words}.",
        fix=FIXES.get(fault["side"], "Say less, widen its column, or split the slide."),
        line=slide["line"],
        severity="warning" if rule == "glyph" else "error",  # other machines have other fonts
        file=os.path.relpath(path),
        rule=rule,
    )
