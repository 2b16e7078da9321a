"""The deck as the one JSON that the browser fetches and `practicum deck FILE --json` prints."""

import functools
import logging
import os
from dataclasses import dataclass
from pathlib import Path

from engine.deck.blocks import simulation
from engine.deck.content import bibliography, glossary, resources
from engine.deck.content.bibliography import Work
from engine.deck.markup.state import strip_marks
from engine.deck.model import Block, Deck, Slide
from engine.deck.parse import parse
from engine.deck.schema.deck_json import BlockJson, DeckJson, ReferenceJson, SlideJson
from engine.deck.slides import css, footer, page_order, second_pass, slide, svg_titles
from engine.deck.slides.page_order import Page
from engine.deck.source import names, textfile
from engine.deck.without_slides import problem_json, unreadable, without_slides


def load(path: Path) -> DeckJson:
    """The document of a deck file, cached by what it and the files it draws on hold.

    A file that cannot be read is a document without slides, whose `fault` says why, so that one
    bad file takes no other lecture down. Raises FileNotFoundError when there is no such name.
    Do not change the result: it is shared.
    """
    try:
        text = textfile.deck(path)
    except textfile.Unreadable as error:
        if not os.path.lexists(path):
            raise FileNotFoundError(f"there is no file {names.shown(path)}") from error
        return without_slides(path, error.problem)
    try:
        return _load(text, path, textfile.times(_first(text, path).files), simulation.stamp())
    except Exception:
        logging.getLogger(__name__).exception("%s cannot be shown", names.shown(path))
        message = "This lecture cannot be read: the server failed on it, and its log says where."
        return unreadable(path, message, "Undo the last change.")


def drawn_on(path: Path) -> tuple[str, ...]:
    """The files that a deck draws on, whether they are there or not; none for a bad deck."""
    try:
        return _first(textfile.deck(path), path).files
    except textfile.Unreadable:
        return ()


@dataclass
class _First:
    """The first reading of a text: what it draws on, and the deck until it has been used."""

    files: tuple[str, ...]
    deck: Deck | None


@functools.lru_cache(maxsize=64)
def _first(text: str, path: Path) -> _First:
    deck = parse(text, path)
    return _First(deck.files, deck)


@functools.lru_cache(maxsize=64)
def _load(text: str, path: Path, _times: object, _stamp: object) -> DeckJson:
    first = _first(text, path)
    # Read again only when a file that it draws on has changed since.
    deck, first.deck = first.deck or parse(text, path), None
    return document(deck)


def document(deck: Deck) -> DeckJson:
    """Deck JSON: plain lists, dicts, text and numbers."""
    works = _works(deck)
    pages = page_order.pages(deck, works)
    chapters = footer.chapters([(page.id, page.source, page.title) for page in pages], deck)
    numbers = page_order.numbers(pages)
    total = sum(
        1
        for page in pages
        if not (page.is_aside or (page.source and page.source.is_after_references))
    )
    fill = second_pass.Fill(works, str(deck.meta.get("citation_style", "author-year")))
    slides = []
    for index, page in enumerate(pages):
        context = footer.Context(deck, index + 1, numbers[index], total, chapters, page.id)
        slides.append(_slide(page, context, fill))
    styles, css_problems = css.of_deck(deck)
    found = (*deck.problems, *css_problems)
    return {
        "title": deck.title,
        "slides": slides,
        "references": [_reference(work, fill) for work in works.values()],
        "problems": [problem_json(one) for one in found],
        "meta": deck.meta,
        "css": styles,
        "glossary": glossary.document(deck.glossary, deck.bibliography, deck.path.parent),
    }


def _works(deck: Deck) -> dict[str, Work]:
    """The cited works in the order in which they are listed."""
    if deck.bibliography is None:
        return {}
    known = bibliography.load(deck.bibliography, deck.path.parent)
    found = {key: known.work(key) for key in deck.references}
    return {key: work for key, work in found.items() if isinstance(work, Work)}


def _slide(page: Page, context: footer.Context, fill: second_pass.Fill) -> SlideJson:
    if page.source is None:
        return _references_slide(page, context)
    source = page.source
    asked = slide.of(source).directives.settings
    bar = footer.chapter_bar(context, source, asked.get("chapter-bar", ""))
    names = context.deck.glossary.names
    return {
        "id": source.id,
        "title": source.title,
        "number": context.number,
        "is_aside": page.is_aside,
        "layout": source.layout,
        "classes": [*source.classes, *(["has-chapter-bar"] if bar else [])],
        "style": source.style,
        "line": source.line,
        "steps": source.steps,
        "citations": list(source.citations),
        "notes": source.notes,
        "minutes": source.minutes,
        "talk": source.talk,
        "terms": list(source.terms),
        "aliases": list(source.aliases),
        "defines": [names[name] for name in source.defines if name in names],
        "keywords": list(source.keywords),
        "section": source.section,
        "blocks": [_block(block, fill) for block in source.blocks],
        "html": _html(source, bar, context, fill),
    }


def _block(block: Block, fill: second_pass.Fill) -> BlockJson:
    return {
        "kind": block.kind,
        "id": block.id,
        "line": block.line,
        "data": fill.data(block.data),
        "text": block.text,
    }


def _html(source: Slide, bar: str, context: footer.Context, fill: second_pass.Fill) -> str:
    """The whole slide: its title, its body, what floats above the footer, `bar` and footer."""
    one = slide.of(source)
    parts = []
    if one.eyebrow:
        parts.append(f'<div class="slide-eyebrow">{one.eyebrow}</div>')
    if one.title_html:
        tag = "h1" if source.layout == "title" or source.layout.startswith("title-") else "h2"
        parts.append(f'<{tag} class="slide-title">{one.title_html}</{tag}>')
    parts.append(one.body)
    for side, (notes, keys) in one.meta.items():
        cited = fill.aside(keys)
        if cited or notes:
            inner = (f'<div class="colloquium-slide-cite">{cited}</div>' if cited else "") + notes
            stack = f"colloquium-slide-meta colloquium-slide-meta--{side}"
            parts.append(f'<div class="{stack}">{inner}</div>')
    # The author's footer is not filled: a mark in it would be forged.
    parts = [fill.html(part, source.blocks, context) for part in parts]
    parts += [bar, footer.footer(context, source.layout)]
    html = strip_marks("\n".join(part for part in parts if part))
    folder = context.deck.path.parent
    html = resources.with_addresses(html, folder)
    if one.directives.settings.get("figure-title") == "heading":
        html = svg_titles.retitled(html, source.title, folder)
    return html


def _references_slide(page: Page, context: footer.Context) -> SlideJson:
    heading = f'<h2 class="slide-title">{page.title}</h2>'
    body = f'<div class="slide-content colloquium-references-slide">{page.body}</div>'
    bar = footer.chapter_bar(context, None, "")
    parts = (heading, body, bar, footer.footer(context, ""))
    html = strip_marks("\n".join(part for part in parts if part))
    return {
        "id": page.id,
        "title": page.title,
        "number": context.number,
        "is_aside": page.is_aside,
        "layout": "content",
        "classes": ["has-chapter-bar"] if bar else [],
        "style": "",
        "line": 1,
        "steps": 0,
        "citations": [],
        "notes": "",
        "minutes": None,
        "talk": None,
        "terms": [],
        "aliases": [],
        "defines": [],
        "keywords": [],
        "section": "References" if context.chapters else "",
        "blocks": [],
        "html": html,
    }


def _reference(work: Work, fill: second_pass.Fill) -> ReferenceJson:
    number = fill.numbers[work.key]
    return {
        "key": work.key,
        "label": bibliography.label(work, fill.style, number),
        "number": number,
        "authors": work.authors,
        "title": work.title,
        "year": work.year,
        "venue": work.venue,
        "url": work.url,
        "html": bibliography.reference(work, fill.style, number),
    }
