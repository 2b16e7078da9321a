"""`practicum export`, as tests call it, and the text of what it prints."""

import io
from pathlib import Path

import pypdf
import pytest

from engine.cli import main


def run(patch: pytest.MonkeyPatch, *arguments: str) -> int:
    """The exit code of `practicum export …`, whose decks are no other test's."""
    from engine.app.lectures import library

    patch.setenv("PRACTICUM_LECTURES", "")  # which the command sets
    library.cache_clear()
    try:
        return main(["export", *arguments])
    finally:
        library.cache_clear()


def export(patch: pytest.MonkeyPatch, deck: Path, kind: str, *options: str) -> bytes:
    """What `practicum export KIND` writes of a deck, which it finds faultless."""
    out = deck.with_name("out.pdf")
    assert run(patch, kind, str(deck), "--output", str(out), *options) == 0
    return out.read_bytes()


def pages_of(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]
