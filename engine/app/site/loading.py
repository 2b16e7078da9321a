"""What the page of a lecture says before Streamlit is there: where the lecture is, and the script
that opens it (web/joined/page.js)."""

import json
from html import escape
from urllib.parse import quote

from engine.app import web_files
from engine.app.lectures import library, packed
from engine.app.modules import without_comments
from engine.deck.library import fault_of
from engine.deck.source import names

SCRIPT = without_comments("joined/page.js")


def stage_data(slug: str, start: str = "") -> dict[str, str]:
    """Where a lecture and the modules of the page are, beside the page; `start` is the slide where
    the visit begins. LookupError when there is no such lecture."""
    return {
        "slug": slug,
        "scope": names.slug_of(library().paths()[slug]),  # of the deck's own style sheet
        "web": f"api/web/{web_files.version()}/",
        "deck": f"api/decks/{quote(slug)}/{packed(slug).hash}.json",
        "start": start,
    }


def lecture_here(slug: str) -> str:
    """What names the lecture of a page, and asks for its deck and style sheet; "" for one that is
    not read yet, since a page never waits for that, or cannot be shown."""
    document = library().at_hand(slug)
    if document is None or not document["slides"] or fault_of(document):
        return ""
    try:
        data = stage_data(slug)
    except (LookupError, OSError):  # deleted meanwhile
        return ""
    return (
        f"<title>{escape(document['title'])} · Practicum</title>\n"
        f'<link rel="preload" as="fetch" crossorigin href="./{escape(data["deck"])}">\n'
        f'<link rel="preload" as="style" href="./{escape(data["web"])}joined/slides.css">\n'
        f'<meta name="practicum-lecture" content="{escape(json.dumps(data))}">'
    )
