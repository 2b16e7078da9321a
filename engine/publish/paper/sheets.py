"""Sheets of paper of a lecture in a browser: a page of an exported site in the view for paper."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from engine.publish.overflow import FIXES, WORDS

PATIENCE = 300_000  # ms until a lecture that does not come is given up
READY = ".paper[data-ready], .paper[data-failed]"
UNDRAWN = "the chart of “{what}” was not drawn"


class NotPrinted(Exception):
    """The sheets were not made; the message is a sentence."""


@dataclass(frozen=True)
class Sheet:
    """One page: the slides on it, as (id, step), and the notes below them."""

    slides: tuple[tuple[str, int], ...]
    notes: str


@dataclass(frozen=True)
class OpenSheets:
    """The open page with all sheets laid out, and what is wrong with slides, in sentences."""

    page: Any
    sheets: tuple[Sheet, ...]
    faults: tuple[str, ...]
    figures: tuple[dict[str, str], ...] = ()  # each chart: its slide, its block, and its SVG


def lay_out(page: Any, site: Path, slug: str, query: Mapping[str, str]) -> OpenSheets:
    """The sheets of a lecture of an exported site, opened in a page. Raises NotPrinted."""
    page.emulate_media(media="print")
    address = (site / f"{slug}.html").as_uri()
    page.goto(f"{address}?{urlencode({'view': 'paper', **query}, quote_via=quote)}")
    page.wait_for_selector(READY, state="attached", timeout=PATIENCE)
    made = page.evaluate(
        "(({dataset, sheets, faults, figures}) => "
        "({failed: dataset.failed, sheets, faults, figures}))"
        "(document.querySelector('.paper'))"
    )
    if made["failed"]:
        raise NotPrinted(f"{slug} cannot be laid out on paper: {made['failed']}")
    sheets = [
        Sheet(tuple((one["id"], one["step"]) for one in sheet["slides"]), sheet["notes"])
        for sheet in made["sheets"]
    ]
    faults = tuple(map(_sentence, made["faults"]))
    return OpenSheets(page, tuple(sheets), faults, tuple(made["figures"]))


def _sentence(found: Mapping[str, Any]) -> str:
    fault = found["fault"]
    side = fault["side"]
    words = UNDRAWN if side == "undrawn" else WORDS[side]
    fix = "" if side == "undrawn" else FIXES.get(side, "Say less, or split the slide.")
    return f"slide '{found['slide']}': {words.format(**fault)}. {fix}".rstrip()
