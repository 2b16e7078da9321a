"""`conversation`: chat bubbles."""

import html
from typing import Annotated, Any, ClassVar, Literal

from engine.deck.blocks.fields import checked, line_of, scale, text
from engine.deck.markup import markdown
from engine.deck.markup.state import Raw, State
from engine.deck.schema.fields import Model, means
from engine.deck.schema.shared import Size

_MESSAGES = (
    "A conversation needs messages.",
    "Add 'messages:' with '- role: user' and 'content: …'.",
)

_ROLES = ("user", "assistant", "system", "tool")


class Message(Model):
    """One message."""

    unknown: ClassVar[str] = "A message has no field '{key}'."
    role: Annotated[
        Literal["user", "assistant", "system", "tool"],
        means("who speaks", "'{value}' is not a role of a message.", is_folded=True),
    ] = "user"
    model: Annotated[Any, means("name of the model, in brackets beside the role")] = ""
    content: Annotated[Any, means("what is said, Markdown")] = ""


class Conversation(Model):
    """Chat bubbles; system messages come first."""

    unknown: ClassVar[str] = "A conversation block has no field '{key}'."
    examples: ClassVar[tuple[str, ...]] = (
        """\
size: 0.86
messages:
- role: user
  content: What is 2 + 2?
- role: assistant
  model: base
  content: "4"
""",
    )
    messages: Annotated[
        list[
            Annotated[
                Message,
                means("", "A message holds 'name: value' lines.", "Write 'role:' and 'content:'."),
            ]
        ],
        means("the messages, in their order", *_MESSAGES, min_length=1),
    ]
    size: Size = 1.0


MODEL = Conversation


def draw(raw: Raw, state: State) -> str:
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
