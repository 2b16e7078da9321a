"""Editing a slide on the page: one slide of one file, from this machine, and nobody's work lost."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route
from starlette.testclient import TestClient

from engine import cli
from engine.app import edit_routes, editing, lectures
from engine.app.gate import Gate
from engine.app.requests import OnlyReading

DECK = """---
title: Coins
---

# Coins

---

## One flip

Heads.

---

## Many

Tails.

```python
x = 1
```

<!-- notes: Say it. -->
""".replace("\n", "\r\n")
ONE = "/api/edit/coins/one-flip"
PAGE = {"sec-fetch-site": "same-origin", "origin": "http://localhost:8501"}


@pytest.fixture
def deck(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    path = tmp_path / "lectures" / "01-coins.md"
    path.parent.mkdir()
    path.write_bytes(DECK.encode())
    monkeypatch.setenv("PRACTICUM_LECTURES", str(path.parent))
    monkeypatch.setenv(editing.VARIABLE, "1")
    lectures.library.cache_clear()
    yield path
    lectures.library.cache_clear()


def client(peer: str = "127.0.0.1", host: str = "localhost:8501") -> TestClient:
    routes = [Route("/api/edit/{slug}/{slide}", edit_routes.edit, methods=["GET", "POST"])]
    app = Starlette(routes=routes, middleware=[Middleware(Gate), Middleware(OnlyReading)])
    return TestClient(app, base_url=f"http://{host}", client=(peer, 5000))


def post(text: str, base: str = "## One flip\n\nHeads.", save: bool = True, **more: Any) -> Any:
    body = {"base": base, "text": text, "save": save}
    return client().post(more.pop("path", ONE), json=body, headers=PAGE, **more)


def test_one_slide_is_written_and_every_other_byte_stays(deck: Path) -> None:
    found = client().get(ONE, headers=PAGE).json()
    assert found == {"text": "## One flip\n\nHeads.", "place": "01-coins.md:9"}
    before = deck.stat().st_mode
    answer = post("## One flip\n\nHeads, *often*.\n")
    assert answer.status_code == 200
    assert deck.read_bytes() == DECK.replace("Heads.", "Heads, *often*.").encode()
    assert deck.stat().st_mode == before
    assert [one.name for one in deck.parent.iterdir()] == ["01-coins.md"]


def test_a_draft_is_checked_and_drawn_and_not_saved(deck: Path) -> None:
    answer = post("## One flip\n\nSee [@nobody].\n\n<!-- laytout: code -->", save=False).json()
    assert not answer["saved"]
    assert [(one["line"], one["severity"]) for one in answer["problems"]] == [
        (3, "error"), (5, "error"),
    ]  # fmt: skip
    assert "nobody" in answer["slide"]["html"]
    assert answer["slide"]["id"] == "one-flip"
    (deck.parents[1] / "practicum.toml").write_text('title = "Coins"\n')
    severe = {one["message"] for one in post("## One flip\n\nA.", save=False).json()["problems"]}
    assert "This slide has no speaker notes." in severe, "the verdict of `practicum check`"
    assert deck.read_bytes() == DECK.encode()


def test_what_another_program_has_written_is_never_written_over(deck: Path) -> None:
    theirs = DECK.replace("Heads.", "Theirs.").encode()
    deck.write_bytes(theirs)
    answer = post("## One flip\n\nMine.")
    assert (answer.status_code, answer.json()["text"]) == (409, "## One flip\n\nTheirs.")
    assert deck.read_bytes() == theirs
    # Another slide, also one in front, is not a conflict.
    front = theirs.replace(b"# Coins\r\n\r\n---", b"# Coins\r\n\r\n---\r\n\r\n## New\r\n\r\n---")
    deck.write_bytes(front)
    assert post("## One flip\n\nMine.", base="## One flip\n\nTheirs.").status_code == 200
    assert deck.read_bytes() == front.replace(b"Theirs.", b"Mine.")
    deck.write_bytes(b"# Coins\n")
    gone = post("## One flip\n\nAgain.", base="## One flip\n\nMine.")
    assert (gone.status_code, gone.json()["text"]) == (409, None)
    assert deck.read_bytes() == b"# Coins\n"


def test_a_change_between_the_look_and_the_writing_is_seen(
    deck: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold, theirs = editing.Place.hold_rest, DECK.replace("Heads.", "Theirs.").encode()

    def slow(place: editing.Place, text: str, made: str) -> None:
        hold(place, text, made)
        deck.write_bytes(theirs)

    monkeypatch.setattr(editing.Place, "hold_rest", slow)
    assert post("## One flip\n\nMine.").status_code == 409
    assert deck.read_bytes() == theirs


def test_a_new_title_may_give_another_id(deck: Path) -> None:
    found = post("## First flip\n\nHeads.").json()
    assert found["slide"]["id"] == "first-flip"
    # the page still knows the old id
    assert post("## Flip\n\nHeads.", base="## First flip\n\nHeads.").status_code == 200
    assert b"## Flip\r\n" in deck.read_bytes()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\n \n", "needs a text"),
        ("## A\n\n```python\nx = 1", "swallow the slides behind it"),
        ("a" * (editing.LARGEST + 1), "at most 128 kB"),
    ],
)
def test_what_would_harm_the_file_is_refused(deck: Path, text: str, said: str) -> None:
    answer = post(text)
    assert answer.status_code == 422
    assert said in answer.json()["message"]
    assert deck.read_bytes() == DECK.encode()


def test_only_slides_of_the_lectures_are_reached(deck: Path) -> None:
    outside = deck.parents[1] / "secret.md"
    outside.write_text("## Secret\n\nA.")
    link = deck.parent / "link.md"
    link.symlink_to(outside)
    lectures.library.cache_clear()
    for path in ("/api/edit/..%2Fsecret/secret", "/api/edit/link/secret", "/api/edit/coins/many-x"):
        assert client().get(path, headers=PAGE).status_code == 404, path
        answer = post("## Secret\n\nB.", base="## Secret\n\nA.", path=path)
        assert answer.status_code in (404, 409), path
    assert outside.read_text() == "## Secret\n\nA."


@pytest.mark.parametrize(
    ("peer", "host", "headers"),
    [
        ("10.0.0.7", "localhost:8501", PAGE),
        ("127.0.0.1", "localhost:8501", PAGE | {"x-forwarded-for": "10.0.0.7"}),
        ("127.0.0.1", "localhost:8501", {"sec-fetch-site": "cross-site"}),
        ("127.0.0.1", "localhost:8501", PAGE | {"origin": "https://evil.example"}),
        ("127.0.0.1", "evil.example", {}),
    ],
)
def test_nobody_else_edits(deck: Path, peer: str, host: str, headers: dict[str, str]) -> None:
    body = {"base": "## One flip\n\nHeads.", "text": "## One flip\n\nMine.", "save": True}
    who = client(peer, host)
    assert who.post(ONE, json=body, headers=headers).status_code == 403
    assert who.get(ONE, headers=headers).status_code == 403
    assert deck.read_bytes() == DECK.encode()


def test_a_page_elsewhere_that_may_show_slides_edits_none(
    deck: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRACTICUM_ALLOW_ORIGIN", "https://school.example")
    body = {"base": "## One flip\n\nHeads.", "text": "## One flip\n\nMine.", "save": True}
    headers = {"origin": "https://school.example", "sec-fetch-site": "cross-site"}
    assert client().post(ONE, json=body, headers=headers).status_code == 403


def test_a_server_that_others_reach_lets_nobody_edit_unless_it_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from engine.app.command import _configure_editing

    def of(*words: str, address: str = "127.0.0.1", base: str = "") -> str:
        monkeypatch.setenv(editing.VARIABLE, "1")
        _configure_editing(cli.parser().parse_args(["serve", *words]), address, base)
        return editing.os.environ[editing.VARIABLE]

    assert (of(), of(address="::1")) == ("1", "1")
    assert of(address="0.0.0.0") == of("--room") == of(base="/x") == of("--no-edit") == ""
    assert of("--edit", address="0.0.0.0") == "1"
