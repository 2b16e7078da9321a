"""The Markdown of one slide, as its author wrote it."""

from engine.app.lectures import library
from engine.deck.slide_json import slide_named
from engine.deck.source import frontmatter, scan, textfile


def line_of(slug: str, name: str) -> int:
    """The line of the deck, from 1, on which the slide `name` begins. LookupError without one."""
    slide = slide_named(library().document(slug)["slides"], name)
    if slide is None:
        raise LookupError(f"there is no slide '{name[:80]}'.")
    return slide["line"]


def segment_at(line: int, text: str, name: str) -> scan.Segment:
    """The slide that begins on a line of a deck's text. LookupError when none does: it was made
    (the references), or the file has changed just now."""
    for segment in segments(text):
        if segment.line == line:
            return segment
    raise LookupError(f"the slide '{name[:80]}' has no source of its own.")


def segments(text: str) -> list[scan.Segment]:
    """The slides of a deck's text, as they are written."""
    made = textfile.normal(text)
    return list(scan.segments(made, frontmatter.read(made).body))


def markdown(slug: str, name: str) -> str:
    """The source of the slide `name` of a lecture. LookupError when there is none."""
    line = line_of(slug, name)
    try:
        text = textfile.deck(library().paths()[slug])
    except textfile.Unreadable as error:
        raise LookupError(error.problem.message) from None
    return f"{segment_at(line, text, name).source.strip()}\n"
