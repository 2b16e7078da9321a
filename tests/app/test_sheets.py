"""The style sheets that pages made by Python load are those that the page's own code asks for."""

import re

from engine.app.web_files import SLIDE_SHEETS
from engine.paths import ASSETS, WEB


def test_one_list_in_two_languages() -> None:
    listed = re.findall(r'"([^"]+\.css)"', (WEB / "views" / "sheets.js").read_text("utf-8"))
    assert (*listed, "styles/claims.css") == SLIDE_SHEETS
    assert all((WEB / one).is_file() for one in SLIDE_SHEETS[1:])
    assert (ASSETS / SLIDE_SHEETS[0]).is_file()


def test_no_change_of_a_slide_makes_the_browser_search_the_whole_lecture() -> None:
    """`:has(.x)` of what holds all slides is asked again at every flip; `:has(> .x)` is not.

    Measured on Lecture 1 (12,000 elements): three such rules took 20 ms of every flip.
    """
    broad = re.compile(r"(?:\.practicum|\bhtml|\bbody|\]\))(?:\[[^]]*\]|\.[\w-]+)*:has\((?!\s*>)")
    assert broad.search('.practicum[data-theme="dark"]:has(.slide .live) .hint')
    assert broad.search("html:has(.practicum)")
    sheets = [ASSETS / "theme.css", *(WEB / "styles").glob("*.css")]
    found = [
        f"{one.name}: {hit}" for one in sheets for hit in broad.findall(one.read_text("utf-8"))
    ]
    assert found == []
