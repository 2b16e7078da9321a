"""One slide of a deck from its rendered source: its blocks, its works, and what is wrong there."""

import re

from engine.deck import kinds
from engine.deck.blocks import live
from engine.deck.content import named_files
from engine.deck.findings import Reading, SlideFindings
from engine.deck.markup.state import Cite, Raw
from engine.deck.model import Block, Problem, Slide
from engine.deck.slides.slide import Rendered
from engine.deck.source import directives, scan, yamltext


def make_slide(
    segment: scan.Segment, one: Rendered, name: tuple[str, str], reading: Reading
) -> Slide:
    """A slide from its source; `name` is its id and its chapter."""
    place = SlideFindings(reading, segment.line)
    for problem in one.problems:
        place.note(problem)
    folder = reading.path.parent
    images = named_files.check_images(one.images, folder, place.note, lambda: reading.is_full)
    reading.files.update(images)
    blocks, block_cites = _blocks(one, name[0], place)
    cites = [*one.cites, *block_cites]
    _check_cites(cites, place)
    _check_yaml(one, place)
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


def _blocks(one: Rendered, slide_id: str, place: SlideFindings) -> tuple[list[Block], list[Cite]]:
    """The blocks of a slide, and what they cite."""
    reading, blocks, cites = place.reading, [], []
    for raw in one.blocks:
        done = live.finish(raw, reading.path.parent, reading.stamp)
        for problem in done.problems:
            place.note(problem)
        cites += done.cites
        reading.files.update(done.files)
        block_id = _block_id(raw, slide_id, place)
        blocks.append(Block(raw.kind, block_id, place.line + raw.line, done.data, raw.text))
    return blocks, cites


def _check_cites(cites: list[Cite], place: SlideFindings) -> None:
    """Problems of citations and of the entries they name."""
    reading = place.reading
    for cite in cites:
        if reading.is_full:  # to look for the nearest key takes longer than to cite it
            break
        problem, entry = reading.works.problem(cite)
        if problem is not None:
            place.note(problem)
        if entry is not None:
            reading.note(entry)


def _check_yaml(one: Rendered, place: SlideFindings) -> None:
    """What is odd in the YAML of fences, on lines of which nothing worse has been said."""
    reading = place.reading
    named = {problem.line for problem in reading.problems}
    for line, note in one.notes:
        for problem in yamltext.problems([note], place.line + line, named):
            reading.note(problem)


def is_aside(one: Rendered, before: list[Slide], place: SlideFindings) -> bool:
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


def _block_id(raw: Raw, slide_id: str, place: SlideFindings) -> str:
    """The author's id, or "<slide id>-<kind>[-n]"; unique in the deck."""
    taken = place.reading.block_ids
    wanted = (raw.yaml.value or {}).get("id") if kinds.is_live(raw.kind) else None
    name = str(wanted) if isinstance(wanted, str | int) else ""
    if not re.fullmatch(r"[\w-]{1,80}", name) or name in taken:
        if wanted is not None and not isinstance(wanted, list | dict):  # the schema says those
            line = raw.line + 1 + raw.yaml.place("id")[0]
            message = f"The block id '{name or wanted}' cannot be an id."
            fix = "Use letters, digits and hyphens."
            if name in taken:
                message = f"The block id '{name}' is used twice."
                fix = "Give each block its own id."
            place.note(Problem(message, fix, line + 1))
        name = base = f"{slide_id}-{raw.kind}"
        while name in taken:
            taken[base] = max(taken.get(base, 0), 1) + 1
            name = f"{base}-{taken[base]}"
    taken[name] = 0
    return name
