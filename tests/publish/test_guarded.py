"""`practicum check` over many decks, of which some are bad in every way that we know."""

from pathlib import Path

import pytest

from engine.guard import Child, Refused
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
    (tmp_path / "a.md").write_text("## A\n", encoding="utf-8")
    (tmp_path / "b.md").write_text("## A\n\n<!-- laytout: code -->\n", encoding="utf-8")
    files = [tmp_path / "a.md", tmp_path / "b.md"]
    ask = Child.ask

    def over(child: Child, value: str) -> object:
        if value.endswith("a.md"):
            raise Refused("it makes more than 1 MB of slides")
        return ask(child, value)

    monkeypatch.setattr(Child, "ask", over)
    problems, good = guarded.check_each(files)
    assert good == files[1:]
    assert [Path(one.file).name for one in problems] == ["a.md", "b.md"]
    assert "cannot be read: it makes more than 1 MB" in problems[0].message
    assert "no directive 'laytout'" in problems[1].message
