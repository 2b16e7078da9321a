"""The fenced elements of colloquium that are drawn as HTML: box, conversation, chart, iframe, …

Each takes what the author wrote and the state of the slide, and returns HTML with slots. Markdown
inside is rendered like the slide's own, so math, code and citations work in it.
"""

import difflib
import html
import re
from typing import Any
from urllib.parse import urlsplit

from engine.deck import markdown, sanitise
from engine.deck.state import Raw, State, late

_ROLES = ("user", "assistant", "system", "tool")
_TONES = ("accent", "muted", "surface")
_CHARTS = ("line", "bar", "scatter", "pie", "doughnut", "radar", "bubble", "area")


def check_keys(raw: Raw, known: tuple[str, ...], state: State) -> dict[str, Any]:
    """The fields of a block; a name it does not have is a problem."""
    fields = raw.yaml.value or {}
    for key in fields:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            fix = f"Did you mean '{near[0]}'?" if near else f"There are: {', '.join(known)}."
            complain(raw, f"A {raw.kind} block has no field '{key}'.", fix, state, key)
    return fields


def complain(raw: Raw, message: str, fix: str, state: State, *path: str) -> None:
    """A problem at one field of a block."""
    line, column = raw.yaml.place(*path)
    at = raw.line + 1 + line if raw.yaml.places else raw.line
    state.problem(message, fix, at, column)


def choice(raw: Raw, key: str, known: tuple[str, ...], default: str, state: State) -> str:
    """A field that is one of a few words."""
    value = str((raw.yaml.value or {}).get(key, default)).strip().lower() or default
    if value in known or value == default:
        return value
    near = difflib.get_close_matches(value, known, n=1)
    fix = f"Did you mean '{near[0]}'?" if near else f"Write one of: {', '.join(known)}."
    complain(raw, f"'{value}' is no {key} of a {raw.kind} block.", fix, state, key)
    return default


def scale(raw: Raw, state: State) -> str:
    """The style attribute of a `size` field (a positive factor)."""
    value = (raw.yaml.value or {}).get("size")
    if value in (None, ""):
        return ""
    try:
        size = float(str(value))
    except ValueError:
        size = 0.0
    if 0 < size <= 10:
        return f' style="font-size: {size:g}em"'
    complain(raw, f"The size '{value}' is no factor.", "Write one like 0.9.", state, "size")
    return ""


def box(raw: Raw, state: State) -> str:
    """A callout card."""
    known = ("title", "tone", "content", "size", "align", "compact")
    fields = check_keys(raw, known, state)
    title, content = _text(fields.get("title")), _text(fields.get("content"))
    if not title.strip() and not content.strip():
        complain(raw, "A box needs a title or content.", "Add 'content: …'.", state)
    classes = ["colloquium-box", f"colloquium-box--{choice(raw, 'tone', _TONES, 'accent', state)}"]
    if align := choice(raw, "align", ("left", "center", "right"), "", state):
        classes.append(f"colloquium-box--align-{align}")
    if fields.get("compact") not in (None, False, "", "false"):
        classes.append("colloquium-box--compact")
    parts = [f'<div class="{" ".join(classes)}"{scale(raw, state)}>']
    if title.strip():
        inner = markdown.inline_of(title.strip(), state, _line(raw, "title"))
        parts.append(f'<div class="colloquium-box-title">{inner}</div>')
    if content.strip():
        inner = markdown.blocks_of(content, state, _line(raw, "content"))
        parts.append(f'<div class="colloquium-box-content">{inner.strip()}</div>')
    return "\n".join([*parts, "</div>"])


def conversation(raw: Raw, state: State) -> str:
    """Chat bubbles; system messages come first."""
    fields = check_keys(raw, ("size", "messages"), state)
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
        line = _line(raw, *where, "content")
        bubbles.append((role == "system", _bubble(role, message, line, state)))
    ordered = [text for first in (True, False) for is_system, text in bubbles if is_system == first]
    opening = f'<div class="colloquium-conversation"{scale(raw, state)}>'
    return "\n".join([opening, *ordered, "</div>"])


def _bubble(role: str, message: dict[str, Any], line: int, state: State) -> str:
    label = f'<span class="colloquium-message-role-name">{role.capitalize()}</span>'
    if message.get("model"):
        model = html.escape(str(message["model"]))
        label += f' <span class="colloquium-message-model">({model})</span>'
    text = _text(message.get("content")).replace("\\n", "\n")
    inner = markdown.blocks_of(text, state, line).strip()
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
    fields = check_keys(raw, known, state)
    src = _text(fields.get("src")).strip()
    if not src or not sanitise.safe_url(src):
        fix = "Write 'src: https://…'."
        message = "An iframe needs an address." if not src else "This address is not http or https."
        complain(raw, message, fix, state, "src")
        return ""
    try:
        host = urlsplit(src).hostname or src
    except ValueError:
        host = src
    title = _text(fields.get("title")).strip() or "Interactive content"
    card = (
        f'<a class="iframe-card" href="{html.escape(src)}" target="_blank" '
        f'rel="noopener noreferrer"><strong>{html.escape(title)}</strong> '
        f"<span>{html.escape(host)}</span></a>"
    )
    return state.block(raw, card)


def builtwith(raw: Raw, state: State) -> str:
    """A badge that links to a repository. Stars are shown only when the author gives a number."""
    fields = check_keys(raw, ("label", "repo", "url", "stars", "icon"), state)
    repo = _text(fields.get("repo")).strip() or "natolambert/colloquium"
    url = _text(fields.get("url")).strip() or f"https://github.com/{repo}"
    if not sanitise.safe_url(url):
        complain(raw, "This address is not http or https.", "Write 'https://…'.", state, "url")
        url = ""
    label = _text(fields.get("label", "Built with")).strip()
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
    fields = check_keys(raw, ("numbered",), state)
    return state.slot(late("t", "ul" if fields.get("numbered") is False else "ol"))


def chart(raw: Raw, state: State) -> str:
    """A place for the drawn chart, with its numbers as a table."""
    fields = check_keys(raw, ("type", "height", "width", "title", "data", "options"), state)
    choice(raw, "type", _CHARTS, "bar", state)
    data = fields.get("data")
    sets = data.get("datasets") if isinstance(data, dict) else None
    if not isinstance(data, dict) or not isinstance(sets, list) or not sets:
        fix = "Add 'data:' with 'labels:' and 'datasets:'."
        complain(raw, "A chart needs data.", fix, state, "data", "datasets")
        return ""
    labels = data.get("labels")
    labels = labels if isinstance(labels, list) else []
    names, columns = [], []
    for index, item in enumerate(sets):
        values = item.get("data") if isinstance(item, dict) else None
        if not isinstance(values, list) or not all(_is_point(value) for value in values):
            where = ("data", "datasets", str(index))
            fix = "Write 'data: [1, 2, 3]'."
            complain(raw, "A dataset is a list of numbers or points.", fix, state, *where)
            return ""
        names.append(_text(item.get("label")) or f"Series {index + 1}")
        columns.append(values)
    return state.block(raw, _table(_text(fields.get("title")), labels, names, columns))


def _is_point(value: Any) -> bool:
    if isinstance(value, dict):
        return all(_is_point(part) and not isinstance(part, dict) for part in value.values())
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _table(title: str, labels: list[Any], names: list[str], columns: list[list[Any]]) -> str:
    def cell(value: Any) -> str:
        if isinstance(value, dict):
            value = ", ".join(f"{key} {part}" for key, part in value.items())
        return f"<td>{html.escape('' if value is None else str(value))}</td>"

    head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in names)
    rows = []
    for index in range(max(len(column) for column in columns)):
        label = html.escape(str(labels[index])) if index < len(labels) else str(index + 1)
        cells = "".join(cell(c[index] if index < len(c) else None) for c in columns)
        rows.append(f'<tr><th scope="row">{label}</th>{cells}</tr>')
    caption = f"<caption>{html.escape(title)}</caption>" if title else ""
    body = "".join(rows)
    return f"<table>{caption}<thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table>"


def _text(value: Any) -> str:
    return "" if value is None else re.sub(r"\r\n?", "\n", str(value))


def _line(raw: Raw, *path: str) -> int:
    return raw.line + 1 + raw.yaml.place(*path)[0] if raw.yaml.places else raw.line
