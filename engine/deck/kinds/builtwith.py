"""`builtwith`: a badge that links to a repository."""

import html
from typing import Annotated, Any, ClassVar

from engine.deck.blocks.fields import checked, complain, text
from engine.deck.markup import sanitise
from engine.deck.markup.state import Raw, State
from engine.deck.schema.fields import Model, Text, means
from engine.deck.schema.shared import Ignored


class BuiltWith(Model):
    """A badge that links to a repository."""

    unknown: ClassVar[str] = "A builtwith block has no field '{key}'."
    examples: ClassVar[tuple[str, ...]] = (
        """\
repo: natolambert/colloquium
url: https://github.com/natolambert/colloquium
label: Built with
stars: 1200
icon: github
""",
    )
    repo: Annotated[Text, means("owner/name on GitHub")] = "natolambert/colloquium"
    url: Annotated[Text, means("address of the link; made from `repo` else")] = ""
    label: Annotated[Text, means("the text before the name")] = "Built with"
    stars: Annotated[Any, means("number of stars to show; none else")] = None
    icon: Ignored = None


MODEL = BuiltWith


def draw(raw: Raw, state: State) -> str:
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
