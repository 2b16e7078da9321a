"""A deck's `custom_css` and fonts, held inside that deck's stage.

The author's rules hold inside `.stage[data-deck="…"]` only (see `stylesheet`).
"""

import re

from engine.deck.content import resources
from engine.deck.model import Deck, Problem
from engine.deck.slides import stylesheet
from engine.deck.source import names, textfile
from engine.deck.source.inside import Refused

NAME = re.compile(r"[\w .-]{1,60}")  # of a font
FONTS = ("heading", "body")


def of_deck(deck: Deck) -> tuple[str, list[Problem]]:
    """The CSS of a deck, ready for a style element, and what is wrong with it."""
    problems: list[Problem] = []
    value = deck.meta.get("custom_css")
    text = value if isinstance(value, str) else ""
    if re.fullmatch(r"[^\n{}]+\.css\s*", text, re.IGNORECASE):
        try:
            folder = deck.path.parent
            text, odd = textfile.data(folder / text.strip(), folder)
            problems += [odd] if odd else []
        except OSError as error:
            why, fix = (
                (f": {error}", error.fix) if isinstance(error, Refused) and error.fix else ("", "")
            )
            message = f"The stylesheet '{resources.short(text.strip())}' cannot be read{why}."
            place = deck.places.get("custom_css", (1, 1))
            fix = fix or "Fix 'custom_css'."
            problems.append(Problem(message, fix, *place, file=str(deck.path)))
            text = ""
    safe, faults = scoped(text, names.slug_of(deck.path))
    place = deck.places.get("custom_css", (1, 1))
    for fault in faults:
        fix = "Take it out of 'custom_css', or write it in another way."
        if fault == stylesheet.NETWORK:
            fix = "Write fonts and images as data: url(data:…)."
        problems.append(Problem(fault, fix, *place, "warning", str(deck.path)))
    for address in stylesheet.files(safe):
        # The stage has the address of the lecture, not that of its file.
        message = f"'{resources.short(address)}' in 'custom_css' is not loaded."
        fix = "Write the file as data, url(data:…), or put the picture on a slide."
        problems.append(Problem(message, fix, *place, "warning", str(deck.path)))
    return _fonts(deck) + safe, problems


def scoped(text: str, deck: str) -> tuple[str, list[str]]:
    """`text` so that it holds inside the stage of `deck` only, and what was left out of it."""
    name = re.sub(r"[^\w-]", "-", deck)
    return stylesheet.scoped(text, f'.stage[data-deck="{name}"]', name)


def _fonts(deck: Deck) -> str:
    fonts = deck.meta.get("fonts")
    if not isinstance(fonts, dict):
        return ""
    lines = [
        f'--colloquium-font-{key}: "{fonts[key]}", sans-serif;'
        for key in FONTS
        if isinstance(fonts.get(key), str) and NAME.fullmatch(fonts[key])
    ]
    return (
        f'.stage[data-deck="{names.slug_of(deck.path)}"] {{ {" ".join(lines)} }}\n' if lines else ""
    )
