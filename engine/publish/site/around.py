"""What an exported site has beside its pages: the service worker, the page for addresses that are
none, and the map for search engines."""

import hashlib
import html
import json
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote, urlsplit

from engine.app import web_files
from engine.app.site.templates import fill
from engine.publish.site.decks import PAGES, SiteDeck
from engine.publish.site.html import Writer, style

SHARED = ("index.html", "icon.svg", *(f"{page}.html" for page in PAGES))


def write(writer: Writer) -> None:
    """All three; the worker last, for its version is that of all files."""
    _lost(writer)
    if writer.base_url:
        _map(writer)
    _worker(writer.folder, writer.made)


def _worker(folder: Path, made: Sequence[SiteDeck]) -> None:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    names = {path.relative_to(folder).as_posix(): path for path in files}
    digest = hashlib.sha256()
    for name, path in names.items():
        digest.update(f"\n{name}\n".encode() + path.read_bytes())
    common = [name for name in names if name.startswith(("web/", "api/")) and not _is_own(name)]
    kept = {
        "version": digest.hexdigest()[:16],
        "shared": [_address(name) for name in [*common, *(n for n in SHARED if n in names)]],
        "lectures": {deck.slug: [_address(name) for name in _own(deck)] for deck in made},
    }
    text = f"globalThis.KEPT = {json.dumps(kept)}\n{web_files.text('exported/sw.js')}"
    (folder / "sw.js").write_text(text, encoding="utf-8")


def _is_own(name: str) -> bool:
    """Whether an answer is of one lecture or one run, not of the whole site."""
    return name.startswith(("api/decks/", "api/recorded/"))


def _own(deck: SiteDeck) -> list[str]:
    runs = [f"api/recorded/{path.name}.js" for path in deck.recordings]
    pictures = [name for name, _ in deck.pictures]
    answers = [f"{name}.js" for name in deck.parts]
    return [f"{deck.slug}.html", *answers, *runs, *pictures]


def _address(name: str) -> str:
    return quote(name)


def _lost(writer: Writer) -> None:
    """A web host shows 404.html at any depth, so its links begin at the site's own address."""
    places = {
        "home": urlsplit(writer.base_url).path,
        "lectures": [
            {
                "slug": deck.slug,
                "title": deck.title,
                "slides": [[one["id"], one["title"]] for one in deck.document["slides"]],
            }
            for deck in writer.made
        ],
    }
    data = json.dumps(places, ensure_ascii=False).replace("<", "\\u003c")
    script = f"globalThis.PLACES = {data}\n{web_files.text('exported/lost.js')}"
    body = fill("exported", "lost", writer.made, script)
    head = writer.head("404", "There is no such page", "No page has this address.", style())
    writer.write("404", head, body, script)


def _map(writer: Writer) -> None:
    names = ["", *(f"{deck.slug}.html" for deck in writer.made), *(f"{p}.html" for p in PAGES)]
    pages = (html.escape(writer.base_url + quote(name)) for name in names)
    lines = "\n".join(f"<url><loc>{page}</loc></url>" for page in pages)
    (writer.folder / "sitemap.xml").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{lines}\n</urlset>\n',
        encoding="utf-8",
    )
