"""A lecture file as a `Deck`: the author's slides in order, and everything that is wrong with them.

`parse` never raises. Slides are rendered on the way (cached by source), because reveals, citations
and faults inside a slide are known only then; the HTML itself stays out of the `Deck`.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.deck.blocks import rooms, simulation
from engine.deck.content import glossary, named_files, resources, transcript
from engine.deck.course import FILE, course_of
from engine.deck.findings import Reading, SlideFindings
from engine.deck.make_slide import is_aside, make_slide
from engine.deck.markup import markdown, math
from engine.deck.markup.state import Image
from engine.deck.model import Deck, Glossary, Problem, Slide
from engine.deck.slides import cuts, footer, slide
from engine.deck.slides.slide import Rendered
from engine.deck.source import frontmatter, ids, names, scan, textfile

MOST_SLIDES = 1_000  # of a lecture
_Found = tuple[scan.Segment, Rendered]  # a slide's source, and what it became


def parse(text: str, path: Path) -> Deck:
    """Read the text of a deck that lies at `path` (its figures and works are found from there)."""
    text = textfile.normal(text)
    if "$" in text:
        math.start()
    front = frontmatter.read(text)
    reading = Reading(path, simulation.stamp())
    terms = _named_files(front, reading)
    found = _rendered(_segments(text, front, reading), front, terms)
    slides = _slides(found, reading)
    for problem in cuts.cuts(front.meta, front.places, ((at.line, one) for at, one in found)):
        reading.note(problem)
    _check_links(found, slides, reading)
    _check_across(slides, reading)
    cited = _cited(slides)
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


def _named_files(front: frontmatter.Frontmatter, reading: Reading) -> Glossary:
    """Look up what the frontmatter names: works, logos, and the glossary of the folder, whose terms
    are returned."""
    for problem in front.problems:
        reading.note(problem)
    folder = reading.path.parent
    place = front.places.get("bibliography", (1, 1))
    reading.works = named_files.works(front.meta, folder, reading.note, place)
    terms = glossary.load(folder)
    for problem in (*terms.problems, *glossary.check_references(terms, reading.works.known)):
        reading.note(problem)
    for zone, source in footer.logos(front.meta):
        line, column = front.places[zone]
        logo = Image(source, "logo", line - 1, column - 1)
        found = named_files.check_images([logo], folder, reading.note, lambda: reading.is_full)
        reading.files.update(found)
    return terms


def _segments(text: str, front: frontmatter.Frontmatter, reading: Reading) -> list[scan.Segment]:
    """The source of each slide, of as many as a lecture may have."""
    segments = list(scan.segments(text, front.body))
    for left in segments[MOST_SLIDES : MOST_SLIDES + 1]:
        message = f"A lecture has at most {MOST_SLIDES} slides; the others are left out."
        reading.note(Problem(message, "Split it into several lectures.", left.line))
    return segments[:MOST_SLIDES]


def _rendered(
    segments: list[scan.Segment], front: frontmatter.Frontmatter, terms: Glossary
) -> list[_Found]:
    captions = front.meta.get("figure_captions") is True
    math.look_ahead(segment.source for segment in segments)
    made: dict[int, Rendered] = {}
    # Those without formulas first, while KaTeX works on the others.
    for at, segment in sorted(enumerate(segments), key=lambda pair: "$" in pair[1].source):
        made[at] = slide.render(segment.source, captions, terms)
    return [(segment, made[at]) for at, segment in enumerate(segments)]


def _slides(found: list[_Found], reading: Reading) -> list[Slide]:
    """The slides with their ids, chapters and asides."""
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
        made = make_slide(segment, one, (name, chapter), reading)
        slides.append(
            replace(made, is_aside=is_aside(one, slides, SlideFindings(reading, segment.line)))
        )
    return slides


def _cited(slides: list[Slide]) -> list[str]:
    """The keys that are cited, in the order in which the slides are shown."""
    shown = sorted((s for s in slides if not s.is_hidden), key=lambda s: s.is_after_references)
    return [key for one in shown for key in one.citations]


def _names(slides: list[Slide]) -> set[str]:
    """Every id and alias."""
    return {name for one in slides for name in (one.id, *one.aliases)}


def _check_across(slides: list[Slide], reading: Reading) -> None:
    """Problems between blocks of several slides, and of a transcript with the slides it names."""
    for problem in rooms.check([block for one in slides for block in one.blocks]):
        reading.note(problem)
    path = reading.path
    spoken = transcript.load(path.parent)
    for problem in transcript.check(spoken, names.slug_of(path), _names(slides)):
        reading.note(problem)


def _check_links(found: list[_Found], slides: list[Slide], reading: Reading) -> None:
    """A problem for each link of a slide that leads to no slide, lecture or page."""
    known = _names(slides)
    for segment, one in found:
        place = SlideFindings(reading, segment.line)
        faults = resources.link_problems(one.links, known, reading.path.parent)
        for link, message, fix in faults if one.links and not reading.is_full else ():
            if reading.is_full:
                break
            place.note(Problem(message, fix, link.line + 1, link.column + 1, rule="link"))


def _title(meta: dict[str, Any], slides: list[Slide], path: Path) -> str:
    given = meta.get("title")
    words = "" if given is None or isinstance(given, dict | list) else str(given)
    found = (words, *(one.title for one in slides), names.shown(path.stem), "Untitled")
    return next(" ".join(text.split()) for text in found if text.split())


def _files(meta: dict[str, Any], reading: Reading) -> tuple[str, ...]:
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
