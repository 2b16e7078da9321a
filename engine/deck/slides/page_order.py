"""The pages of a deck in the order in which they are shown, and the number that each has."""

from dataclasses import dataclass
from string import ascii_lowercase

from engine.deck.content.bibliography import Work
from engine.deck.model import Deck, Slide
from engine.deck.slides import second_pass


@dataclass(frozen=True)
class Page:
    """A slide in the order of the page; `source` is None for a generated references slide.

    Of the references, all pages but the first are asides: a talk ends at the first.
    """

    source: Slide | None
    id: str
    title: str
    body: str = ""
    is_aside: bool = False


def pages(deck: Deck, works: dict[str, Work]) -> list[Page]:
    """The shown slides, the references behind the talk, and then what comes after these."""
    shown = [one for one in deck.slides if not one.is_hidden]
    sources = [Page(one, one.id, one.title, is_aside=one.is_aside) for one in shown]
    own = [page for page in sources if page.source and not page.source.is_after_references]
    after = [page for page in sources if page.source and page.source.is_after_references]
    taken = {page.id for page in own + after}
    listed = []
    for number, (title, body) in enumerate(second_pass.reference_pages(deck, works), start=1):
        name = "references" if number == 1 else f"references-{number}"
        while name in taken:
            name += "-list"
        listed.append(Page(None, name, title, body, is_aside=number > 1))
    return [*own, *listed, *after]


def numbers(pages: list[Page]) -> list[str]:
    """The number of each page: 1, 2, … on the main path, and 2a, 2b, … for the asides below 2."""
    out, main, asides = [], 0, 0
    for page in pages:
        if page.is_aside:
            times, letter = divmod(asides, len(ascii_lowercase))
            out.append(f"{main}{ascii_lowercase[letter] * (times + 1)}")
            asides += 1
        else:
            main, asides = main + 1, 0
            out.append(str(main))
    return out
