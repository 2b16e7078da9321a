"""The style sheets that pages made by Python load are those that the page's own code asks for."""

import re

from engine.app.web_files import SLIDE_SHEETS
from engine.paths import ASSETS, WEB


def test_one_list_in_two_languages() -> None:
    listed = re.findall(r'"([^"]+\.css)"', (WEB / "views" / "sheets.js").read_text("utf-8"))
    assert (*listed, "styles/claims.css") == SLIDE_SHEETS
    assert all((WEB / one).is_file() for one in SLIDE_SHEETS[1:])
    assert (ASSETS / SLIDE_SHEETS[0]).is_file()
