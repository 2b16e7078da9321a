"""Who may use the server: which host names, pages of which origins, and whose word on both."""

import re
import socket
from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocket
from streamlit import net_util

from engine.app import allowed
from engine.app.allowed import HOSTS, ORIGINS, as_host, as_origin
from engine.app.gate import TRUSTED, Gate

SLIDES = "https://slides.example.org"
PEER = "203.0.113.9"  # an address for examples: some visitor


async def say_host(request: Request) -> PlainTextResponse:
    return PlainTextResponse(request.headers.get("host", ""))


async def greet(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text(websocket.headers["host"])
    await websocket.close()


def visitor(peer: str = PEER, port: int = 50_000) -> TestClient:
    """Requests from `peer` to a server that answers with the host it was asked for."""
    app = Starlette(routes=[Route("/", say_host), WebSocketRoute("/live", greet)])
    return TestClient(Gate(app), client=(peer, port))


def status(host: str, origin: str | None = None, peer: str = PEER, **headers: str) -> int:
    """The answer to a page, which is the answer to a socket as well."""
    sent = {"host": host, **({} if origin is None else {"origin": origin}), **headers}
    sent = {name.replace("_", "-"): value for name, value in sent.items()}
    client = visitor(peer)
    answer = client.get("/", headers=sent).status_code
    if answer == 200:
        with client.websocket_connect("/live", headers=sent) as heard:
            heard.receive_text()
    else:
        with (
            pytest.raises(WebSocketDenialResponse),
            client.websocket_connect("/live", headers=sent),
        ):
            pass
    return answer


@pytest.mark.parametrize(
    "host",
    [
        "localhost", "localhost:8501", "LOCALHOST:8501", "localhost.", "127.0.0.1:8501", "[::1]",
        "[::1]:8501", "192.168.1.7:8501", "[fe80::1]:8501", socket.gethostname(),
        "lab.localhost:8501", "me-space.hf.space", "mine.streamlit.app",
    ],
)  # fmt: skip
def test_a_name_of_ours_is_answered(host: str) -> None:
    assert status(host) == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "evil.example:8501", "localhost.evil.example", "127.0.0.1.evil.example",
        "evil-localhost", "localhost@evil.example", "evil.example/localhost", "localhost:port",
        "[::1", "[fe80::1%eth0", "::1:8501", "localhost,evil.example", " localhost",
        "localhost:8501:1", "evil.example#localhost", "0x7f.1", "streamlit.app",
    ],
)  # fmt: skip
def test_a_strangers_name_for_this_machine_is_refused(host: str) -> None:
    assert status(host) == 403


def test_a_program_may_send_no_host() -> None:
    assert status("") == 200  # the health check of a proxy, over HTTP/1.0


def test_the_refusal_says_how_to_allow_the_name() -> None:
    answer = visitor().get("/", headers={"host": "evil.example"})
    assert answer.text == (
        "This server does not answer to the name 'evil.example'. Its operator can allow that: "
        "--allow-host NAME, or PRACTICUM_ALLOW_HOST=NAME.\n"
    )


def test_further_names_are_answered_when_they_are_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOSTS, "lab.example.org, Zwölf.example")
    monkeypatch.setenv(ORIGINS, f"{SLIDES} https://front.test:8443")
    for host in ("lab.example.org:80", "xn--zwlf-6qa.example", "slides.example.org", "front.test"):
        assert status(host) == 200
    assert status("other.example.org") == 403


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("localhost:8501", "http://localhost:8501"),
        ("localhost:8501", "http://LOCALHOST:8501"),
        ("localhost", "http://localhost:80"),
        ("localhost:443", "https://localhost"),
        ("[::1]:8501", "http://[::1]:8501"),
        ("192.168.1.7:8501", "http://192.168.1.7:8501"),
        ("localhost.:8501", "http://localhost.:8501"),
        ("localhost.", "http://localhost."),
        ("[fe80::1%25eth0]:8501", "http://[fe80::1%25eth0]:8501"),
    ],
)
def test_pages_of_ours_may_come(host: str, origin: str) -> None:
    assert status(host, origin) == 200


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.test", "null", "http://localhost.evil.test", "http://localhost:8080", "",
        "http://localhost", "http://127.0.0.1:8501", "file://", "chrome-extension://abc",
        "http://localhost:8501@evil.test", "http://localhost:99999", "http://[::1",
        "localhost:8501",
    ],
)  # fmt: skip
def test_pages_of_other_origins_are_refused(origin: str) -> None:
    assert status("localhost:8501", origin) == 403


def test_pages_of_an_allowed_origin_may_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ORIGINS, f"{SLIDES}/")
    assert status("localhost:8501", SLIDES) == 200
    assert status("localhost:8501", "HTTPS://slides.example.org:443") == 200
    assert status("localhost:8501", "http://slides.example.org") == 403
    assert status("localhost:8501", f"{SLIDES}:8443") == 403


def test_a_second_origin_or_host_hides_nothing() -> None:
    twice = [("host", "localhost:8501"), ("origin", "http://localhost:8501")]
    for extra in (("host", "evil.example"), ("origin", "http://evil.example")):
        assert visitor().get("/", headers=[*twice, extra]).status_code == 403


def test_only_a_trusted_proxy_says_the_outer_host(monkeypatch: pytest.MonkeyPatch) -> None:
    page = ("127.0.0.1:8501", "https://front.test")
    assert status(*page, peer="127.0.0.1", x_forwarded_host="front.test") == 200
    assert status(*page, peer="::1", x_forwarded_host="front.test") == 200
    assert status(*page, peer="::ffff:127.0.0.1", x_forwarded_host="front.test") == 200
    assert status(*page, peer=PEER, x_forwarded_host="front.test") == 403
    monkeypatch.setenv(TRUSTED, "10.0.0.0/8, 203.0.113.0/24")
    assert status(*page, peer=PEER, x_forwarded_host="front.test") == 200
    assert status(*page, peer="127.0.0.1", x_forwarded_host="front.test") == 403
    monkeypatch.setenv(TRUSTED, "")
    assert status(*page, peer="127.0.0.1", x_forwarded_host="front.test") == 403


def test_a_forwarded_host_never_stands_in_for_the_host() -> None:
    # A page whose name was pointed at this machine comes from 127.0.0.1 and may send any header.
    assert status("evil.example", peer="127.0.0.1", x_forwarded_host="localhost") == 403


def test_a_visitor_whom_uvicorn_put_in_the_place_of_a_trusted_proxy_is_one() -> None:
    headers = {
        "host": "localhost",
        "origin": "https://front.test",
        "x-forwarded-host": "front.test",
    }
    assert visitor(PEER, port=0).get("/", headers=headers).status_code == 200


@pytest.fixture
def nobody_asks_outside(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    asked: list[str] = []
    for name in ("get_external_ip", "get_internal_ip"):
        monkeypatch.setattr(net_util, name, lambda name=name: asked.append(name))
    yield
    assert asked == []


@pytest.mark.usefixtures("nobody_asks_outside")
@pytest.mark.parametrize("path", ["/_stcore/stream", "/api/live"])
def test_both_sockets_are_behind_the_gate(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setenv(ORIGINS, SLIDES)
    url = f"ws://localhost:8501{path}"
    for origin in ("http://localhost:8501", SLIDES):
        with client.websocket_connect(url, headers={"origin": origin}):
            pass
    with (
        pytest.raises(WebSocketDenialResponse) as refusal,
        client.websocket_connect(url, headers={"origin": "http://evil.example"}),
    ):
        pass
    assert refusal.value.status_code == 403
    assert "--allow-origin" in refusal.value.text


@pytest.mark.parametrize(
    "path", ["/", "/overview", "/_stcore/health", "/static/x.js", "/api/claims"]
)
def test_every_page_is_behind_the_gate(client: TestClient, path: str) -> None:
    assert client.get(path, headers={"host": "evil.example"}).status_code == 403
    assert client.get(path, headers={"origin": "http://evil.example"}).status_code == 403


def test_an_allowed_origin_may_frame_us_and_no_other(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def framed_by() -> str:
        policy = client.get("/overview").headers["content-security-policy"]
        return policy.partition("frame-ancestors ")[2].partition(";")[0]

    assert framed_by() == "'self'"
    monkeypatch.setenv(ORIGINS, "https://lms.example.org https://a.example:8443")
    assert framed_by() == "'self' https://a.example:8443 https://lms.example.org"
    monkeypatch.setenv(ORIGINS, "")
    monkeypatch.setenv("SPACE_ID", "me/space")
    assert framed_by() == "'self' https://huggingface.co"


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("example.org", "has no scheme; write https://example.org."),
        ("example.org:8443", "has no scheme; write https://example.org:8443."),
        ("ftp://example.org", "has no scheme; write https://example.org."),
        ("//example.org", "has no scheme; write https://example.org."),
        ("https://", "has no scheme"),
        ("https://example.org/course", "is more than an origin; write https://example.org."),
        ("https://example.org?x", "is more than an origin; write https://example.org."),
        ("https://me@example.org", "is more than an origin; write https://example.org."),
        ("https://example.org:99999", "is not an origin"),
        ("https://exa mple.org", "is not an origin"),
        ("https://example.org;script-src", "is not an origin"),
        ("*", "name each origin"),
        ("https://*.example.org", "name each origin"),
        ("null", "has no scheme"),
    ],
)
def test_a_wrong_origin_is_named_with_its_fix(text: str, fix: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(text)} .*{re.escape(fix)}"):
        as_origin(text)


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("https://example.org", "is not a host name; write"),
        ("example.org/course", "is not a host name; write"),
        ("example.org:8501", "is more than a host name; write example.org."),
        ("*", "name each host"),
        ("*.example.org", "name each host"),
        ("-", "is not a host name"),
    ],
)
def test_a_wrong_host_is_named_with_its_fix(text: str, fix: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(text)} .*{re.escape(fix)}"):
        as_host(text)


def test_a_right_value_is_spelled_as_a_browser_spells_it() -> None:
    assert as_origin("HTTPS://Bücher.example:443/") == "https://xn--bcher-kva.example"
    assert as_origin("http://[::1]:8080") == "http://[::1]:8080"
    assert as_host("Lab.Example.org.") == "lab.example.org"


def test_a_wrong_value_in_the_environment_allows_nobody(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(ORIGINS, f"example.net, {SLIDES}")
    assert allowed.origins() == {SLIDES}
    assert f"{ORIGINS} is ignored: example.net has no scheme" in caplog.text
