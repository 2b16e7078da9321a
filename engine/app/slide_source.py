"""The Markdown of one slide, as its author wrote it."""

from engine.app.lectures import library
from engine.deck.source import frontmatter, scan, textfile


def markdown(slug: str, name: str) -> str:
    """The source of the slide `name` of a lecture. LookupError when there is none: no such slide,
    one that was made (the references), or a file that has changed just now."""
    slides = library().document(slug)["slides"]
    line = next((one["line"] for one in slides if name in (one["id"], *one["aliases"])), None)
    if line is None:
        raise LookupError(f"there is no slide '{name[:80]}'.")
    try:
        text = textfile.normal(textfile.deck(library().paths()[slug]))
    except textfile.Unreadable as error:
        raise LookupError(error.problem.message) from None
    for segment in scan.segments(text, frontmatter.read(text).body):
        if segment.line == line:
            return f"{segment.source.strip()}\n"
    raise LookupError(f"the slide '{name[:80]}' has no source of its own.")
