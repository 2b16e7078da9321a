"""The parts of a lecture as cards: what each says, and that its picture is there."""

from pathlib import Path

from starlette.testclient import TestClient

from engine.app.site.home import caption
from engine.app.site.parts import parts
from engine.deck.document import load
from engine.paths import LECTURES

DECK = """---
title: Two parts
---

# Two parts

---

<!-- chapter: Bandits -->

## One

<!-- notes: Say it. 1.5 minutes. -->

---

<!-- aside: true -->

## Below

```sim
sim: bandit
id: aside
```

<!-- notes: More. 9 minutes. -->

---

## Try it

```sim
sim: bandit
id: path
```

<!-- notes: Run it. 2 minutes. -->

---

<!-- chapter: The end -->

## Last
"""


def test_a_card_says_how_long_a_part_is_and_what_can_be_run(tmp_path: Path) -> None:
    """By hand: two slides of 1.5 and 2 minutes on the path, one aside; the path's run first."""
    path = tmp_path / "two.md"
    path.write_text(DECK, encoding="utf-8")
    slides = load(path)["slides"]
    first, last = parts(slides)
    assert (first.title, first.slide, first.size) == (
        "Bandits", "one", "2 slides · 1 below · 4 min",
    )  # fmt: skip
    assert first.runs == ("Try it", "Below")
    assert (last.size, last.runs, last.picture) == ("1 slide", (), "")
    assert caption(slides).endswith("2 live experiments · 4 min")


def test_the_pictures_of_our_lecture_are_there(client: TestClient) -> None:
    [path] = LECTURES.glob("*.md")
    shown = [part.picture for part in parts(load(path)["slides"])]
    assert sum(map(bool, shown)) > 10
    for address in filter(None, shown):
        assert client.get(address.removeprefix(".")).status_code == 200, address
