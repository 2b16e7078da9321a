"""The page of a lecture names what it will need, and no page is broken by its query."""

import html
import json
import re

import pytest
from starlette.testclient import TestClient

from engine.app import joined, preload, web_files
from engine.app.lectures import library

LINK = re.compile(
    r'<link rel="modulepreload"(?: fetchpriority="low")? '
    r'href="\./api/web/([0-9a-f]+)/(joined/[a-z_/-]+\.js)">'
)
HERE = re.compile(r'<meta name="practicum-lecture" content="([^"]+)">')
PRELOAD = re.compile(r'<link rel="preload" as="(fetch|style)"(?: crossorigin)? href="\./([^"]+)">')


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
def test_the_page_of_a_lecture_names_its_scripts(client: TestClient, query: str, also: str) -> None:
    answer = client.get(f"/overview{query}", headers={"accept": "text/html"})
    found = LINK.findall(answer.text)
    assert {version for version, _ in found} == {web_files.version()}
    entries = ["views/stage.js", "blocks/kinds.js", *([also] if also else [])]
    assert [name for _, name in found] == [f"joined/{one}" for one in entries]
    assert all(joined.find(name) for _, name in found)


def test_the_page_of_a_lecture_names_its_deck_and_asks_for_it(client: TestClient) -> None:
    library().document("overview")  # a page never waits for that
    text = client.get("/overview?slide=kl", headers={"accept": "text/html"}).text
    here = json.loads(html.unescape(HERE.findall(text)[0]))
    assert (here["slug"], here["start"]) == ("overview", "")
    asked = dict(PRELOAD.findall(text))
    assert asked["fetch"] == here["deck"]
    assert asked["style"].startswith(here["web"])
    for address in asked.values():
        kept = client.get(f"/{address}").headers["cache-control"]
        assert "immutable" in kept  # the page asks for no other version than the newest
    assert text.index("practicum-lecture") < text.index("globalThis.practicumStage")
    # Streamlit's own scripts are kept until the lecture is there.
    [kept] = re.findall(r'<template id="streamlit">(.*?)</template>', text, re.DOTALL)
    assert kept.count("./static/js/") == text.count("./static/js/") > 20


def test_other_pages_name_none(client: TestClient) -> None:
    for page in ("", "claims", "references"):
        answer = client.get(f"/{page}", headers={"accept": "text/html"})
        assert answer.status_code == 200
        assert not LINK.search(answer.text)
        assert not HERE.search(answer.text)
        assert "<template" not in answer.text
