"""The fenced elements of colloquium that are drawn as HTML: box, conversation, chart, iframe, …

Each takes what the author wrote and the state of the slide, and returns HTML with slots. Markdown
inside is rendered like the slide's own, so math, code and citations work in it.
"""

import html
from typing import Any
from urllib.parse import urlsplit

from engine.deck.blocks.fields import checked, complain, line_of, scale, text
from engine.deck.markup import markdown, sanitise
from engine.deck.markup.state import Raw, State

_ROLES = ("user", "assistant", "system", "tool")


def box(raw: Raw, state: State) -> str:
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


def conversation(raw: Raw, state: State) -> str:
    """Chat bubbles; system messages come first."""
    written = (raw.yaml.value or {}).get("messages") if checked(raw, state) else None
    bubbles: list[tuple[bool, str]] = []
    for index, message in enumerate(written if isinstance(written, list) else ()):
        if not isinstance(message, dict):
            continue
        role = str(message.get("role", "user")).strip().lower()
        role = role if role in _ROLES else "user"
        line = line_of(raw, "messages", str(index), "content")
        bubbles.append((role == "system", _bubble(role, message, line, state)))
    ordered = [one for first in (True, False) for is_system, one in bubbles if is_system == first]
    opening = f'<div class="colloquium-conversation"{scale(raw, state)}>'
    return "\n".join([opening, *ordered, "</div>"])


def _bubble(role: str, message: dict[str, Any], line: int, state: State) -> str:
    label = f'<span class="colloquium-message-role-name">{role.capitalize()}</span>'
    if message.get("model"):
        model = html.escape(str(message["model"]))
        label += f' <span class="colloquium-message-model">({model})</span>'
    content = text(message.get("content")).replace("\\n", "\n")
    # A sample is shown as it was said: no term in it is explained.
    glossary, state.glossary = state.glossary, None
    inner = markdown.blocks_of(content, state, line).strip()
    state.glossary = glossary
    return (
        f'<div class="colloquium-message colloquium-message--{role}">'
        f'<div class="colloquium-message-role">{label}</div>'
        f'<div class="colloquium-message-content">{inner}</div></div>'
    )


def iframe(raw: Raw, state: State) -> str:
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


def builtwith(raw: Raw, state: State) -> str:
    """A badge that links to a repository. Stars are shown only when the author gives a number."""
    fields = checked(raw, state)
    repo = text(fields.get("repo")).strip() or "natolambert/colloquium"
    url = text(fields.get("url")).strip() or f"https://github.com/{repo}"
    if not sanitise.safe_url(url):
        complain(raw, "This address is not http or https.", "Write 'https://…'.", state, "url")
        url = ""
    label = text(fields.get("label", "Built with")).strip()
    parts = [f'<a class="colloquium-builtwith" href="{html.escape(url)}">']
    parts.append('<span class="colloquium-builtwith-text">')
    if label:
        parts.append(f'<span class="colloquium-builtwith-label">{html.escape(label)}</span> ')
    parts.append(f'<span class="colloquium-builtwith-repo">{html.escape(repo)}</span></span>')
    stars = fields.get("stars")
    if isinstance(stars, int) and not isinstance(stars, bool) and stars >= 0:
        parts.append(f' <span class="colloquium-builtwith-stars">{stars:,} stars</span>')
    return "".join([*parts, "</a>"])


def toc(raw: Raw, state: State) -> str:
    """The chapters of the deck; the whole deck knows them, so they are filled in late."""
    fields = checked(raw, state)
    return state.late("t", "ul" if fields.get("numbered") is False else "ol")
