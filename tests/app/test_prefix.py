"""Path prefixes of proxies, by HTTP: what reaches the server, and where it sends a browser."""

import contextlib
from collections.abc import Iterator
from urllib.parse import quote, unquote, urljoin

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect
from streamlit import config
from streamlit.runtime.runtime import Runtime

from engine.app.lectures import library, packed
from engine.app.prefix import WithoutPrefix, as_base_path
from engine.app.server import build
from tests.app.conftest import cold_engine

BASE = "/user/x ü"
OUTER = "http://localhost:8501"
ASKED = [
    "/",
    "/overview",
    "/references",
    "/api/health",
    "/_stcore/health",
    "/files/assets/icon.svg",
]


@pytest.fixture(scope="module")
def based() -> Iterator[TestClient]:
    """A server that was told that it is served below BASE."""
    for slug in library().paths():
        packed(slug)
    config.set_option("server.baseUrlPath", BASE)
    try:
        with TestClient(build(cold_engine()), base_url=OUTER, follow_redirects=False) as client:
            yield client
    finally:
        config.set_option("server.baseUrlPath", "")
        Runtime._instance = None


@pytest.mark.parametrize("path", ASKED)
def test_a_proxy_may_keep_the_prefix_or_strip_it(based: TestClient, path: str) -> None:
    assert based.get(quote(BASE + path)).status_code == 200
    assert based.get(path).status_code == 200


def test_the_prefix_works_without_its_slash(based: TestClient) -> None:
    answer = based.get(quote(BASE))
    assert answer.status_code == 200
    assert 'location.pathname.endsWith("/")' in answer.text


@pytest.mark.parametrize("path", ["/api/live", "/_stcore/stream"])
def test_sockets_have_it_too(based: TestClient, path: str) -> None:
    assert [opens(based, prefix + path) for prefix in ("", quote(BASE))] == [True, True]
    assert not opens(based, f"/other{path}")


def opens(client: TestClient, path: str) -> bool:
    """Whether a socket there is accepted."""
    with (
        contextlib.suppress(WebSocketDisconnect),
        client.websocket_connect(f"ws://localhost:8501{path}"),
    ):
        return True
    return False


@pytest.mark.parametrize(
    ("asked", "reached"),
    [
        ("/overvieww", "/?lost=overvieww"),
        ("/overview/", "/overview"),
        ("/overview/?slide=2&view=read", "/overview?slide=2&view=read"),
        ("/no%2Fsuch", "/?lost=no/such"),
        ("/no/such/", "/?lost=no/such"),
    ],
)
def test_a_redirect_stays_below_the_prefix(based: TestClient, asked: str, reached: str) -> None:
    typed = {"accept": "text/html"}
    for before in ("", BASE):  # stripped by the proxy, and kept
        answer = based.get(quote(before) + asked, headers=typed)
        assert answer.status_code == 307
        assert "://" not in answer.headers["location"]
        outer = urljoin(OUTER + quote(BASE) + asked, answer.headers["location"])
        assert unquote(outer) == OUTER + BASE + reached


@pytest.mark.parametrize(
    ("path", "told", "reached"),
    [
        ("/a/overview", ["/a"], "/overview"),
        ("/a/overview", ["a/"], "/overview"),
        ("/overview", ["/a"], "/overview"),
        ("/aa/overview", ["/a"], "/aa/overview"),
        ("/a b/overview", ["/a%20b"], "/overview"),
        ("/a/b/overview", ["/a/b"], "/overview"),
        ("/a/b/overview", ["/a", "/b"], "/overview"),  # two proxies in a row
        ("/b/overview", ["/a, /b"], "/overview"),
        ("/a/a", ["/a"], "/a"),
        ("/a/overview", ["", "/"], "/a/overview"),
    ],
)
def test_a_proxy_may_tell_its_prefix(path: str, told: list[str], reached: str) -> None:
    async def say_path(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse(scope["path"])(scope, receive, send)

    client = TestClient(WithoutPrefix(say_path), client=("127.0.0.1", 5000))
    sent = [("x-forwarded-prefix", one) for one in told]
    assert client.get(quote(path), headers=sent).text == reached
    stranger = TestClient(WithoutPrefix(say_path), client=("203.0.113.9", 5000))
    assert stranger.get(quote(path), headers=sent).text == path


@pytest.mark.parametrize(
    ("text", "path"),
    [("", ""), ("/", ""), ("course", "/course"), ("/user/x/y/", "/user/x/y"),
     ("/kurs%20%C3%BC", "/kurs ü"), ("/kurs ü", "/kurs ü")],
)  # fmt: skip
def test_a_base_path_is_plain(text: str, path: str) -> None:
    assert as_base_path(text) == path


@pytest.mark.parametrize(
    "text",
    ["http://x.org/course", "/a?b", "/a#b", "/../x", "/a//b", "/a/./b", "C:/course", "/api",
     "/files/x", "/_stcore", "/{x}", "/a\\b", "/a\nb", "/%2e%2e/x"],
)  # fmt: skip
def test_what_is_no_base_path_is_named(text: str) -> None:
    with pytest.raises(ValueError, match=r"choose another|write one"):
        as_base_path(text)
