"""The pictures that slides show: which files are sent, how, and that they run nothing."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from starlette.requests import Request
from starlette.testclient import TestClient
from starlette.types import Message, Scope, Send

from engine.app import routes
from engine.app.lectures import library
from engine.paths import ROOT


async def never() -> Message:
    await asyncio.Event().wait()
    raise AssertionError


def test_a_picture_outside_is_not_sent(client: TestClient, tmp_path: Path) -> None:
    """By no path and by no link: only the folder that it lies in is wrong with it."""
    outside = tmp_path / "mine.png"
    outside.write_bytes(b"\x89PNG\r\n\x1a\n mine")
    steps = "..%2f" * 20
    linked = ROOT / "assets" / f"link-{os.getpid()}.png"
    linked.symlink_to(outside)
    try:
        for name in (f"{steps}{quote(str(outside)[1:], safe='')}", f"assets/{linked.name}"):
            answer = client.get(f"/files/{name}")
            assert answer.status_code in (400, 404), name
            assert b"mine" not in answer.content
    finally:
        linked.unlink()


@pytest.mark.parametrize("name", ["n" * 300, "%00", "loop", "pipe"])  # a NUL is a bad request
@pytest.mark.parametrize("where", ["files/assets", "files/lectures", "api/web/x", "api/recorded"])
def test_a_name_that_is_no_files_is_not_found(client: TestClient, where: str, name: str) -> None:
    odd = ROOT / "assets" / f"{name}-{os.getpid()}.svg"
    if name == "loop":
        odd.symlink_to(odd.name)
    if name == "pipe":
        os.mkfifo(odd)
    try:
        for end in ("svg", "js", "jsonl.gz"):
            assert client.get(f"/{where}/{name}-{os.getpid()}.{end}").status_code in (400, 404)
    finally:
        if name in ("loop", "pipe"):
            odd.unlink()


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


def test_only_an_address_that_names_the_version_is_kept_unasked(
    client: TestClient, pictures: Path
) -> None:
    """A second visit asks for none of them; a drawing that was changed has another address."""
    drawing = pictures / "drawing.svg"
    drawing.write_text("<svg/>")
    version = client.get("/files/lectures/drawing.svg").headers["etag"].strip('"')
    kept = {
        query: client.get(f"/files/lectures/drawing.svg{query}").headers["cache-control"]
        for query in ("", "?v=", "?v=1", f"?v={version}")
    }
    assert kept.pop(f"?v={version}") == "private, max-age=86400"
    assert set(kept.values()) == {"no-cache"}
    drawing.write_text("<svg> </svg>")
    changed = client.get(f"/files/lectures/drawing.svg?v={version}")
    assert (changed.headers["cache-control"], changed.text) == ("no-cache", "<svg> </svg>")


@pytest.fixture
def pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, client: TestClient) -> Iterator[Path]:
    monkeypatch.setenv("PRACTICUM_LECTURES", str(tmp_path))
    library.cache_clear()
    yield tmp_path
    library.cache_clear()


def test_odd_files_are_a_picture_or_no_picture(client: TestClient, pictures: Path) -> None:
    """A loop of links, a link to nothing, a folder, a pipe; drawings in other encodings."""
    (pictures / "loop.svg").symlink_to("pool.svg")
    (pictures / "pool.svg").symlink_to("loop.svg")
    (pictures / "nothing.png").symlink_to("gone.png")
    (pictures / "folder.png").mkdir()
    os.mkfifo(pictures / "pipe.png")
    for name in ("loop.svg", "nothing.png", "folder.png", "pipe.png"):
        assert client.get(f"/files/lectures/{name}").status_code == 404, name
    drawing = '<?xml version="1.0" encoding="latin-1"?><svg font-family="Source Sans">\xe4</svg>'
    for encoding in ("latin-1", "utf-16"):
        (pictures / "drawing.svg").write_bytes(drawing.encode(encoding))
        answer = client.get("/files/lectures/drawing.svg")
        assert answer.status_code == 200
        assert answer.content.endswith("\xe4</svg>".encode(encoding)[-13:])
    (pictures / "drawing.svg").write_bytes(drawing.encode("latin-1"))
    assert b"@font-face" in client.get("/files/lectures/drawing.svg").content


def test_a_large_file_is_sent_in_pieces(client: TestClient, pictures: Path) -> None:
    """It is never in the server's memory as a whole, however many ask for it."""
    with (pictures / "large.png").open("wb") as file:
        file.truncate(20_000_000)
    with (pictures / "large.svg").open("wb") as file:
        file.truncate(20_000_000)
    for name in ("large.png", "large.svg"):
        scope = {"type": "http", "method": "GET", "path": f"/files/lectures/{name}", "headers": []}
        scope |= {"path_params": {"path": f"lectures/{name}"}, "query_string": b""}
        sent: list[int] = []

        async def note(message: Message, sent: list[int] = sent) -> None:
            sent.append(len(message.get("body", b"")))

        async def ask(scope: Scope = scope, note: Send = note) -> None:
            answer = await routes.shown_file(Request(scope))
            await answer(scope, never, note)

        asyncio.run(ask())
        assert sum(sent) == 20_000_000
        assert max(sent) < 1_000_000
