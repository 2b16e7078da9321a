"""What surrounds the content of every slide: footer, chapters, chapter bar, table of contents."""

import functools
import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.deck.markup import markdown, sanitise
from engine.deck.model import Deck, Slide
from engine.deck.slides import slide

_IMAGE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|avif)$|^https?://", re.IGNORECASE)
LONGEST_ZONE = 1_000  # characters of a zone of the footer
LONGEST_CHAPTER = 200  # of a chapter's name
MOST_CHAPTERS = 100
ZONES = ("left", "center", "right")


@dataclass(frozen=True)
class Chapter:
    """A run of slides: its title, a short label, and the first and last page (1-based)."""

    title: str
    short: str
    slide: str  # id of the first one
    first: int
    last: int
    is_references: bool = False


@dataclass(frozen=True)
class Context:
    """Where one slide stands: its place among all pages, its number, and the deck's chapters."""

    deck: Deck
    page: int  # from 1, asides counted
    number: str  # as readers see it: "12", or "12a" for the first aside below it
    total: int  # of the pages with a number of their own
    chapters: tuple[Chapter, ...]
    slide: str

    @property
    def chapter(self) -> int | None:
        """Index of the chapter this page is in."""
        here = [i for i, one in enumerate(self.chapters) if one.first <= self.page <= one.last]
        return here[0] if here else None


def chapters(pages: list[tuple[str, Slide | None, str]], deck: Deck) -> tuple[Chapter, ...]:
    """The chapters of a deck, given (id, slide, title) of its pages; () when it has none."""
    if deck.meta.get("chapters") is False:
        return ()
    opens: list[tuple[int, str, str, str, bool]] = []
    listed = False
    for page, (name, source, title) in enumerate(pages, start=1):
        if source is None:
            if not listed:
                opens.append((page, "References", "", name, True))
            listed = True
            continue
        asked = slide.of(source).directives
        if "chapter" in asked.settings or source.layout == "section-break":
            heading = markdown.plain(asked.settings.get("chapter", "")) or title or f"Slide {page}"
            short = asked.settings.get("chapter-short", "")[:LONGEST_CHAPTER]
            opens.append((page, heading[:LONGEST_CHAPTER], short, name, False))
    opens = opens[:MOST_CHAPTERS]
    if all(is_references for *_, is_references in opens):
        return ()
    ends = [start - 1 for start, *_ in opens[1:]] + [len(pages)]
    return tuple(
        Chapter(title, short, name, start, end, is_references)
        for (start, title, short, name, is_references), end in zip(opens, ends, strict=True)
    )


def footer(context: Context, layout: str) -> str:
    """The three zones at the bottom; the page number goes into a free one if no zone has it."""
    given = context.deck.meta.get("footer")
    zones: dict[str, Any] = dict(given) if isinstance(given, dict) else {"right": "auto"}
    special = zones.get("section_break")
    if layout == "section-break" and isinstance(special, dict):
        zones.update(special)
    # Every slide repeats them.
    given = {zone: "" if zones.get(zone) is None else str(zones.get(zone)) for zone in ZONES}
    texts = {zone: text[:LONGEST_ZONE] for zone, text in given.items()}
    if not any(text == "auto" or "{n}" in text or "{N}" in text for text in texts.values()):
        free = next((zone for zone in ("center", "right", "left") if not texts[zone]), None)
        if free:
            texts[free] = "auto"
    scale = zones.get("logo_scale")
    scale = scale if isinstance(scale, int | float) and 0 < scale <= 10 else 1
    return _footer(tuple(texts.values()), context.number, context.total, scale)


@functools.lru_cache(maxsize=4096)
def _footer(texts: tuple[str, ...], number: str, total: int, scale: float) -> str:
    parts = []
    for zone, text in zip(ZONES, texts, strict=True):
        classes = f"colloquium-footer-{zone}" + (" colloquium-footer-nav" * (zone == "right"))
        parts.append(f'<div class="{classes}">{_zone(text, number, total, scale)}</div>')
    return f'<footer class="colloquium-footer">{"".join(parts)}</footer>'


def _zone(text: str, number: str, total: int, scale: float) -> str:
    if text == "auto":
        return f'<span class="colloquium-counter">{number} / {total}</span>'
    if "{n}" in text or "{N}" in text:
        shown = text.replace("{n}", number).replace("{N}", str(total))
        return f'<span class="colloquium-counter">{sanitise.clean(shown)}</span>'
    if is_logo(text):
        style = f"height: {24 * scale / 12.8:.3g}cqw"  # 24 px on a stage 1280 px wide
        source = html.escape(text.strip())
        return f'<img class="colloquium-footer-logo" src="{source}" alt="" style="{style}">'
    return sanitise.clean(text)


def is_logo(text: str) -> bool:
    """Whether the text of a zone is the address of a picture."""
    return bool(_IMAGE.search(text) and sanitise.safe_url(text) and " " not in text.strip())


def logos(meta: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(field, address) of each picture in the footer, such as ("footer.left", "a.png")."""
    footer = meta.get("footer")
    for zone, text in footer.items() if isinstance(footer, dict) else ():
        special = text if zone == "section_break" and isinstance(text, dict) else {zone: text}
        for name, value in special.items():
            if name in ZONES and isinstance(value, str) and is_logo(value):
                yield f"footer.{zone}", value.strip()


def toc(context: Context, tag: str) -> str:
    """The list of chapters, the current one marked; "" for a deck without chapters."""
    here = context.chapter
    items = [
        f'<li class="colloquium-toc-item {_state(index, here)}">'
        f'<a href="#{html.escape(one.slide)}">{html.escape(one.title)}</a></li>'
        for index, one in enumerate(context.chapters)
        if not one.is_references
    ]
    if not items:
        return ""
    classes = "colloquium-toc" + (" colloquium-toc--has-current" if here is not None else "")
    return f'<{tag} class="{classes}">{"".join(items)}</{tag}>'


def chapter_bar(context: Context, source: Slide | None, directive: str) -> str:
    """One segment for each chapter, filled as far as the talk has come; "" where none is wanted."""
    options = _bar_here(context, source, directive.split())
    if options is None or not context.chapters:
        return ""
    segments = "".join(
        _segment(index, one, context, options)
        for index, one in enumerate(context.chapters)
        if not one.is_references
    )
    classes = "colloquium-chapter-bar"
    classes += "" if options["labels"] else " colloquium-chapter-bar--bars"
    classes += " colloquium-chapter-bar--chapters" if options["progress"] == "chapters" else ""
    return f'<nav class="{classes}" aria-label="Chapters">{segments}</nav>'


def _bar_here(context: Context, source: Slide | None, words: list[str]) -> dict[str, Any] | None:
    """The options of the bar on one slide: the deck's, changed by a directive; None for no bar."""
    options = _bar_options(context.deck.meta.get("chapter_bar"))
    layout = source.layout if source else "content"
    if "hide" in words or (source is not None and "no-chapter-bar" in source.classes):
        return None
    if words:
        options = options or _bar_options(True) or {}
        for word in words:
            if word in ("labels", "bars"):
                options["labels"] = word == "labels"
            elif word in ("slides", "chapters"):
                options["progress"] = word
        return options
    if options is None or layout.startswith("title"):
        return None
    return options if options["slides"] == "all" or layout == "section-break" else None


def _bar_options(value: Any) -> dict[str, Any] | None:
    options: dict[str, Any] = {"labels": True, "slides": "all", "progress": "slides"}
    if value in (True, "labels"):
        return options
    if value == "bars":
        return {**options, "labels": False}
    if not isinstance(value, dict):
        return None
    options["labels"] = value.get("labels") is not False
    if value.get("slides") == "section-breaks":
        options["slides"] = "section-breaks"
    if value.get("progress") == "chapters":
        options["progress"] = "chapters"
    return options


def _segment(index: int, one: Chapter, context: Context, options: dict[str, Any]) -> str:
    state = _state(index, context.chapter)
    full = state == "done" or (state == "current" and options["progress"] == "chapters")
    share = (context.page - one.first + 1) / (one.last - one.first + 1)
    percent = 100.0 if full else 100.0 * share if state == "current" else 0.0
    text = html.escape(one.short or one.title)
    label = f'<span class="colloquium-chapter-bar-label">{text}</span>' if options["labels"] else ""
    current = ' aria-current="step"' if state == "current" else ""
    return (
        f'<a class="colloquium-chapter-bar-item {state}" href="#{html.escape(one.slide)}" '
        f'title="{html.escape(one.title)}" style="--chapter-progress: {percent:g}%"{current}>'
        f"{label}</a>"
    )


def _state(index: int, current: int | None) -> str:
    if current is None or index > current:
        return "upcoming"
    return "current" if index == current else "done"
