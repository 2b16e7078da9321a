"""Decks and simulations of any name: a lecture or a sentence, never more."""

import json
import os
import shutil
import sys
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from engine.deck.library import Library, UnknownLecture
from engine.deck.source import names
from engine.publish.check import check
from sims import spec
from tests import fuzzing

pytestmark = [
    pytest.mark.fuzz,
    pytest.mark.skipif(sys.platform != "linux", reason="elsewhere, names are Unicode"),
]
# What a file system takes: any bytes but two, 255 of them.
stems = some.binary(min_size=1, max_size=252).map(
    lambda raw: raw.replace(b"/", b"-").replace(b"\0", b"-")
) | some.text(min_size=1, max_size=60).map(
    lambda text: text.encode("utf-8")[:252].replace(b"/", b"-").replace(b"\0", b"-")
)


@fuzzing.examples(40)
@given(some.lists(stems, min_size=1, max_size=4, unique=True))
@example([b"caf\xe9", "\N{SNOWMAN}".encode() * 84, b"home", b" ", b"-"])
@example([b"a" * 252, b"A" * 252, b"a" * 251])
@example([b"a\nb", b"%2e%2e", b"<b>", b"'", b'"', b"..", b"con"])
def test_every_deck_of_a_folder_has_an_address(tmp_path: Path, stems: list[bytes]) -> None:
    folder = tmp_path / "lectures"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for stem in stems:
        with open(os.fsencode(folder) + b"/" + stem + b".md", "wb") as file:
            file.write(b"# A title\n")
    library = Library(folder)
    paths = library.paths()
    assert set(paths.values()) == set(names.decks(folder))
    for slug in paths:
        assert 1 <= len(slug) <= names.LONGEST + 20  # and what tells it from others
        json.dumps(library.document(slug)).encode()
    for problem in check([folder]):
        problem.message.encode()
        problem.file.encode()


@fuzzing.examples(60)
@given(some.text(fuzzing.ANY_LETTER, max_size=40) | some.sampled_from(["a" * 300, "/" * 5_000]))
@example("\udd00")
def test_a_name_that_nobody_has_is_one_sentence(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnknownLecture) as lecture:
        Library(tmp_path).document(name)
    with pytest.raises(spec.SpecError) as simulation:
        spec.fields(f"{name} ")  # no name ends so
    for caught in (lecture, simulation):
        assert len(str(caught.value)) < 3_000
    found = check([tmp_path / f"{name[:40]}{'x' * 300}.md".replace("\0", "")])
    assert len(found) == 1
    assert found[0].message.lower().startswith("cannot be read")
