"""`iframe`: the card of a web page, which is loaded only when the reader asks for it."""

import html
from typing import Annotated, ClassVar
from urllib.parse import urlsplit

from engine.deck.blocks.fields import checked, complain, text
from engine.deck.markup import sanitise
from engine.deck.markup.state import Raw, State
from engine.deck.schema.fields import Model, Text, means
from engine.deck.schema.shared import Ignored


class Iframe(Model):
    """A card with the name of a web page, which is loaded only when the reader asks for it."""

    unknown: ClassVar[str] = "A iframe block has no field '{key}'."
    examples: ClassVar[tuple[str, ...]] = (
        """\
src: https://rlhfbook.com
title: The RLHF book
height: 400
width: 100%
loading: lazy
allowfullscreen: true
preserve_keyboard: true
scrolling: auto
frameborder: 0
style: "border: none"
""",
    )
    src: Annotated[str, means("address, http or https", is_own=True)]
    title: Annotated[Text, means("the title on the card")] = "Interactive content"
    height: Ignored = None
    width: Ignored = None
    loading: Ignored = None
    allowfullscreen: Ignored = None
    preserve_keyboard: Ignored = None
    scrolling: Ignored = None
    frameborder: Ignored = None
    style: Ignored = None


MODEL = Iframe


def draw(raw: Raw, state: State) -> str:
    """A card with the page's name; the page is loaded only when the reader asks for it."""
    fields = checked(raw, state)
    src = text(fields.get("src")).strip()
    if not src or not sanitise.safe_url(src):
        fix = "Write 'src: https://…'."
        message = "An iframe needs an address." if not src else "This address is not http or https."
        complain(raw, message, fix, state, "src")
        return ""
    try:
        host = urlsplit(src).hostname or src
    except ValueError:
        host = src
    title = text(fields.get("title")).strip() or "Interactive content"
    card = (
        f'<a class="iframe-card" href="{html.escape(src)}" target="_blank" '
        f'rel="noopener noreferrer"><strong>{html.escape(title)}</strong> '
        f"<span>{html.escape(host)}</span></a>"
    )
    return state.block(raw, card)
