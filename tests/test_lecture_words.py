"""Our words are our own: no eight of them in a row stand in the transcript of the recorded lecture.

The transcript is not ours to ship. `tests/data/transcript_shingles.bin` holds only hashes: for each
eight spoken words in a row, lower-cased, without punctuation, blake2b of 5 bytes, all sorted. From
the spoken paragraphs alone (without title and page furniture) it was made by

    pack(text_of_the_spoken_paragraphs, SHINGLES)
"""

import re
from hashlib import blake2b
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHINGLES = ROOT / "tests" / "data" / "transcript_shingles.bin"
LENGTH = 8  # words in a row
SIZE = 5  # bytes of a hash: among 10^5 words of ours less than one false alarm in 10^3 is expected
MARKUP = re.compile(r"<!--|-->|</?[a-z][^>]*>|\[[^\]]*@[^\]]*\]|\]\([^)]*\)")
WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
FILES = [
    *sorted((ROOT / "lectures").glob("*.md")),
    *sorted((ROOT / "content" / "timelines").glob("*.yaml")),
    *(ROOT / "content" / f"{name}.yaml" for name in ("claims", "glossary", "transcript")),
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]


def runs(text: str) -> list[str]:
    """Every LENGTH words in a row, as one string each; markup and citations are no words."""
    words = WORD.findall(MARKUP.sub(" ", text).lower().replace("’", "'"))
    return [" ".join(words[i : i + LENGTH]) for i in range(len(words) - LENGTH + 1)]


def digest(run: str) -> bytes:
    return blake2b(run.encode(), digest_size=SIZE).digest()


def pack(transcript: str, path: Path) -> None:
    """Write the hashes of a transcript's runs."""
    path.write_bytes(b"".join(sorted({digest(run) for run in runs(transcript)})))


def unpack(path: Path) -> set[bytes]:
    data = path.read_bytes()
    return {data[i : i + SIZE] for i in range(0, len(data), SIZE)}


def shared(text: str, known: set[bytes]) -> list[str]:
    """The runs of a text that are among the hashed ones."""
    return [run for run in runs(text) if digest(run) in known]


@pytest.fixture(scope="module")
def spoken() -> set[bytes]:
    return unpack(SHINGLES)


def test_the_hashes_are_of_a_whole_lecture(spoken: set[bytes]) -> None:
    assert 7_000 < len(spoken) < 10_000
    assert len(spoken) * SIZE == SHINGLES.stat().st_size
    assert b"".join(sorted(spoken)) == SHINGLES.read_bytes()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_eight_words_in_a_row_are_the_transcripts(path: Path, spoken: set[bytes]) -> None:
    assert shared(path.read_text(encoding="utf-8"), spoken) == []


SAID = "So um the seven lazy herons of the harbour never fly before noon, and nobody knows why."


@pytest.mark.parametrize(
    ("text", "is_seen"),
    [
        ("They say the seven lazy herons of the harbour never fly at night.", True),
        ("**The seven** lazy\nherons [@heron2020] of the *harbour* — never fly.", True),
        ("The <b>seven</b> lazy herons, of the harbour. Never fly!", True),
        ("the seven lazy herons of the harbour", False),  # seven words
        ("Seven herons, all of them lazy, live at the harbour and fly after noon.", False),
    ],
)
def test_a_planted_sentence_is_seen(tmp_path: Path, text: str, is_seen: bool) -> None:
    pack(SAID, tmp_path / "hashes.bin")
    assert bool(shared(text, unpack(tmp_path / "hashes.bin"))) is is_seen
