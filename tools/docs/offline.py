"""A hook of MkDocs: the build fails if a page of the site loads anything from another server."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

# Attributes that a browser follows by itself; a link that a reader clicks is not a load.
LOADS = {
    "script": "src", "img": "src", "iframe": "src", "source": "src", "video": "src",
    "audio": "src", "embed": "src", "object": "data", "link": "href",
}  # fmt: skip
RELATIONS_OF_NO_LOAD = {"canonical", "prev", "next", "alternate", "edit"}
FOREIGN = re.compile(r"\s*(?:https?:)?//", re.IGNORECASE)
IN_CSS = re.compile(r"(?:@import\s*|url\(\s*)['\"]?((?:https?:)?//[^'\")\s]+)", re.IGNORECASE)


def on_post_build(config: Any, **_: Any) -> None:
    """Called by MkDocs when the site is built; PluginError names every foreign address."""
    from mkdocs.exceptions import PluginError

    if found := sorted(set(foreign(Path(config["site_dir"])))):
        raise PluginError("the site loads from other servers:\n" + "\n".join(found))


def foreign(site: Path) -> Iterator[str]:
    """`file: address` for all that the pages and style sheets of a site load from elsewhere."""
    for path in sorted(site.rglob("*")):
        if path.suffix not in (".html", ".css", ".svg"):
            continue
        text = path.read_text(encoding="utf-8")
        finder = _Loads()
        if path.suffix != ".css":
            finder.feed(text)
        for address in [*finder.found, *IN_CSS.findall(text)]:
            yield f"{path.relative_to(site).as_posix()}: {address}"


class _Loads(HTMLParser):
    """Foreign addresses in the tags of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "link" and set((given.get("rel") or "").split()) <= RELATIONS_OF_NO_LOAD:
            return
        address = given.get(LOADS.get(tag, ""), "") or ""
        if FOREIGN.match(address):
            self.found.append(address)
