"""The joined files of a page: each holds what it needs, once, and its page asks for them alone."""

import gzip
import json
import posixpath
import re
from pathlib import Path

import pytest

from engine.app import joined, modules, preload, web_files
from engine.app.web_files import SLIDE_SHEETS

CHANGED = re.compile(r"import|export|.*\b(?:import\.meta|export ?\{)|\} from|  \w+,$|.*/\*\*")
HELD = re.compile(r'^"([^"]+\.js)": \(use, url\) => \{$', re.MULTILINE)


def text_of(name: str) -> str:
    found = joined.find(f"joined/{name}")
    assert found is not None
    return gzip.decompress(found.body).decode()


@pytest.mark.parametrize("entry", joined.SCRIPTS)
def test_a_script_holds_all_that_its_page_has_not_yet(entry: str) -> None:
    begun = HELD.findall(text_of(joined.LATER[entry])) if entry in joined.LATER else []
    own = HELD.findall(text_of(entry))
    assert entry in own
    assert len({*begun, *own}) == len(begun) + len(own)
    assert {*begun, *own} >= set(preload.needed(entry))
    assert set(own) <= set(preload.needed(entry))


@pytest.mark.parametrize("entry", joined.SCRIPTS)
def test_the_source_map_leads_to_the_lines_as_they_were_written(entry: str) -> None:
    text = text_of(entry)
    assert text.endswith(f"//# sourceMappingURL={Path(entry).name}.map\n")
    lines = text.split("\n")
    sections = json.loads(text_of(f"{entry}.map"))["sections"]
    assert len(sections) == len(HELD.findall(text))
    compared = 0
    for section in sections:
        begins, [source] = section["offset"]["line"], section["map"]["sources"]
        address = posixpath.normpath(posixpath.join("joined", posixpath.dirname(entry), source))
        written = web_files.text(address).split("\n")
        assert section["map"]["mappings"].count(";") == len(written) - 1
        here = zip(lines[begins:], written, strict=False)
        if address.startswith("vendor/"):  # a line or two, whose end is cut off
            continue
        same = [line == one for line, one in here if line.strip() and not CHANGED.match(one)]
        assert all(same), address
        compared += len(same)
    assert compared > 50


def test_modules_form_no_circle() -> None:
    """Each is called after those that it imports (web/joined/registry.js)."""
    begun: list[str] = []

    def visit(name: str) -> None:
        assert name not in begun, [*begun, name]
        begun.append(name)
        for other in preload.imports(name):
            visit(other)
        begun.pop()

    for entry in (*joined.SCRIPTS, "exported/start.js"):
        visit(entry)


def test_a_module_that_is_brought_is_joined() -> None:
    texts = {name: web_files.text(name) for name in web_files.names() if name.endswith(".js")}
    found = (re.findall(r'\bbring\("([^"]+\.js)"\)', text) for text in texts.values())
    asked = {name for names in found for name in names}
    views = re.findall(r'"(views/[a-z_]+\.js)"', texts["views/frame.js"])
    assert len(asked) >= 3
    assert len(views) == 3
    assert asked | set(views) == set(joined.LATER)


def test_sheets_stand_in_their_order_with_what_they_import() -> None:
    text = text_of("slides.css")
    assert "@import" not in text
    sheets = {name: web_files.text(name) for name in SLIDE_SHEETS}
    ends = [re.sub(r"/\*.*?\*/", "", one, flags=re.DOTALL)[-120:] for one in sheets.values()]
    places = [text.rindex(end) for end in ends]
    assert places == sorted(places)
    assert len(set(places)) == len(SLIDE_SHEETS)
    imported = web_files.text("styles/label.css")
    assert re.findall(r"^\S.*\{", imported, re.MULTILINE)[0] in text


def test_other_names_are_those_of_the_files() -> None:
    assert joined.find("theme.css") == web_files.find("theme.css")
    for name in ("joined/views/chrome.js", "joined/", "joined/../main.py", "joined/slides.js"):
        assert joined.find(name) is None


def test_what_cannot_be_joined_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {"lib/a.js": 'import b from "./b.js"\n', "lib/b.js": "export default 1\n"}
    monkeypatch.setattr(web_files, "text", texts.__getitem__)
    for name in texts:
        with pytest.raises(ValueError, match=f"{Path(name).name}: this line cannot be put"):
            modules.table([name])
