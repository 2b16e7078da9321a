"""A lecture file as a `Deck`: the author's slides in order, and everything that is wrong with them.

`parse` never raises. Slides are rendered on the way (cached by source), because reveals, citations
and faults inside a slide are known only then; the HTML itself stays out of the `Deck`.
"""

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from engine.deck import kinds
from engine.deck.blocks import live, rooms, simulation
from engine.deck.content import glossary, named_files, resources, transcript
from engine.deck.course import FILE, course_of
from engine.deck.markup import markdown, math
from engine.deck.markup.state import MOST_PROBLEMS, Image, Raw
from engine.deck.model import Block, Deck, Problem, Slide
from engine.deck.slides import cuts, footer, slide
from engine.deck.slides.slide import Rendered
from engine.deck.source import directives, frontmatter, ids, names, scan, yamltext

MOST_SLIDES = 1_000  # of a lecture


@dataclass
class _Reading:
    """One deck while it is put together."""

    path: Path
    stamp: simulation.Stamp
    problems: dict[Problem, None] = field(default_factory=dict)  # a set that keeps their order
    more: list[Problem] = field(default_factory=list)  # one of those that are too many, if any
    works: named_files.Works = field(default_factory=named_files.Works)
    block_ids: dict[str, int] = field(default_factory=dict)  # and the last number behind each
    files: set[str] = field(default_factory=set)

    def note(self, problem: Problem) -> None:
        problem = problem if problem.file else replace(problem, file=str(self.path))
        if problem in self.problems:
            return
        if not self.is_full:
            self.problems[problem] = None
        elif not self.more or self.more[0].severity == "warning":
            fix = "Fix these first."
            message = f"There are more than {MOST_PROBLEMS} problems here."
            self.more = [Problem(message, fix, problem.line, 1, problem.severity, str(self.path))]

    def in_order(self) -> tuple[Problem, ...]:
        """The deck's own by line, then those of other files, and whether there are more."""
        found = sorted(self.problems, key=lambda one: (one.file != str(self.path), one.line))
        return (*found, *self.more)

    @property
    def is_full(self) -> bool:
        """Whether no more problems are noted, so that none needs to be looked into."""
        return len(self.problems) >= MOST_PROBLEMS


@dataclass
class _Place:
    """Takes the problems of one slide, whose lines count from its first."""

    reading: _Reading
    line: int

    def note(self, problem: Problem) -> None:
        self.reading.note(slide.shifted(problem, self.line, str(self.reading.path)))


def parse(text: str, path: Path) -> Deck:
    """Read the text of a deck that lies at `path` (its figures and works are found from there)."""
    text = normal(text)
    if "$" in text:
        math.start()
    front = frontmatter.read(text)
    reading = _Reading(path, simulation.stamp())
    for problem in front.problems:
        reading.note(problem)
    place = front.places.get("bibliography", (1, 1))
    reading.works = named_files.works(front.meta, path.parent, reading.note, place)
    captions = front.meta.get("figure_captions") is True
    terms = glossary.load(path.parent)
    for problem in (*terms.problems, *glossary.check_references(terms, reading.works.known)):
        reading.note(problem)
    for zone, source in footer.logos(front.meta):
        line, column = front.places[zone]
        logo = Image(source, "logo", line - 1, column - 1)
        found = named_files.check_images([logo], path.parent, reading.note, lambda: reading.is_full)
        reading.files.update(found)
    segments = list(scan.segments(text, front.body))
    for left in segments[MOST_SLIDES : MOST_SLIDES + 1]:
        message = f"A lecture has at most {MOST_SLIDES} slides; the others are left out."
        reading.note(Problem(message, "Split it into several lectures.", left.line))
    segments = segments[:MOST_SLIDES]
    math.look_ahead(segment.source for segment in segments)
    rendered: dict[int, Rendered] = {}
    # Those without formulas first, while KaTeX works on the others.
    for at, segment in sorted(enumerate(segments), key=lambda pair: "$" in pair[1].source):
        rendered[at] = slide.render(segment.source, captions, terms)
    found = [(segment, rendered[at]) for at, segment in enumerate(segments)]
    naming = [ids.Naming(one.directives.id, one.title, one.text) for _, one in found]
    given, twice = ids.assign(naming)
    for index in twice:
        segment, one = found[index]
        message = f"The id '{one.directives.id}' is used twice."
        line = segment.line + one.directives.id_line
        reading.note(Problem(message, "Give each slide its own id.", line))
    chapter, slides = "", []
    for (segment, one), name in zip(found, given, strict=True):
        chapter = _chapter(one, chapter)
        made = _slide(segment, one, (name, chapter), reading)
        slides.append(replace(made, is_aside=_hangs(one, slides, _Place(reading, segment.line))))
    for problem in cuts.cuts(front.meta, front.places, ((at.line, one) for at, one in found)):
        reading.note(problem)
    _check_links(found, slides, reading)
    for problem in rooms.check([block for one in slides for block in one.blocks]):
        reading.note(problem)
    shown = sorted((s for s in slides if not s.is_hidden), key=lambda s: s.is_after_references)
    known_ids = {name for one in slides for name in (one.id, *one.aliases)}
    for problem in transcript.check(transcript.load(path.parent), names.slug_of(path), known_ids):
        reading.note(problem)
    cited = [key for one in shown for key in one.citations]
    for problem in reading.works.remarks(cited):
        reading.note(problem)
    known = reading.works.known
    return Deck(
        path=path,
        title=_title(front.meta, slides, path),
        meta=front.meta,
        slides=tuple(slides),
        problems=reading.in_order(),
        references=tuple(reading.works.listed(cited, front.meta)),
        bibliography=known.path if known else None,
        glossary=terms,
        places=front.places,
        files=_files(front.meta, reading),
    )


def _check_links(
    found: list[tuple[scan.Segment, Rendered]], slides: list[Slide], reading: _Reading
) -> None:
    """A problem for each link of a slide that leads to no slide, lecture or page."""
    known = {name for one in slides for name in (one.id, *one.aliases)}
    for segment, one in found:
        place = _Place(reading, segment.line)
        faults = resources.link_problems(one.links, known, reading.path.parent)
        for link, message, fix in faults if one.links and not reading.is_full else ():
            if reading.is_full:
                break
            place.note(Problem(message, fix, link.line + 1, link.column + 1, rule="link"))


_UNSEEN = r"[\u200b-\u200f\u2060]"
_SEPARATOR = re.compile(
    rf"^{_UNSEEN}++---(?:[^\S\n]|{_UNSEEN})*$|^---(?:[^\S\n]|{_UNSEEN})+$", re.MULTILINE
)


def normal(text: str) -> str:
    """Text with one kind of line end and no characters that HTML or UTF-8 forbid.

    Marks of byte order stand inside where files were put one behind the other. A line of three
    hyphens parts slides whatever is behind them that nobody sees.
    """
    text = text.replace("\ufeff", "").replace("\r\n", "\n").replace("\r", "\n")
    text = _SEPARATOR.sub("---", text)
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def _title(meta: dict[str, Any], slides: list[Slide], path: Path) -> str:
    given = meta.get("title")
    words = "" if given is None or isinstance(given, dict | list) else str(given)
    found = (words, *(one.title for one in slides), names.shown(path.stem), "Untitled")
    return next(" ".join(text.split()) for text in found if text.split())


def _files(meta: dict[str, Any], reading: _Reading) -> tuple[str, ...]:
    """Every file whose change can change the deck, simulations aside."""
    folder, files = reading.path.parent, set(reading.files)
    css = meta.get("custom_css")
    if isinstance(css, str) and css.strip().endswith(".css") and "\n" not in css.strip():
        files.add(str(folder / css.strip()))
    course = course_of(folder)
    files.add(str(reading.works.file or course.bibliography))
    files.add(str(course.root / FILE))
    files.update(str(one.file_of(folder)) for one in (glossary, transcript))
    return tuple(sorted(files))


def _chapter(one: Rendered, before: str) -> str:
    asked = one.directives
    if "chapter" in asked.settings:
        name = markdown.plain(asked.settings["chapter"]) or one.title
        return name[: footer.LONGEST_CHAPTER]
    return one.title[: footer.LONGEST_CHAPTER] if asked.layout == "section-break" else before


def _slide(segment: scan.Segment, one: Rendered, name: tuple[str, str], reading: _Reading) -> Slide:
    """A slide from its source; `name` is its id and its chapter."""
    place, folder = _Place(reading, segment.line), reading.path.parent
    for problem in one.problems:
        place.note(problem)
    images = named_files.check_images(one.images, folder, place.note, lambda: reading.is_full)
    reading.files.update(images)
    cites, blocks = list(one.cites), []
    for raw in one.blocks:
        done = live.finish(raw, folder, reading.stamp)
        for problem in done.problems:
            place.note(problem)
        cites += done.cites
        reading.files.update(done.files)
        block_id = _block_id(raw, name[0], place)
        blocks.append(Block(raw.kind, block_id, segment.line + raw.line, done.data, raw.text))
    for cite in cites:
        if reading.is_full:  # to look for the nearest key takes longer than to cite it
            break
        problem, entry = reading.works.problem(cite)
        if problem is not None:
            place.note(problem)
        if entry is not None:
            reading.note(entry)
    named = {problem.line for problem in reading.problems}
    for line, note in one.notes:
        for problem in yamltext.problems([note], segment.line + line, named):
            reading.note(problem)
    asked = one.directives
    return Slide(
        id=name[0],
        title=one.title,
        level=one.level,
        layout=asked.layout,
        classes=tuple(asked.classes),
        line=segment.line,
        end_line=segment.end_line,
        source=segment.source,
        steps=one.steps,
        aliases=tuple(asked.aliases),
        defines=tuple(asked.defines),
        keywords=tuple(asked.keywords),
        citations=tuple(dict.fromkeys(cite.key for cite in cites)),
        notes="\n\n".join(asked.notes),
        blocks=tuple(blocks),
        section=name[1],
        style=one.style,
        is_after_references=asked.settings.get("after") == "references",
        is_hidden=asked.settings.get("only") == "pptx",
        minutes=directives.minutes(asked),
        talk=float(asked.settings["talk"]) if "talk" in asked.settings else None,
        terms=one.terms,
        rendered=one,
    )


def _hangs(one: Rendered, before: list[Slide], place: _Place) -> bool:
    """Whether a slide is an aside; a title, a part and the first slide cannot be one."""
    asked = one.directives
    if asked.settings.get("aside") != "true":
        return False
    opens = asked.layout == "section-break" or asked.layout.startswith("title")
    if opens or "after" in asked.settings or all(slide.is_hidden for slide in before):
        message = "An aside needs a slide before it; this one has none."
        fix = "Put it behind a slide with content, or remove 'aside'."
        place.note(Problem(message, fix, asked.lines["aside"] + 1))
        return False
    return True


def _block_id(raw: Raw, slide_id: str, place: _Place) -> str:
    """The author's id, or "<slide id>-<kind>[-n]"; unique in the deck."""
    taken = place.reading.block_ids
    wanted = (raw.yaml.value or {}).get("id") if kinds.is_live(raw.kind) else None
    name = str(wanted) if isinstance(wanted, str | int) else ""
    if not re.fullmatch(r"[\w-]{1,80}", name) or name in taken:
        if wanted is not None:
            line = raw.line + 1 + raw.yaml.place("id")[0]
            message = f"The block id '{wanted}' is used twice, or is not a plain name."
            place.note(Problem(message, "Give each block its own id.", line + 1))
        name = base = f"{slide_id}-{raw.kind}"
        while name in taken:
            taken[base] = max(taken.get(base, 0), 1) + 1
            name = f"{base}-{taken[base]}"
    taken[name] = 0
    return name
