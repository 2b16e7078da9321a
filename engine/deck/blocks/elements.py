"""The fenced elements of colloquium that are drawn as HTML: box, conversation, chart, iframe, …

Each takes what the author wrote and the state of the slide, and returns HTML with slots. Markdown
inside is rendered like the slide's own, so math, code and citations work in it.
"""

import difflib
import html
from typing import Any
from urllib.parse import urlsplit

from engine.deck.blocks.fields import checked, choice, complain, line_of, scale, text
from engine.deck.markup import markdown, sanitise
from engine.deck.markup.state import Raw, State

_ROLES = ("user", "assistant", "system", "tool")
_TONES = ("accent", "muted", "surface")


def box(raw: Raw, state: State) -> str:
    """A callout card."""
    known = ("title", "tone", "content", "size", "align", "compact")
    fields = checked(raw, known, state)
    title, content = text(fields.get("title")), text(fields.get("content"))
    if not title.strip() and not content.strip():
        complain(raw, "A box needs a title or content.", "Add 'content: …'.", state)
    classes = ["colloquium-box", f"colloquium-box--{choice(raw, 'tone', _TONES, 'accent', state)}"]
    if align := choice(raw, "align", ("left", "center", "right"), "", state):
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
    fields = checked(raw, ("size", "messages"), state)
    messages = fields.get("messages")
    if not isinstance(messages, list) or not messages:
        fix = "Add 'messages:' with '- role: user' and 'content: …'."
        complain(raw, "A conversation needs messages.", fix, state, "messages")
        messages = []
    bubbles: list[tuple[bool, str]] = []
    for index, message in enumerate(messages):
        where = ("messages", str(index))
        if not isinstance(message, dict):
            fix = "Write 'role:' and 'content:'."
            complain(raw, "A message holds 'name: value' lines.", fix, state, *where)
            continue
        for key in message.keys() - {"role", "model", "content"}:
            near = difflib.get_close_matches(key, ("role", "model", "content"), n=1)
            fix = f"Did you mean '{near[0]}'?" if near else "There are: role, model, content."
            complain(raw, f"A message has no field '{key}'.", fix, state, *where, key)
        role = str(message.get("role", "user")).strip().lower()
        if role not in _ROLES:
            fix = f"Write one of: {', '.join(_ROLES)}."
            complain(raw, f"'{role}' is no role of a message.", fix, state, *where, "role")
            role = "user"
        line = line_of(raw, *where, "content")
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
    known = (
        "src", "title", "height", "width", "loading", "allowfullscreen", "preserve_keyboard",
        "scrolling", "frameborder", "style",
    )  # fmt: skip
    fields = checked(raw, known, state)
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
    fields = checked(raw, ("label", "repo", "url", "stars", "icon"), state)
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
    fields = checked(raw, ("numbered",), state)
    return state.late("t", "ul" if fields.get("numbered") is False else "ol")
