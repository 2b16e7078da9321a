"""`practicum check` over many decks, of which some are bad in every way that we know."""

from pathlib import Path

import pytest

from engine.guard import Limits
from engine.publish import guarded
from engine.publish.check import check


def test_the_same_problems_as_in_this_process(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("## A\n\n<!-- laytout: code -->\n", encoding="utf-8")
    (tmp_path / "b.md").write_bytes(b"## A\n\nna\xefve\n")
    files = [tmp_path / "a.md", tmp_path / "b.md"]
    assert guarded.check_each(files) == (check(files), files)


def test_a_deck_over_a_limit_is_named_and_the_others_are_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = "\n---\n".join(f"## A\n\n<!-- laytout-{n}: code -->\n" for n in range(6_000))
    (tmp_path / "a.md").write_text(long, encoding="utf-8")
    (tmp_path / "b.md").write_text("## A\n\n<!-- laytout: code -->\n", encoding="utf-8")
    files = [tmp_path / "a.md", tmp_path / "b.md"]
    monkeypatch.setattr(guarded, "LIMITS", Limits(60.0, 60.0, output_mb=1))
    problems, good = guarded.check_each(files)
    assert good == files[1:]
    assert [Path(one.file).name for one in problems] == ["a.md", "b.md"]
    assert "cannot be read: it makes more than 1 MB" in problems[0].message
    assert "no directive 'laytout'" in problems[1].message
