"""The addresses beside Streamlit: decks, modules, pictures, sources and search."""

import json
from urllib.parse import urljoin

import pytest
from starlette.testclient import TestClient

from engine.app.lectures import packed
from engine.paths import ROOT


def test_a_deck_is_immutable_under_its_hash(client: TestClient) -> None:
    digest = packed("overview").hash
    answer = client.get(f"/api/decks/overview/{digest}.json")
    assert "immutable" in answer.headers["cache-control"]
    assert answer.json()["slides"][0]["html"]
    old = client.get("/api/decks/overview/0123456789abcdef.json")
    assert old.headers["cache-control"] == "no-store"
    assert old.headers["x-deck-hash"] == digest


def test_an_unknown_deck_names_the_nearest(client: TestClient) -> None:
    answer = client.get("/api/decks/overvew/x.json")
    assert answer.status_code == 404
    assert "overview" in answer.json()["message"]


def test_a_block_says_where_its_recorded_run_is(client: TestClient) -> None:
    deck = client.get("/api/decks/overview/x.json").json()
    blocks = [block for slide in deck["slides"] for block in slide["blocks"]]
    data = next(block["data"] for block in blocks if block["data"].get("recorded"))
    answer = client.get(f"/{data['recorded']}")
    assert answer.headers["content-encoding"] == "gzip"
    about, *frames, end = answer.text.split("\n")
    assert json.loads(about)["params"] == data["params"]
    assert json.loads(end) == {"num_frames": len(frames)}
    assert client.get("/api/recorded/nothing-1.jsonl.gz").status_code == 404


def test_modules_come_compressed_from_here(client: TestClient) -> None:
    for name, kind in (
        ("stage.js", "javascript"),
        ("theme.css", "css"),
        ("plotly.min.js", "javascript"),
    ):
        answer = client.get(f"/api/web/any/{name}")
        assert answer.status_code == 200
        assert kind in answer.headers["content-type"]
        assert answer.headers["content-encoding"] == "gzip"


def test_an_address_that_is_none_of_ours(client: TestClient) -> None:
    answer = client.get("/api/deck/overview")
    assert answer.status_code == 404
    assert answer.json() == {"message": "no address /api/deck/overview"}


@pytest.mark.parametrize(
    "path",
    [
        "/api/web/x/..%2fmain.py", "/files/engine/app/main.py", "/files/assets/../pyproject.toml",
        "/files/lectures/01-overview.md", "/files/assets/%2e%2e/%2e%2e/etc/passwd",
        "/files/.git/config", "/api/recorded/..%2freferences.bib", "/api/recorded/references.bib",
    ],
)  # fmt: skip
def test_nothing_else_leaves_the_project(client: TestClient, path: str) -> None:
    assert client.get(path).status_code in (400, 404)


def test_pictures_cannot_run_scripts(client: TestClient) -> None:
    figure = next((ROOT / "assets" / "figures").glob("*.svg"))
    answer = client.get(f"/files/assets/figures/{figure.name}")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    beside = client.get(f"/files/lectures/../assets/figures/{figure.name}")
    assert beside.status_code == 200


def test_a_picture_that_the_browser_has_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/files/assets/figures/stages.svg")
    known = {"if-none-match": first.headers["etag"]}
    again = client.get("/files/assets/figures/stages.svg", headers=known)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["content-security-policy"] == first.headers["content-security-policy"]
    older = {"if-none-match": '"1"'}
    assert client.get("/files/assets/figures/stages.svg", headers=older).content == first.content


def test_source_is_highlighted_and_only_of_simulations(client: TestClient) -> None:
    shown = client.get("/api/source/cartpole").json()
    assert "class=" in shown["html"]
    assert shown["file"] == "sims/cartpole/__init__.py"
    wrong = client.get("/api/source/cartpol")
    assert wrong.status_code == 404
    assert "cartpole" in wrong.json()["message"]
    assert client.get("/api/source/spec").status_code == 404


def test_search_finds_slides_by_any_of_their_parts(client: TestClient) -> None:
    hits = client.get("/api/search", params={"q": "cart-pole"}).json()
    assert hits
    assert {"slug", "slide", "title", "where", "snippet"} <= set(hits[0])
    assert client.get("/api/search", params={"q": ""}).json() == []


def test_an_address_of_no_page_leads_to_the_list(client: TestClient) -> None:
    answer = client.get("/overvieww", follow_redirects=False)
    assert answer.status_code == 307
    assert answer.headers["location"] == "./?lost=overvieww"
    assert client.get("/overview", follow_redirects=False).status_code == 200
    assert client.get("/_stcore/health").status_code == 200


@pytest.mark.parametrize("path", ["/overview/tamer", "/overview.html", "/no/such"])
def test_a_typed_address_below_no_page_leads_to_the_list_too(client: TestClient, path: str) -> None:
    typed = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    answer = client.get(path, headers=typed, follow_redirects=False)
    assert urljoin(path, answer.headers["location"]) == f"/?lost={path[1:]}"


def test_a_file_opened_by_itself_is_not_lost(client: TestClient) -> None:
    typed = {"accept": "text/html"}
    for path in ("/api/health", "/files/assets/figures/stages.svg", "/_stcore/health"):
        assert client.get(path, headers=typed, follow_redirects=False).status_code == 200
