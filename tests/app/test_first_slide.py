"""The slide that stands in the page's own HTML, to be read before any script has come."""

import base64
import hashlib
import re
from html import unescape

import pytest
from starlette.testclient import TestClient

from engine.app.lectures import library

COPY = re.compile(r'<div id="first-slide">.*?</div>\s*</div>\s*<script>(.*?)</script>', re.DOTALL)
TITLE = re.compile(r'class="slide-title">(.*?)</h', re.DOTALL)


@pytest.fixture(autouse=True, scope="module")
def read(client: TestClient) -> None:
    library().document("overview")  # a page never waits for a lecture


def page(client: TestClient, query: str = "") -> str:
    return client.get(f"/overview{query}").text


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("", "From predicting the next token"),
        ("?slide=kl", "KL says how far the policy has moved"),
        ("?slide=no-such", "From predicting the next token"),
        ("?slide=%3Cscript%3Ealert(1)%3C/script%3E", "From predicting the next token"),
    ],
)
def test_the_page_holds_the_slide_that_is_asked_for(
    client: TestClient, query: str, title: str
) -> None:
    found = COPY.search(page(client, query))
    assert found
    shown = TITLE.search(found[0])
    assert shown
    assert unescape(re.sub("<[^>]*>", " ", shown[1])).split()[: len(title.split())] == title.split()
    assert "alert(1)" not in found[0]


@pytest.mark.parametrize("query", ["?view=read", "?view=presenter&slide=kl"])
def test_other_views_have_no_copy(client: TestClient, query: str) -> None:
    assert 'id="first-slide"' not in page(client, query)


def test_the_copy_takes_no_name_of_the_true_slide(client: TestClient) -> None:
    found = COPY.search(page(client, "?slide=objective"))  # a live slide with citations
    assert found
    assert "data-cite" in found[0]
    assert re.findall(r'\s(?:id|data-block|data-slide)="', found[0]) == [' id="']  # its own


def test_its_script_is_allowed_by_its_hash(client: TestClient) -> None:
    answer = client.get("/overview")
    found = COPY.search(answer.text)
    assert found
    digest = base64.b64encode(hashlib.sha256(found[1].encode()).digest()).decode()
    assert f"'sha256-{digest}'" in answer.headers["content-security-policy"]


def test_the_page_is_sent_compressed(client: TestClient) -> None:
    answer = client.get("/overview", headers={"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < 20_000
