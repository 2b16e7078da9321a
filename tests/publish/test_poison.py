"""`practicum check` over more than forty bad decks: each is named, and it comes to an end."""

from pathlib import Path

from engine.publish.check import files_of
from engine.publish.guarded import check_each
from tests import poison


def test_every_bad_deck_is_named_and_the_good_one_is_not(tmp_path: Path) -> None:
    bad = poison.make(tmp_path)
    assert len(bad) >= 40
    problems, _ = check_each(files_of([tmp_path]))
    named = {Path(one.file).name for one in problems}
    by_bibliography = {"bib-broken.md": "broken.bib"}  # the fault is in the other file
    missing = [one.name for one in bad if by_bibliography.get(one.name, one.name) not in named]
    assert missing == []
    assert "good.md" not in named
