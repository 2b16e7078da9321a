"""Pictures of links to a site (Open Graph): what a chat shows where its address is sent."""

from collections.abc import Sequence
from pathlib import Path

from engine.publish.drawing import NoBrowser, browser_page
from engine.publish.paper.sheets import NotPrinted, lay_out
from engine.publish.site.decks import SiteDeck

SIZE = {"width": 1280, "height": 720}


def draw(folder: Path, made: Sequence[SiteDeck]) -> str:
    """Draw the title slide of each lecture, and the list of them, as `cards/NAME.png`; why there
    are none, in a sentence, where no browser can be had."""
    try:
        with browser_page("A picture for links", viewport=SIZE, color_scheme="light") as page:
            (folder / "cards").mkdir()
            for deck in made:
                paper = lay_out(page, folder, deck.slug, {"only": "first"})
                sheet = paper.page.locator(".sheet").first
                sheet.screenshot(path=folder / "cards" / f"{deck.slug}.png")
            page.emulate_media(media="screen")
            page.goto((folder / "index.html").as_uri())
            page.screenshot(path=folder / "cards" / "index.png")
    except (NoBrowser, NotPrinted) as error:
        return f"Links to the site have no picture: {error}"
    return ""
