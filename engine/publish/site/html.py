"""The pages of an exported site: filled from the server's own templates."""

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from engine import palette
from engine.app.lectures import course, library
from engine.app.site import claims, home
from engine.app.site.claims_data import STANDINGS
from engine.app.site.first_slide import SCRIPT, copy_of
from engine.app.site.parts import chapters, parts
from engine.app.site.templates import fill
from engine.claims.cards import ShownClaims
from engine.deck.schema.deck_json import SlideJson
from engine.deck.search.entries import plain
from engine.publish.site import answers
from engine.publish.site.answers import script as script_text
from engine.publish.site.assets import BLOCKS, VIEWS
from engine.publish.site.decks import PAGES, SiteDeck, with_pages

_LOOSE = re.compile(r"(?<=\() | (?=[).,;:])")  # where a tag stood beside a mark
DRAWN = ("sim", "chart", "published")  # kinds of blocks with a chart, as web/views/services.js has
# An address that names a slide opens there: the first one would only flash up.
AWAY = (
    "if(/[?&](slide|view)=/.test(location.search))document.getElementById('first-slide')?.remove()"
)
# What web/views/stage.js asks for when its own text has come.
SHEETS = ("joined/slides.css", "styles/print.css")
# Asks for what a slide draws with, most of a first visit, before it is known to be wanted.
AHEAD = """{const asked=new URLSearchParams(location.search),name=asked.get('slide')??'',
view=asked.get('view'),files=[];
if(view)files.push('%(views)s');
if(view||%(drawn)s.includes(' '+name+' '))files.push('%(blocks)s','plotly.min.js');
for(const file of files)document.head.append(Object.assign(document.createElement('link'),
{rel:'preload',as:'script',href:%(web)s+file,fetchPriority:'low'}))}"""
LONGEST = 200  # characters of a description


@dataclass(frozen=True)
class Head:
    """What the head of a page says."""

    title: str
    description: str
    url: str = ""
    picture: str = ""
    style: str = ""
    script: str = ""  # runs before anything else is asked for


@dataclass(frozen=True)
class LectureCard:
    """A lecture in the list of all."""

    title: str
    caption: str
    chapters: str
    ways_in: str
    slug: str


class Writer:
    """Writes pages into `folder`; `web` is where the scripts are, `base_url` where the site is."""

    def __init__(self, folder: Path, made: Sequence[SiteDeck], web: str, base_url: str) -> None:
        self.folder, self.made, self.web, self.base_url = folder, made, web, base_url
        self.pages = {*(deck.slug for deck in made), *PAGES}

    def write(self, name: str, head: Head, body: str, *scripts: str) -> None:
        """One page, whose inline scripts are these."""
        text = fill("exported", "page", head, body, self.web, policy(*scripts))
        (self.folder / f"{name}.html").write_text(with_pages(text, self.pages), encoding="utf-8")

    def head(self, name: str, title: str, description: str, style: str = "") -> Head:
        """The head of a page; its own address and picture are known with the site's alone."""
        url = self.base_url and self.base_url + ("" if name == "index" else f"{name}.html")
        picture = self.folder / "cards" / f"{name}.png"
        shown = f"{self.base_url}cards/{name}.png" if url and picture.is_file() else ""
        return Head(title, description[:LONGEST], url, shown, style)


def write(folder: Path, made: Sequence[SiteDeck], web: str, base_url: str) -> Writer:
    """Every page; what wrote them."""
    writer = Writer(folder, made, web, base_url)
    for deck in made:
        _lecture(writer, deck)
    _home(writer)
    _references(writer)
    _claims(writer)
    return writer


def _lecture(writer: Writer, deck: SiteDeck) -> None:
    first = copy_of(deck.document["slides"][0], deck.scope, deck.document["css"])
    place = deck.slug, deck.scope, deck.address, writer.web
    body = fill("exported", "lecture", *place, SHEETS, first, AWAY)
    script = ahead(deck, writer.web)
    head = writer.head(deck.slug, deck.title, description(deck))
    writer.write(deck.slug, replace(head, script=script), body, script, SCRIPT, AWAY)


def ahead(deck: SiteDeck, web: str) -> str:
    """The script that asks for what the slide of the address draws with."""
    names = [""] if _is_drawn(deck.document["slides"][0]) else []
    for slide in deck.document["slides"]:
        if _is_drawn(slide):
            names += [slide["id"], *slide["aliases"]]
    drawn = script_text(f" {' '.join(names)} ").replace("<", "\\u003c")
    return AHEAD % {"views": VIEWS, "blocks": BLOCKS, "drawn": drawn, "web": script_text(web)}


def _is_drawn(slide: SlideJson) -> bool:
    return any(block["kind"] in DRAWN for block in slide["blocks"])


def description(deck: SiteDeck) -> str:
    """What a lecture is about, as its author says it or as its slides do."""
    said = deck.document["meta"].get("description")
    if isinstance(said, str) and said.strip():
        return " ".join(said.split())
    first = plain(deck.document["slides"][0]["html"])
    sentences = [first, *chapters(deck.document["slides"])]
    said = " ".join(f"{one.rstrip('.')}." for one in sentences if one)
    return _LOOSE.sub("", said)


def _home(writer: Writer) -> None:
    cards = [
        LectureCard(
            title=deck.title,
            caption=home.caption(deck.document["slides"]),
            chapters=fill("home", "chapters", deck.slug, parts(deck.document["slides"])),
            ways_in=fill("home", "ways_in", deck.slug),
            slug=deck.slug,
        )
        for deck in writer.made
    ]
    title, about = course().title, course().text("description")
    head = writer.head("index", title, about, style())
    writer.write("index", head, fill("exported", "home", cards, title, about))


def _references(writer: Writer) -> None:
    slugs = {deck.slug for deck in writer.made}
    works = []
    for work in library().works():
        cited = [place for place in work["cited_by"] if place["slug"] in slugs]
        if cited:
            works.append({**work, "cited_by": cited})
    rows = fill("home", "works", works)
    label = "Search authors, titles, years, venues"
    body = fill("exported", "list", "References", "", "", label, "works", [], rows)
    head = writer.head("references", "References", "Every work that the lectures cite.", style())
    writer.write("references", head, body)


def _claims(writer: Writer) -> None:
    found: ShownClaims = answers.claims_of(writer.made)
    counts = Counter(card["status"] for card in found["claims"])
    body = fill(
        "exported",
        "list",
        "Claims",
        "Every claim of the lectures: run here, cited, or marked as what it is.",
        claims.progress(found["claims"]),
        "Search sentences, badges, slides, works and figures",
        "claims",
        [status for status in STANDINGS if counts[status]],
        fill("ledger", "table", found["claims"], found["works"]),
    )
    shapes = claims.SHAPES.read_text(encoding="utf-8")
    head = writer.head(
        "claims", "Claims", "Every claim and its status.", style() + shapes + claims.STYLE
    )
    writer.write("claims", head, body)


def style() -> str:
    """Colours and looks of the pages around the lectures."""
    return palette.style(course().colours(), course().colours(dark=True)) + home.STYLE


def policy(*scripts: str) -> str:
    """What a browser is to refuse on a page: all that does not lie beside it.

    `'self'` does not mean a file's own folder in every browser, so `file:` is named too.
    """
    own = " ".join(f"'sha256-{_digest(script)}'" for script in scripts)
    rules = {
        "default-src": "'self' file:",
        "script-src": f"'self' file: {own}".strip(),
        "style-src": "'self' file: 'unsafe-inline'",
        "img-src": "'self' file: data: blob:",
        "font-src": "'self' file: data:",
        "worker-src": "'self' blob:",
        "frame-src": "https: http:",  # an `iframe` block, loaded when the reader asks for it
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
