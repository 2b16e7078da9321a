"""`practicum export site`: what it writes, and what it refuses with one sentence."""

import ast
import errno
import json
import os
import re
import shutil
from base64 import b64encode
from collections.abc import Callable, Iterator
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from engine.app.lectures import library
from engine.cli import main
from engine.publish.site import assets, build, decks
from tests.publish.test_site_parts import as_a_page_has_it, compressed, what_a_page_reads, words

Export = Callable[..., tuple[int, str]]
DECK = """---
title: A lecture
---

# A lecture

See [the other](other.md#second), [claims](claims?q=C8) and [the web](https://example.org/claims).

---

## Learn

```sim
sim: cartpole
id: learn
params: {algorithm: reinforce_baseline}
controls: [gamma]
chart: {x: env_steps, y: [greedy_return]}
```
"""
BARE = "\n---\n\n## Never recorded\n\n```sim\nsim: cartpole\nparams: {seed: 977}\n```\n"


@pytest.fixture
def lectures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "lectures"
    folder.mkdir()
    (folder / "first.md").write_text(DECK, encoding="utf-8")
    (folder / "other.md").write_text("# Other\n\n---\n\n## Second\n\nText.\n", encoding="utf-8")
    monkeypatch.setenv("PRACTICUM_LECTURES", str(folder))
    library.cache_clear()
    yield folder
    library.cache_clear()


@pytest.fixture
def export(lectures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Export:
    """`export("--force")`: the exit code, and what was said."""

    def export(*options: str, out: Path = tmp_path / "site") -> tuple[int, str]:
        code = main(["export", "site", str(out), *options])
        said = capsys.readouterr()
        return code, said.out + said.err

    return export


def answer(site: Path, name: str) -> object:
    """What a script of the site hands over."""
    text = (site / f"{name}.js").read_text(encoding="utf-8")
    found = re.fullmatch(r"practicumSite\.give(\('.*?', '.*'\))\n", text)
    assert found
    asked, text = ast.literal_eval(found[1])  # Python writes such a text as JavaScript does
    assert asked == name
    return json.loads(text)


def test_a_grid_without_its_runs_is_refused_where_it_is_asked_for(
    export: Export, lectures: Path
) -> None:
    path = lectures / "first.md"
    path.write_text(DECK.replace("id: learn", "id: learn\ngrid: {gamma: 3}"), encoding="utf-8")
    assert export()[0] == 0
    code, said = export("--grid", "--force")
    assert code == 2
    assert "first: learn (cartpole, 2 runs of its grid)" in said
    assert "practicum rehearse LECTURE --record --grid" in said


def test_a_link_to_a_lecture_has_its_title_slide_as_a_picture(
    export: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site"
    options = ("--base-url", "https://me.example/course")
    assert export(*options)[0] == 0
    page = (site / "first.html").read_text(encoding="utf-8")
    assert 'og:image" content="https://me.example/course/cards/first.png"' in page
    with Image.open(site / "cards/first.png") as picture:
        assert picture.size == (1280, 720)
        assert len(set(picture.convert("L").tobytes())) > 30  # letters, with smooth edges
    monkeypatch.setattr(shutil, "which", lambda name: None)
    code, said = export(*options, "--force")
    assert (code, "Links to the site have no picture: no Chromium and no" in said) == (
        0,
        True,
    )
    assert "og:image" not in (site / "first.html").read_text(encoding="utf-8")


def test_a_site_holds_every_page_and_asks_for_nothing_elsewhere(
    export: Export, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    assert export("--base-url", "https://me.example/course")[0] == 0
    assert sorted(one.name for one in site.glob("*.html")) == [
        "404.html", "claims.html", "first.html", "index.html", "other.html", "references.html",
    ]  # fmt: skip
    [deck] = (site / "api/decks/first").iterdir()
    document = answer(site, f"api/decks/first/{deck.name.removesuffix('.js')}")
    assert isinstance(document, dict)
    first, learn = document["slides"]
    assert 'href="./other.html?slide=second"' in first["html"]
    assert 'href="./claims.html?q=C8"' in first["html"]
    assert 'href="https://example.org/claims"' in first["html"]
    name = learn["blocks"][0]["data"]["recorded"].partition("?")[0]
    assert (site / f"{name}.js").is_file()
    for page in site.glob("*.html"):
        html = page.read_text(encoding="utf-8")
        asked = re.findall(r'<(?:script|link|img)\b[^>]*?\s(?:src|href)="([^"]*)"', html)
        outside = [one for one in asked if not (site / one).is_file()]
        assert outside in ([], [f"https://me.example/course/{page.name}"]) or (
            page.name == "index.html" and outside == ["https://me.example/course/"]
        )
        linked = re.findall(r'href="\./([^"?#]*)', html)
        assert all((site / one).is_file() for one in linked), (page.name, linked)


class Scripts(HTMLParser):
    """What could run in a page: its inline scripts, and its attributes that are code."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.inline, self.handlers, self.policies = list[str](), list[Any](), list[str]()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.handlers += [name for name in given if name.startswith("on")]
        self.handlers += [to for to in given.values() if str(to).startswith("javascript:")]
        if given.get("http-equiv") == "Content-Security-Policy":
            self.policies.append(str(given["content"]))

    def handle_data(self, data: str) -> None:
        if self.cdata_elem == "script":
            self.inline.append(data)


def test_no_page_of_a_site_runs_what_a_deck_brought(
    export: Export, lectures: Path, tmp_path: Path
) -> None:
    harm = "\"'></title></script><script>harm()</script><b onclick=harm()>x</b>"
    deck = f"---\ntitle: {json.dumps(harm)}\n---\n\n# Other {harm}\n\n---\n\n## Two\n"
    (lectures / "other.md").write_text(deck, encoding="utf-8")
    code, said = export("--lecture", "other")
    assert code == 0, said
    pages = list((tmp_path / "site").glob("*.html"))
    assert "harm()" in "".join(page.read_text(encoding="utf-8") for page in pages)
    for page in pages:
        found = Scripts(page.read_text(encoding="utf-8"))
        [policy] = found.policies
        allowed = re.findall(r"script-src ([^;]*)", policy)[0].split()
        hashes = [sha256(one.encode()).digest() for one in found.inline]
        assert found.handlers == [], page.name
        named = {f"'sha256-{b64encode(one).decode()}'" for one in hashes}
        assert set(allowed) == {"'self'", "file:", *named}, page.name
        assert "harm()" not in found.inline, page.name


def test_what_is_in_the_way_is_said_and_nothing_is_written(
    export: Export, lectures: Path, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "mine.txt").write_text("mine")
    assert export() == (
        2,
        f"practicum: {site} is not empty; name another folder, or add --force.\n",
    )
    code, said = export("--force", out=tmp_path)  # the folder that holds the lectures
    assert (code, lectures.is_dir()) == (2, True)
    assert "holds work of its own" in said
    assert "no lecture 'frist'. Did you mean 'first'?" in export("--lecture", "frist", "--force")[1]
    assert "must be the address of a folder" in export("--base-url", "me", "--force")[1]
    (lectures / "first.md").write_text(DECK + BARE, encoding="utf-8")
    code, said = export("--force")
    assert code == 2
    assert "no run is recorded of first: never-recorded (cartpole)" in said
    (lectures / "first.md").write_text(DECK + "\n---\n\n## A\n\n[@nobody]\n", encoding="utf-8")
    code, said = export("--force")
    assert code == 2
    assert re.search(r"first\.md:\d+: .*nobody", said)
    assert [one.name for one in site.iterdir()] == ["mine.txt"]
    assert not list(tmp_path.glob(".*site*"))


def test_an_older_site_is_replaced_as_a_whole(export: Export, tmp_path: Path) -> None:
    assert export()[0] == 0
    (tmp_path / "site" / "old.txt").write_text("of the last time")
    assert export("--force", "--lecture", "other")[0] == 0
    assert not (tmp_path / "site" / "old.txt").exists()
    assert not (tmp_path / "site" / "first.html").exists()
    assert not list(tmp_path.glob(".site*"))


def test_a_full_disk_is_a_sentence_and_leaves_what_was_there(
    export: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert export("--lecture", "other")[0] == 0
    before = sorted(one.name for one in (tmp_path / "site").rglob("*"))

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(assets.shutil, "copyfile", full)
    code, said = export("--force")
    assert code == 2
    assert said.endswith("No space left on device. Nothing was changed there.\n")
    assert sorted(one.name for one in (tmp_path / "site").rglob("*")) == before
    assert not list(tmp_path.glob(".site*"))


def test_a_page_asks_for_what_its_slide_draws_with_before_its_scripts_have_come(
    export: Export, tmp_path: Path
) -> None:
    assert export()[0] == 0
    html = (tmp_path / "site/first.html").read_text(encoding="utf-8")
    # A chat that shows a link has this; no gaps stay where tags stood.
    assert 'name="description" content="A lecture See the other, claims and the web."' in html
    head = html[: html.index("<link")]
    assert "plotly.min.js" in head
    assert "' learn '" in head
    assert head.count("<script>") == 1


def test_a_long_lecture_comes_in_parts_that_lose_nothing(
    export: Export, lectures: Path, tmp_path: Path
) -> None:
    main = "".join(f"\n---\n\n## Main {k}\n\n{words(1000, k)} $x_{k}$\n" for k in range(30))
    aside = (
        f"\n---\n\n<!-- aside: true -->\n\n## 1 < 2\n\n{words(1000, 99)} $$y$$ a \ue010 of its own"
        "\n\n<!-- notes: kept -->\n"
    )
    deck = DECK + aside + main
    (lectures / "first.md").write_text(deck, encoding="utf-8")
    assert export()[0] == 0
    site = tmp_path / "site"
    folder = site / "api/decks/first"
    names = sorted((one.name.removesuffix(".js") for one in folder.iterdir()), key=len)
    parts: dict[str, Any] = {name: answer(site, f"api/decks/first/{name}") for name in names}
    first = parts[names[0]]
    assert sorted(first["more"]) == sorted(f"api/decks/first/{name}" for name in names[1:])
    kept = (site / "sw.js").read_text(encoding="utf-8")  # for a visit offline
    assert all(name in kept for name in names)
    assert all(compressed(part) < 80_000 for part in parts.values())
    titles, numbers = first["slides"]["title"], first["slides"]["part"]
    shown = [title for title, part in zip(titles, numbers, strict=True) if part == 0]
    assert shown[-1].startswith("Main")
    assert 5 < len(shown) < 30
    assert numbers[titles.index("1 < 2")] == max(numbers) > 1
    whole = as_a_page_has_it(parts, tmp_path)
    for slide in whole["slides"]:
        slide.pop("part")
    del whole["more"]
    [made] = (decks.of(one.lecture, one.document) for one in build.choose(["first"]))
    assert whole == what_a_page_reads(json.loads(json.dumps(made.document)))
