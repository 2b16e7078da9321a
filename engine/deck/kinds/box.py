"""`box`: a callout card."""

from typing import Annotated, Any, ClassVar, Literal

from engine.deck.blocks.fields import checked, complain, line_of, scale, text
from engine.deck.markup import markdown
from engine.deck.markup.state import Raw, State
from engine.deck.schema.fields import Model, Text, means
from engine.deck.schema.shared import Size


class Box(Model):
    """A callout card."""

    unknown: ClassVar[str] = "A box block has no field '{key}'."
    examples: ClassVar[tuple[str, ...]] = (
        """\
title: In one sentence
tone: accent
content: The baseline lowers the **variance**, not the mean.
size: 0.9
align: center
compact: true
""",
    )
    title: Annotated[Text, means("its heading, one line of Markdown")] = ""
    content: Annotated[Text, means("its text, Markdown")] = ""
    tone: Annotated[
        Literal["accent", "muted", "surface"],
        means("its colour", "'{value}' is not a tone of a box block.", is_folded=True),
    ] = "accent"
    align: Annotated[
        Literal["left", "center", "right"],
        means("of its text", "'{value}' is not an align of a box block.", is_folded=True),
    ] = "left"
    size: Size = 1.0
    compact: Annotated[Any, means("true: with less room around the text")] = False


MODEL = Box


def draw(raw: Raw, state: State) -> str:
    """A callout card."""
    fields = checked(raw, state)
    title, content = text(fields.get("title")), text(fields.get("content"))
    if not title.strip() and not content.strip():
        complain(raw, "A box needs a title or content.", "Add 'content: …'.", state)
    classes = ["colloquium-box", f"colloquium-box--{fields.get('tone', 'accent')}"]
    if align := fields.get("align"):
        classes.append(f"colloquium-box--align-{align}")
    if fields.get("compact") not in (None, False, "", "false"):
        classes.append("colloquium-box--compact")
    parts = [f'<div class="{" ".join(classes)}"{scale(raw, state)}>']
    if title.strip():
        inner = markdown.inline_of(title.strip(), state, line_of(raw, "title"))
        parts.append(f'<div class="colloquium-box-title">{inner}</div>')
    if content.strip():
        inner = markdown.blocks_of(content, state, line_of(raw, "content"))
        parts.append(f'<div class="colloquium-box-content">{inner.strip()}</div>')
    return "\n".join([*parts, "</div>"])
