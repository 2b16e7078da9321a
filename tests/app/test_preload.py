"""The page of a lecture names the modules that it will need, and no page is broken by its query."""

import re

import pytest
from starlette.testclient import TestClient

from engine.app import preload, web_files

LINK = re.compile(r'<link rel="modulepreload" href="\./api/web/([0-9a-f]+)/([a-z_/-]+\.js)">')


def test_the_list_holds_what_its_modules_import_and_nothing_else() -> None:
    listed = preload.needed("lecture/keys.js")
    assert listed == [
        "lecture/keys.js", "lib/dom.js", "lib/keyboard.js", "lecture/commands.js",
        "lecture/hold.js",
    ]  # fmt: skip
    stage = set(preload.needed(preload.STAGE))
    assert {"views/chrome.js", "lib/near.js"} < stage
    assert "blocks/kinds.js" not in stage  # fetched when it is needed


@pytest.mark.parametrize(
    ("query", "also"), [("", ""), ("?view=read", "views/reading.js"), ("?view=..%2f%00&view", "")]
)
def test_the_page_of_a_lecture_names_its_modules(client: TestClient, query: str, also: str) -> None:
    answer = client.get(f"/overview{query}", headers={"accept": "text/html"})
    found = LINK.findall(answer.text)
    assert answer.text.count('"./api/web/') == len(found) + 1  # and the script that boots
    assert {version for version, _ in found} == {web_files.version()}
    names = [name for _, name in found]
    assert len(set(names)) == len(names)
    assert {"views/stage.js", "player/player.js", *([also] if also else [])} <= set(names)
    assert ("views/reading.js" in names) == bool(also)
    for name in names:
        assert web_files.find(name) is not None


def test_other_pages_name_none(client: TestClient) -> None:
    for page in ("", "claims", "references"):
        answer = client.get(f"/{page}", headers={"accept": "text/html"})
        assert answer.status_code == 200
        assert not LINK.search(answer.text)
