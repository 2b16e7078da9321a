"""What a deck points at: pictures and links, and whether a reader of the app gets there."""

import os
import re
from collections.abc import Collection, Iterable
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit

from engine.deck.content import picture_files
from engine.deck.markup.sanitise import safe_url
from engine.deck.markup.state import Image, Link
from engine.deck.source import names
from engine.deck.source.inside import LARGEST_PICTURE, Refused, inside
from sims.nearest import nearest

SHOWN = (".svg", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif")  # what the server hands out
_WEB = re.compile(r"(?:https?:)?//", re.IGNORECASE)
_ONE_MACHINE = re.compile(r"[A-Za-z]:(?:[\\/]|%5C)|file:|\\\\|%5C", re.IGNORECASE)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_DECK_LINK = re.compile(r'(<a\b[^>]*?\shref=")([^":?#]+\.md)(#[^"]*)?(?=")', re.IGNORECASE)
_OURS = ("ref-", "term-", "references", "figure-")
_COPY = "Put a copy beside the deck and name that."


def picture_fault(image: Image, folder: Path) -> tuple[str, str]:
    """(what, fix) of a picture that a reader would not see; ("", "") when all is well."""
    src = image.src.strip()
    if src.lower().startswith("data:"):
        return "", ""
    if fault := _address_fault(src):
        return fault
    asked = unquote(re.split(r"[?#]", src)[0])
    path = Path(os.path.abspath(folder / asked))
    if asked != unquote(src) and os.path.lexists(folder / unquote(src)):
        fix = f"Write {quote(unquote(src))}: in an address # and ? end the name of the file."
        return f"There is no image '{short(asked)}'.", fix
    if path.suffix.lower() not in SHOWN:
        fix = f"Save it as one of {', '.join(SHOWN)}."
        return f"'{short(src)}' is not a picture that a slide can show.", fix
    try:
        inner, fix = picture_files.fault(inside(folder, path, LARGEST_PICTURE))
    except Refused as error:
        if error.fix:
            return f"The picture '{short(src)}' is not shown: {error}.", error.fix
        return f"There is no image '{short(src)}'.", nearest_file(path)
    except OSError as error:
        return f"The picture '{short(src)}' cannot be read: {error.strerror}.", "Check its rights."
    if not _is_spelt(path):
        return f"There is no image '{short(src)}'.", nearest_file(path)
    return (f"The picture '{short(src)}' is not shown: {inner}.", fix) if inner else ("", "")


def _address_fault(src: str) -> tuple[str, str] | None:
    """(what, fix) of an address that cannot be a file beside the deck."""
    if not src or src.startswith("#"):
        return "This picture has no address.", "Name a file: ![what it shows](plot.svg)."
    if _WEB.match(src):
        what = f"The picture '{short(src)}' is on the web, and nothing is loaded from there."
        return what, _COPY
    if src.startswith("/") or _ONE_MACHINE.match(src):
        return f"The picture '{short(src)}' is named by its place on one machine.", _COPY
    if _SCHEME.match(src):
        return f"The picture '{short(src)}' has an address that is not loaded.", _COPY
    asked = unquote(re.split(r"[?#]", src)[0])
    if "\\" in asked:
        return f"There is no image '{short(src)}'.", "Write / between folders."
    if asked.endswith("/") or "\0" in asked:
        return f"There is no image '{short(src)}'.", "Name a file."
    return None


def link_problems(
    links: Iterable[Link], ids: Collection[str], folder: Path
) -> Iterable[tuple[Link, str, str]]:
    """(link, what, fix) for each link that leads nowhere. `ids` are those of the deck's slides."""
    addresses = names.addresses(folder)
    files = {path.name: address for address, path in addresses.items()}
    for link in links:
        href = link.href.strip()
        target = urlsplit(href) if href and not _SCHEME.match(href) else None
        if target is None or href.startswith("//"):
            if re.match(r"[A-Za-z]:[\\/]|file:", href, re.IGNORECASE):
                yield link, f"'{short(href)}' is a place on one machine.", "Link to the web."
            elif re.fullmatch(r"(?:https?:)?//(?:[/?#].*)?|https?:(?!//).*", href, re.I):
                yield link, f"The link '{short(href)}' names no site.", "Write https://…."
            elif not href or not safe_url(href):
                message = f"The link '{short(href)}' is not followed."
                if not href:
                    message = "This link has no address."
                yield link, message, "Link to a lecture, a slide, https://… or mailto:…."
            continue
        path = unquote(target.path).removeprefix("./")
        slide = unquote(target.fragment) or "".join(parse_qs(target.query).get("slide", [])[:1])
        if path.lower().endswith(".md"):
            if path not in files:
                yield (
                    link,
                    f"There is no deck '{short(path)}' here.",
                    nearest(path, files, "Name a deck of this folder."),
                )
        elif href == "#":
            yield link, "The link '#' names no slide.", "Name the id of a slide: #its-id."
        elif path in ("", ".") and slide:
            if slide not in ids and not slide.startswith(_OURS):
                yield link, *no_slide(slide, ids)
        elif path and path.strip("/") not in {*addresses, *names.PAGES, "."}:
            known = [*addresses, *names.PAGES]
            fix = nearest(path, known, "Link to a lecture, a slide or the web.")
            if path.lower().startswith("www."):
                fix = f"Write https://{short(path)}."
            yield link, f"The link '{short(href)}' leads to no page.", fix


def into_lectures(links: Iterable[Link], folder: Path) -> Iterable[tuple[Link, Path, str]]:
    """(link, the file of the lecture, the slide) for each link to a slide of a named lecture."""
    addresses = names.addresses(folder)
    files = {path.name: path for path in addresses.values()}
    for link in links:
        href = link.href.strip()
        if _SCHEME.match(href) or href.startswith("//"):
            continue
        target = urlsplit(href)
        name = unquote(target.path).removeprefix("./").strip("/")
        path = addresses.get(name) or files.get(name)
        slide = unquote(target.fragment) or "".join(parse_qs(target.query).get("slide", [])[:1])
        if path is not None and slide and not slide.startswith(_OURS):
            yield link, path, slide


def no_slide(slide: str, ids: Collection[str], lecture: str = "") -> tuple[str, str]:
    """(what, fix) of a link to a slide that its lecture does not have."""
    where = f" in '{short(lecture)}'" if lecture else ""
    fix = nearest(slide, ids, "Name the id of a slide.")
    return f"There is no slide '{short(slide)}'{where}.", fix


def with_addresses(html: str, folder: Path) -> str:
    """A slide's HTML in which a link to another deck's file leads to that lecture."""
    if ".md" not in html:
        return html
    known = {path.name: address for address, path in names.addresses(folder).items()}

    def lead(match: re.Match[str]) -> str:
        address = known.get(unquote(match[2]).removeprefix("./"))
        if address is None:
            return match[0]
        slide = f"?slide={match[3][1:]}" if match[3] else ""
        return f"{match[1]}./{quote(address)}{slide}"

    return _DECK_LINK.sub(lead, html)


def short(text: str) -> str:
    """A name as it stands in a sentence."""
    return text if len(text) <= 80 else text[:77] + "…"


def _is_spelt(path: Path) -> bool:
    """Whether the name has the case of the file: not every machine minds, every server may."""
    try:
        return path.name in os.listdir(path.parent)
    except OSError:
        return False


def nearest_file(path: Path) -> str:
    """A sentence that fixes the name of a file that is not there."""
    try:
        found = os.listdir(path.parent)
    except (OSError, ValueError):
        found = []
    if path.name in found:
        return "It is a link to a file that is not there."
    return nearest(path.name, found, "Paths count from the deck's folder.")
