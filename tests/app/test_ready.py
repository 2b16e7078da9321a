"""Answers from memory: the same as on the whole way, never an old one, and never too many."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send
from streamlit.runtime.runtime import Runtime

from engine.app import pictures, ready, web_files
from engine.app.lectures import library
from engine.app.ready import STREAMLIT, Ready
from engine.app.server import build
from engine.paths import ROOT
from tests.app.conftest import ADDRESS, cold_engine

FIGURE = "assets/figures/stages.svg"
OF_COMPRESSING = ("accept-ranges", "content-encoding", "content-length", "etag", "vary")


def addresses() -> dict[str, str]:
    """One of each kind of file."""
    scripts = sorted((STREAMLIT / "static/js").glob("*.js"), key=lambda path: path.stat().st_size)
    long = next(path for path in reversed(scripts) if path.stat().st_size < 600_000)
    [font, *_] = (STREAMLIT / "static/media").glob("*.woff2")
    [sheet, *_] = (STREAMLIT / "static/css").glob("*.css")
    version = pictures.version(ROOT / FIGURE)
    return {
        "a short script": f"/static/js/{scripts[0].name}",
        "a script": f"/static/js/{scripts[len(scripts) // 2].name}",
        "a long script": f"/static/js/{long.name}",
        "a style sheet": f"/static/css/{sheet.name}?x=1",
        "a font": f"/static/media/{font.name}",
        "no file": "/static/js/none.js",
        "a folder": "/static/js/",
        "two slashes": f"/static//js/{scripts[0].name}",
        "steps up": f"/static/js/%2e%2e/js/{scripts[0].name}",
        "steps out": "/static/%2e%2e/%2e%2e/%2e%2e/py.typed",
        "a drawing": f"/files/{FIGURE}?v={version}",
        "a drawing of another version": f"/files/{FIGURE}?v=1",
        "a drawing by its name": f"/files/{FIGURE}",
        "no drawing": "/files/assets/figures/none.svg?v=1",
        "a text": "/files/pyproject.toml?v=1",
        "a module": f"/api/web/{web_files.version()}/lib/dom.js",
        "a module of another version": "/api/web/0123456789abcdef/lib/dom.js",
        "no module": f"/api/web/{web_files.version()}/lib/none.js",
        "a module with steps": f"/api/web/{web_files.version()}/lib/%2e%2e/lib/dom.js",
        "an image": f"/files/lectures/image.png?v={IMAGE_VERSION}",
    }


IMAGE_TIME = 1_700_000_000_000_000_000
IMAGE_VERSION = f"{IMAGE_TIME:x}-{1000:x}"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A server of one picture that no compressing makes smaller, and of no lecture to wait for."""
    folder = tmp_path_factory.mktemp("lectures")
    (image := folder / "image.png").write_bytes(os.urandom(1000))
    os.utime(image, ns=(IMAGE_TIME, IMAGE_TIME))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PRACTICUM_LECTURES", str(folder))
        library.cache_clear()
        with TestClient(build(cold_engine()), base_url=ADDRESS) as client:
            yield client
    library.cache_clear()
    Runtime._instance = None


ASKED = {
    "compressed": {"accept-encoding": "gzip, br"},
    "as it is": {"accept-encoding": "identity"},
    "a part": {"range": "bytes=5-20"},
    "known": {"if-none-match": '"1"'},
    "since": {"if-modified-since": "Mon, 30 Nov 2099 10:00:00 GMT"},
    "headers alone": {"accept-encoding": "identity"},
}


@pytest.mark.parametrize("kind", addresses())
def test_an_answer_is_that_of_the_whole_way(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """The first that is asked for and is recorded, and the second, whichever way it comes."""
    path = addresses()[kind]
    for name, headers in ASKED.items():
        method = "HEAD" if name == "headers alone" else "GET"
        ignored = {"date", *(OF_COMPRESSING if name == "compressed" else ())}
        ignored |= {"vary"} if path.startswith("/static/") else set()  # now in two forms

        def ask() -> tuple[object, ...]:
            answer = client.request(method, path, headers=headers, follow_redirects=False)  # noqa: B023
            kept = {name: answer.headers[name] for name in {*answer.headers} - ignored}  # noqa: B023
            return answer.status_code, kept, answer.content

        with monkeypatch.context() as patch:
            patch.setattr(ready, "_key", lambda _scope: None)
            expected = ask()
        assert [ask(), ask()] == [expected] * 2, name


def test_scripts_of_streamlit_are_sent_compressed(client: TestClient) -> None:
    address = addresses()["a script"]
    packed, plain = (client.get(address, headers=ASKED[how]) for how in ("compressed", "as it is"))
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(packed.content) == len(plain.content)
    assert packed.headers["vary"] == "Accept-Encoding"
    # Two forms are not parts of one thing, but both are known by the tag of either.
    assert "accept-ranges" not in packed.headers
    assert packed.headers["etag"] == f"W/{plain.headers['etag']}"
    for tag in (packed.headers["etag"], plain.headers["etag"]):
        assert client.get(address, headers={"if-none-match": tag}).status_code == 304


class Behind:
    """What lies below: it reads the file anew for each request that it is asked."""

    def __init__(self, path: Path, **headers: str) -> None:
        self.path, self.headers, self.num_asked = path, headers, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.num_asked += 1
        headers = {"cache-control": "max-age=60"} | self.headers
        await FileResponse(self.path, headers=headers)(scope, receive, send)


def given(app: Ready, path: str, query: str = "", **headers: str) -> tuple[Headers, bytes, int]:
    """Headers and body of an answer, and in how many pieces it came."""
    sent: list[Message] = []

    async def receive() -> Message:
        await asyncio.Event().wait()  # nobody leaves
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "GET", "path": path, "headers": raw}
    scope["query_string"] = query.encode()
    asyncio.run(app(scope, receive, send))
    body = b"".join(message.get("body", b"") for message in sent)
    return Headers(raw=sent[0]["headers"]), body, len(sent) - 1


@pytest.fixture
def drawing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file behind /files/a.svg and /files/b.svg."""
    made = tmp_path / "a.svg"
    made.write_text("<svg>1</svg>")
    (tmp_path / "b.svg").symlink_to(made)
    monkeypatch.setattr(pictures, "candidates", lambda asked, _library: (tmp_path / asked,))
    return made


def test_a_changed_file_is_never_answered_with_its_former_content(drawing: Path) -> None:
    behind = Behind(drawing)
    app = Ready(behind)
    assert [given(app, "/files/a.svg")[1] for _ in range(3)] == [b"<svg>1</svg>"] * 3
    assert behind.num_asked == 1
    before = drawing.stat()
    drawing.write_text("<svg>2</svg>")
    os.utime(drawing, ns=(before.st_atime_ns, before.st_mtime_ns))  # the same size and time
    assert given(app, "/files/a.svg")[1] == b"<svg>2</svg>"
    assert [given(app, "/files/b.svg")[1] for _ in range(2)] == [b"<svg>2</svg>"] * 2
    assert behind.num_asked == 3
    (link := drawing.with_name("b.svg")).unlink()
    link.symlink_to(drawing.with_name("elsewhere.svg"))
    given(app, "/files/b.svg")
    assert behind.num_asked == 4


def test_a_file_that_changes_while_it_is_read_is_read_again(drawing: Path) -> None:
    class Writing(Behind):
        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            await super().__call__(scope, receive, send)
            drawing.write_text(f"<svg>{self.num_asked}</svg> ")

    behind = Writing(drawing)
    app = Ready(behind)
    given(app, "/files/a.svg")
    given(app, "/files/a.svg")
    assert behind.num_asked == 2


def test_each_version_of_a_module_has_an_answer_of_its_own(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(web_files, "WEB", tmp_path)
    module, found = tmp_path / "a.js", {}
    for text in ("export const a = 1", "export const a = 2"):
        module.write_text(text)
        for _ in range(2):
            address = f"/api/web/{web_files.version(look=True)}/a.js"
            assert client.get(address).text == found.setdefault(address, text)
    assert len(found) == 2


def test_a_module_that_changes_while_it_is_read_is_not_kept(
    drawing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    behind = Behind(drawing)
    app = Ready(behind)
    versions = iter(["2", "1"])
    monkeypatch.setattr(web_files, "version", lambda look: next(versions))
    for _ in range(3):
        given(app, "/api/web/1/a.js")
    assert behind.num_asked == 2


@pytest.mark.parametrize(
    "headers",
    [{"cache-control": "no-cache"}, {"set-cookie": "a=b"}],
    ids=lambda one: next(iter(one)),
)
def test_what_a_browser_may_not_keep_is_not_kept(drawing: Path, headers: dict[str, str]) -> None:
    behind = Behind(drawing, **headers)
    app = Ready(behind)
    given(app, "/files/a.svg")
    given(app, "/files/a.svg")
    assert behind.num_asked == 2


def test_so_many_bytes_are_kept_and_those_asked_for_last(
    drawing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ready, "EACH", 100)
    monkeypatch.setattr(ready, "MOST", 258)
    behind = Behind(drawing)  # 12 bytes, at an address of 12
    app = Ready(behind)
    for name in "abac":
        given(app, f"/files/{name}.svg")
    assert [key[0] for key in app._kept] == ["/files/a.svg", "/files/c.svg"]
    drawing.write_text("<svg>1234567</svg>")
    given(app, "/files/a.svg")
    assert app._size == 2 * 100 + 2 * 12 + 12 + 18
    assert behind.num_asked == 4


def test_no_number_of_queries_fills_the_memory(
    drawing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ready, "MOST", 100_000)
    app = Ready(Behind(drawing))
    for number in range(200):
        given(app, "/files/a.svg", query=f"{number}-{'x' * 1_000}")
    assert 10 < len(app._kept) < 25  # each of at least 4,000 bytes


def test_a_large_file_is_neither_kept_nor_held_back(
    drawing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ready, "LARGEST", 100_000)
    drawing.write_bytes(os.urandom(400_000))
    app = Ready(Behind(drawing))
    headers, body, num_pieces = given(app, "/files/a.svg")
    assert body == drawing.read_bytes()
    assert (headers["content-length"], num_pieces > 3) == ("400000", True)
    assert not app._kept


@pytest.mark.parametrize(
    "path", ["//server/share/a.svg", "../a.svg", "c:/a.svg", "a\0.svg", "x\\a.svg"]
)
def test_nobody_looks_for_a_file_with_an_odd_address(
    monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """On Windows the mere look opens a connection to another machine, with the user's name."""

    async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
        await Response("Bad Request", 400)(scope, receive, send)

    def look(path: object) -> None:
        raise AssertionError(f"looked for {path}")

    app = Ready(refuse)
    library()
    monkeypatch.setattr(ready, "_stamp", look)
    for prefix in ("/files/", "/static/"):
        assert given(app, prefix + path)[1] == b"Bad Request"
