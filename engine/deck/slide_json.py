"""Slides as the browser gets them: which one a name means, and which ones no author writes."""

from collections.abc import Iterable

from engine.deck.schema.deck_json import SlideJson


def slide_named(slides: Iterable[SlideJson], name: str) -> SlideJson | None:
    """The slide with this id, now or formerly; None when there is none."""
    return next((one for one in slides if name in (one["id"], *one["aliases"])), None)


def is_list_of_works(slide: SlideJson) -> bool:
    """Whether a slide lists the cited works: no author writes it (it has no line of its own)."""
    return "colloquium-references-slide" in slide["html"] and slide["line"] == 1
