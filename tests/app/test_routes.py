"""The addresses beside Streamlit: decks, modules, pictures, sources and search."""

import asyncio
import json
import time
from types import SimpleNamespace
from typing import cast
from urllib.parse import urljoin

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from engine.app import reopen, routes, web_files
from engine.app.lectures import library, packed
from engine.app.requests import OnlyReading
from engine.app.socket.live import Live
from engine.deck.course import Course


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


def test_a_block_says_where_its_recorded_run_is(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    deck = client.get("/api/decks/overview/x.json").json()
    blocks = [block for slide in deck["slides"] for block in slide["blocks"]]
    data = next(block["data"] for block in blocks if block["data"].get("recorded"))
    answer = client.get(f"/{data['recorded']}")
    assert answer.headers["content-encoding"] == "gzip"
    about, *frames, end = answer.text.split("\n")
    assert json.loads(about)["params"] == data["params"]
    assert json.loads(end) == {"num_frames": len(frames)}
    assert client.get("/api/recorded/nothing-1.jsonl.gz").status_code == 404
    monkeypatch.setattr(routes, "LARGEST_PICTURE", 10)
    assert client.get(f"/{data['recorded']}").status_code == 404


def test_modules_come_compressed_from_here(client: TestClient) -> None:
    for name, kind in (
        ("views/stage.js", "javascript"),
        ("theme.css", "css"),
        ("plotly.min.js", "javascript"),
    ):
        answer = client.get(f"/api/web/any/{name}")
        assert answer.status_code == 200
        assert kind in answer.headers["content-type"]
        assert answer.headers["content-encoding"] == "gzip"


# One address of each kind, and the function that answers it.
ANSWERED = {
    "/": "start_page",
    "/api/health": "health",
    "/api/decks/overview/0a1b.json": "deck",
    "/api/web/0a1b/views/stage.js": "web",
    "/api/source/bandit": "source",
    "/api/slides/overview/intro": "slide_source",
    "/api/edit/overview/intro": "edit",
    "/api/recorded/a.jsonl.gz": "recording",
    "/api/search": "search",
    "/api/claims": "claims",
    "/api/rooms/overview/intro.json": "asked",
    "/api/decks": "nothing",
    "/lab/bandit": "laboratory",
    "/files/assets/figures/a.svg": "shown_file",
    "/room": "room_page",
    "/room/ABCD": "room_page",
    "/overview": "",  # Streamlit's
}


def test_each_address_reaches_its_own_answer() -> None:
    async def endpoint() -> None: ...

    table = routes.routes(cast("Live", SimpleNamespace(endpoint=endpoint)))

    def reached(path: str, method: str = "GET", kind: str = "http") -> str:
        scope = {"type": kind, "path": path, "method": method, "root_path": "", "headers": []}
        found = (one.matches(scope) for one in table)
        return next((to["endpoint"].__name__ for match, to in found if match is Match.FULL), "")

    assert {path: reached(path) for path in ANSWERED} == ANSWERED
    assert reached("/api/edit/overview/intro", "POST") == "edit"
    assert reached("/api/search", "POST") == ""
    assert reached("/api/live", kind="websocket") == "endpoint"


def test_a_module_is_kept_for_ever_under_its_version(client: TestClient) -> None:
    found = web_files.find("theme.css")
    assert found is not None
    kept = client.get(f"/api/web/{found.version}/theme.css").headers["cache-control"]
    assert kept == "public, max-age=31536000, immutable"
    assert client.get("/api/web/any/theme.css").headers["cache-control"] == "no-store"
    missing = client.get("/api/web/any/them.css")
    assert (missing.status_code, missing.text) == (404, "no file them.css")


def test_a_laboratory_keeps_what_its_address_sets(client: TestClient) -> None:
    answer = client.get("/lab/bandit?bandit.seed=3", follow_redirects=False)
    assert answer.headers["location"] == "../lab?sim=bandit&bandit.seed=3"


def test_the_markdown_of_a_slide_is_a_part_of_its_file(client: TestClient) -> None:
    slide = library().document("overview")["slides"][1]
    answer = client.get(f"/api/slides/overview/{slide['id']}")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.text.strip() in library().paths()["overview"].read_text(encoding="utf-8")
    assert slide["title"] in answer.text
    missing = client.get("/api/slides/overview/nosuch")
    assert (missing.status_code, missing.json()) == (
        404,
        {"message": "there is no slide 'nosuch'."},
    )


def test_an_address_that_is_none_of_ours(client: TestClient) -> None:
    answer = client.get("/api/deck/overview")
    assert answer.status_code == 404
    assert answer.json() == {"message": "no address /api/deck/overview"}
    long = client.get(f"/api/{'x' * 300}")
    assert long.json() == {"message": f"no address /api/{'x' * 195}"}


def test_a_search_for_nothing_is_answered(client: TestClient) -> None:
    assert client.get("/api/search").status_code == 200


def test_a_server_that_is_well_says_so(client: TestClient) -> None:
    assert client.get("/api/health").json() == {"ok": True}


@pytest.mark.parametrize(
    "path",
    [
        "/api/web/x/..%2fmain.py", "/api/web/x/styles/..%2f..%2f..%2fstage.js", "/api/web/x/lib",
        "/api/web/x/lib/types.d.ts", "/api/web/x//etc/passwd", "/api/web/x/%2fetc%2fpasswd",
        "/api/web/x/lib/%2e%2e/views/stage.js", "/api/web/x/..%5cmain.py",
        "/files/engine/app/main.py", "/files/assets/../pyproject.toml",
        "/files/lectures/01-overview.md", "/files/assets/%2e%2e/%2e%2e/etc/passwd",
        "/files/.git/config", "/api/recorded/..%2freferences.bib", "/api/recorded/references.bib",
    ],
)  # fmt: skip
def test_nothing_else_leaves_the_project(client: TestClient, path: str) -> None:
    assert client.get(path).status_code in (400, 404)


def test_search_finds_slides_by_any_of_their_parts(client: TestClient) -> None:
    hits = client.get("/api/search", params={"q": "cart-pole"}).json()["hits"]
    assert {"slide", "experiment"} <= {hit["kind"] for hit in hits}
    assert {"slug", "slide", "key", "title", "where", "snippet"} <= set(hits[0])
    nothing = {"hits": [], "read_as": "", "unknown": []}
    assert client.get("/api/search", params={"q": ""}).json() == nothing


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


@pytest.mark.parametrize(
    "path",
    ["_stcore/upload_file/session/file", "_stcore/metrics", "_stcore/agent/interact", "overview"],
)
@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH", "OPTIONS"])
def test_nothing_is_taken_from_a_visitor(client: TestClient, path: str, method: str) -> None:
    answer = client.request(method, f"/{path}", content=b"x" * 1000)
    assert answer.status_code in (403, 405)
    assert answer.headers["connection"] == "close"


def test_what_a_visitor_sends_is_refused_before_it_is_read() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise AssertionError("nobody else is asked")

    async def receive() -> Message:
        raise AssertionError("nothing is read")

    def status(method: str, path: str, *headers: tuple[bytes, bytes]) -> int:
        answers: list[Message] = []

        async def send(message: Message) -> None:
            answers.append(message)

        scope = {"type": "http", "method": method, "path": path, "headers": list(headers)}
        asyncio.run(OnlyReading(app)(scope, receive, send))
        return answers[0]["status"]

    length, pieces = (b"content-length", b"9"), (b"transfer-encoding", b"chunked")
    assert status("PUT", "/_stcore/upload_file/session/file", length) == 403
    assert status("GET", "/_stcore/metrics") == 403
    assert status("POST", "/overview", length) == 405
    assert status("GET", "/overview", length) == 413
    assert status("HEAD", "/api/health", pieces) == 413


def test_every_answer_has_the_headers_that_say_what_a_page_may(client: TestClient) -> None:
    for path in ("/", "/overview", "/api/health", "/files/none.png", "/_stcore/metrics"):
        headers = client.get(path).headers
        assert "camera=()" in headers["permissions-policy"], path
        assert "fullscreen" not in headers["permissions-policy"], path
        assert headers["cross-origin-resource-policy"] == "same-origin", path
        assert headers["x-content-type-options"] == "nosniff", path


def test_ways_back_from_paper_lead_to_where_the_page_is(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = "https://class.example/a%20course/"
    found = client.get("/api/paper/overview", params={"at": at}).json()
    assert found["home"] == f"{at}overview"
    assert found["codes"]["your-flip"]["address"].endswith("?slide=teach-a-flip&run=your-flip")
    rows = found["codes"]["your-flip"]["rows"]
    assert {len(row) for row in rows} == {len(rows)}
    assert rows[4].startswith("0000" + "1111111" + "0")  # the quiet zone, then the finder's edge
    monkeypatch.setattr(Course, "text", lambda _self, _name: "https://me.example/course")
    for local in ("http://127.0.0.1:8501/", "http://localhost:8501/x/"):
        home = client.get("/api/paper/overview", params={"at": local}).json()["home"]
        assert home == "https://me.example/course/overview.html"
    for bad in ("javascript:alert(1)//", "https://x.example", "https://[x/", "https://x/?/", ""):
        answer = client.get("/api/paper/overview", params={"at": bad})
        assert (answer.status_code, "address" in answer.json()["message"]) == (400, True)
    assert client.get("/api/paper/overvew").status_code == 404


def test_ways_back_for_many_addresses_are_made_one_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each takes a second of a processor, and a visitor can ask for any address."""
    at_once: list[int] = []
    running = 0

    def made(slug: str, at: str) -> reopen.WaysBack:
        nonlocal running
        running += 1
        at_once.append(running)
        time.sleep(0.02)
        running -= 1
        return {"home": at, "codes": {}}

    async def ask(number: int) -> Response:
        query = f"at=https://x/{number}/".encode()
        scope = {"type": "http", "path_params": {"slug": "a"}, "query_string": query, "headers": []}
        return await reopen.paper(Request(scope))

    async def all_at_once() -> list[Response]:
        return await asyncio.gather(*map(ask, range(5)))

    monkeypatch.setattr(reopen, "_served", made)
    answers = asyncio.run(all_at_once())
    assert [answer.status_code for answer in answers] == [200] * 5
    assert at_once == [1] * 5
