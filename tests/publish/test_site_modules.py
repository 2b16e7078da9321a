"""The modules and links of an exported page: what needs no export to be seen."""

import re

from engine.app import preload
from engine.app.site.templates import FOLDER
from engine.publish.site import assets, html
from engine.publish.site.assets import APP, BLOCKS, PARTS, VIEWS
from engine.publish.site.decks import with_pages


def test_every_module_is_in_one_script_that_its_page_has_by_then() -> None:
    texts = assets.written()
    homes = {
        name: part
        for part, text in texts.items()
        for name in re.findall(r'^"([^"]+\.js)": \(use, url\) => \{$', text, re.MULTILINE)
    }
    assert sum(text.count(": (use, url) => {") for text in texts.values()) == len(homes)
    for part, entries in PARTS.items():
        needed = {homes[name] for name in preload.needed(*entries)}
        assert needed <= {APP, part}
    assert homes["player/player.js"] == BLOCKS
    assert homes["views/presenter.js"] == VIEWS
    for text in texts.values():  # a classic script, in which these would be errors
        assert not re.search(r"^\s*(?:import|export)\b|\bimport\.meta|\bexport ?\{", text, re.M)


def test_every_sheet_that_is_asked_for_is_written_and_no_other() -> None:
    pages = (FOLDER / "exported.html").read_text(encoding="utf-8")
    texts = [*assets.written().values(), pages, *html.SHEETS]
    asked = {name for text in texts for name in re.findall(r"(?:styles|joined)/\w+\.css", text)}
    assert asked == set(assets.SHEETS)


def test_only_links_to_pages_become_links_to_files() -> None:
    html = '<a href="./one?slide=a">1</a> <a class="x" href="two">2</a> <a href="./">3</a>'
    assert with_pages(html, {"one"}) == (
        '<a href="./one.html?slide=a">1</a> <a class="x" href="two">2</a> <a href="./">3</a>'
    )
