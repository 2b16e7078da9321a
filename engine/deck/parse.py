"""A lecture file as a `Deck`: the author's slides in order, and everything that is wrong with them.

`parse` never raises. Slides are rendered on the way (cached by source), because reveals, citations
and faults inside a slide are known only then; the HTML itself stays out of the `Deck`.
"""

import difflib
import functools
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from engine.deck import bibliography, frontmatter, live, markdown, scan, slide
from engine.deck.bibliography import Bibliography, Work
from engine.deck.model import LIVE_KINDS, Block, Deck, Problem, Slide
from engine.deck.slide import Rendered
from engine.deck.state import Cite


@dataclass
class _Reading:
    """One deck while it is put together."""

    path: Path
    meta: dict[str, Any]
    stamp: object
    problems: list[Problem] = field(default_factory=list)
    works: Bibliography | None = None
    block_ids: set[str] = field(default_factory=set)

    def problem(self, problem: Problem) -> None:
        self.problems.append(problem if problem.file else replace(problem, file=str(self.path)))


def parse(text: str, path: Path) -> Deck:
    """Read the text of a deck that lies at `path` (its figures and works are found from there)."""
    text = normal(text)
    front = frontmatter.read(text)
    reading = _Reading(path, front.meta, live.stamp())
    for problem in front.problems:
        reading.problem(problem)
    reading.works = _bibliography(reading)
    captions = front.meta.get("figure_captions") is True
    found = [(s, slide.render(s.source, captions)) for s in scan.segments(text, front.body)]
    ids = _ids([(segment.line, rendered) for segment, rendered in found], reading)
    chapter, slides = "", []
    for (segment, rendered), name in zip(found, ids, strict=True):
        chapter = _chapter(rendered, chapter)
        slides.append(_slide(segment, rendered, name, chapter, reading))
    cited = [key for one in _in_page_order(slides) for key in one.citations]
    return Deck(
        path=path,
        title=_title(front.meta, slides, path),
        meta=front.meta,
        slides=tuple(slides),
        problems=tuple(sorted(reading.problems, key=lambda p: (p.file != str(path), p.line))),
        references=tuple(_references(cited, reading)),
        bibliography=reading.works.path if reading.works else None,
    )


def normal(text: str) -> str:
    """Text with one kind of line end and no characters that HTML forbids."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    text = text.replace("\x00", "\ufffd")
    # Lone surrogates cannot be written as UTF-8.
    return text.encode("utf-8", "replace").decode("utf-8")


def slug(text: str) -> str:
    """`text` as an identifier: letters and digits of any script, joined by hyphens."""
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.sub(r"[\W_]+", "-", plain.lower()).strip("-")[:80].strip("-")


def _title(meta: dict[str, Any], slides: list[Slide], path: Path) -> str:
    given = meta.get("title")
    if given not in (None, "") and not isinstance(given, dict | list):
        return " ".join(str(given).split())
    return next((one.title for one in slides if one.title), path.stem or "Untitled")


def _in_page_order(slides: list[Slide]) -> list[Slide]:
    shown = [one for one in slides if not one.is_hidden]
    return sorted(shown, key=lambda one: one.is_after_references)


def _ids(found: list[tuple[int, Rendered]], reading: _Reading) -> list[str]:
    """An id for each slide: the author's, else from its title, else from its first words.

    Ids that the author gave are settled first. Only slides of the same title get -2, -3, …, so a
    slide with another title changes no id but its own.
    """
    given = Counter(one.directives.id for _, one in found if one.directives.id)
    taken, counts, out = set(given), Counter[str](), []
    seen: set[str] = set()
    for line, one in found:
        name = one.directives.id
        if name and name in seen:
            at = line + one.directives.id_line
            fix = "Give each slide its own id."
            reading.problem(Problem(f"The id '{name}' is used twice.", fix, at))
            name = _free(name, taken, counts)
        elif not name:
            base = slug(one.title) or slug(" ".join(_words(one.text)[:6])) or "slide"
            name = base if base not in taken else _free(base, taken, counts)
        seen.add(name)
        taken.add(name)
        out.append(name)
    return out


def _free(base: str, taken: set[str], counts: Counter[str]) -> str:
    number = counts[base] + 2
    while f"{base}-{number}" in taken:
        number += 1
    counts[base] = number - 1
    return f"{base}-{number}"


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", re.sub(r"<[^>]*>|\]\([^)]*\)|```\w*", " ", text))


def _chapter(one: Rendered, before: str) -> str:
    asked = one.directives
    if "chapter" in asked.settings:
        return markdown.plain(asked.settings["chapter"]) or one.title
    return one.title if asked.layout == "section-break" else before


def _slide(
    segment: scan.Segment, one: Rendered, name: str, chapter: str, reading: _Reading
) -> Slide:
    def note(problem: Problem) -> None:
        reading.problem(slide.shifted(problem, segment.line, str(reading.path)))

    for problem in one.problems:
        note(problem)
    _check_images(one, reading.path.parent, note)
    cites = list(one.cites)
    blocks = []
    for index, raw in enumerate(one.blocks):
        done = live.finish(raw, reading.path.parent, reading.stamp)
        for problem in done.problems:
            note(problem)
        cites += done.cites
        wanted = done.data.get("id") if raw.kind in LIVE_KINDS else None
        block_id = _block_id(wanted, f"{name}-{raw.kind}", reading)
        if wanted is not None and block_id != str(wanted):
            message = f"The block id '{wanted}' is used twice or is not a plain name."
            line = raw.line + 1 + raw.yaml.place("id")[0]
            note(Problem(message, "Give each block its own id.", line + 1))
        _ = index
        blocks.append(Block(raw.kind, block_id, segment.line + raw.line, done.data, raw.text))
    _check_cites(cites, reading, note)
    asked = one.directives
    return Slide(
        id=name,
        title=one.title,
        level=one.level,
        layout=asked.layout,
        classes=tuple(asked.classes),
        line=segment.line,
        end_line=segment.end_line,
        source=segment.source,
        steps=one.steps,
        aliases=tuple(asked.aliases),
        citations=tuple(dict.fromkeys(cite.key for cite in cites)),
        notes="\n\n".join(asked.notes),
        blocks=tuple(blocks),
        section=chapter,
        style=one.style,
        is_after_references=asked.settings.get("after") == "references",
        is_hidden=asked.settings.get("only") == "pptx",
    )


def _block_id(wanted: Any, base: str, reading: _Reading) -> str:
    given = str(wanted) if isinstance(wanted, str | int) else ""
    if not re.fullmatch(r"[\w-]{1,80}", given) or given in reading.block_ids:
        number, given = 2, base
        while given in reading.block_ids:
            given, number = f"{base}-{number}", number + 1
    reading.block_ids.add(given)
    return given


def _check_images(one: Rendered, folder: Path, note: Any) -> None:
    for image in one.images:
        place = (image.line + 1, image.column + 1)
        if not image.alt:
            fix = "Describe it: ![what it shows](…)."
            note(Problem("This image has no alternative text.", fix, *place, "warning"))
        if re.match(r"[a-zA-Z][\w+.-]*:|//|#", image.src) or not image.src:
            continue
        name = unquote(re.split(r"[?#]", image.src)[0])
        if not _exists(folder / name):
            fix = nearest_file(folder / name)
            note(Problem(f"There is no image '{name}'.", fix, *place))


def _exists(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name that no file can have
        return False


def nearest_file(path: Path) -> str:
    """A sentence naming the file of that folder whose name is most like `path`'s."""
    try:
        names = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
    except (OSError, ValueError):
        names = []
    near = difflib.get_close_matches(path.name, names, n=1)
    return f"Did you mean '{near[0]}'?" if near else "Paths count from the deck's folder."


def _bibliography(reading: _Reading) -> Bibliography | None:
    named = reading.meta.get("bibliography")
    folder = reading.path.parent
    path = folder / named if named else folder.parent / "content" / "references.bib"
    if not named and not (folder.name == "lectures" and path.is_file()):
        return None
    try:
        works = bibliography.load(path)
    except (OSError, ValueError):
        fix = nearest_file(path)
        reading.problem(Problem(f"The bibliography '{named}' cannot be read.", fix))
        return None
    for problem in works.problems:
        reading.problem(problem)
    return works


def _check_cites(cites: list[Cite], reading: _Reading, note: Any) -> None:
    for cite in cites:
        found = reading.works.work(cite.key) if reading.works else None
        if isinstance(found, Work):
            continue
        place = (cite.line + 1, cite.column + 1)
        if isinstance(found, Problem):
            if found not in reading.problems:
                reading.problem(found)
            fix = f"See {found.file}:{found.line}."
            note(Problem(f"The cited entry '{cite.key}' cannot be read.", fix, *place))
        elif reading.works is None:
            fix = "Name a .bib file: 'bibliography: …' in the frontmatter."
            note(Problem(f"'{cite.key}' is cited, but there is no bibliography.", fix, *place))
        else:
            message = f"There is no work '{cite.key}' in {reading.works.path.name}."
            note(Problem(message, _nearest_key(cite.key, reading.works), *place))


def _nearest_key(key: str, works: Bibliography) -> str:
    near = _close_keys(key, tuple(works.keys()))
    return f"Did you mean '{near[0]}'?" if near else "Add its BibTeX entry."


@functools.lru_cache(maxsize=256)
def _close_keys(key: str, known: tuple[str, ...]) -> list[str]:
    return difflib.get_close_matches(key, known, n=1)


def _references(cited: list[str], reading: _Reading) -> list[str]:
    if reading.works is None:
        return []
    style = reading.meta.get("citation_style", "author-year")
    labels, keys = {}, []
    for key in dict.fromkeys(cited):
        work = reading.works.work(key)
        if isinstance(work, Work):
            keys.append(key)
            labels[key] = bibliography.label(work, style, len(keys))
    order = reading.meta.get("citation_order", "auto")
    return bibliography.in_order(keys, labels, style, order)
