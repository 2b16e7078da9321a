"""Slides that do not fit are named; slides that fit are not."""

from pathlib import Path

from engine.publish.overflow import overflow

ROOT = Path(__file__).resolve().parents[2]


def test_only_the_slide_that_is_too_full_is_named(tmp_path: Path) -> None:
    deck = tmp_path / "full.md"
    lines = "\n".join(f"- line {number}" for number in range(40))
    wide = "x" * 300
    deck.write_text(
        f"# Title\n\n---\n\n## Fits\n\nText.\n\n---\n\n## Too long\n\n{lines}\n\n---\n\n"
        f"## Too wide\n\n<div>{wide}</div>\n\n---\n\n## Steps\n\n- a\n\n<!-- step -->\n\n- b\n"
    )
    found = overflow([deck])
    assert [problem.line for problem in found] == [11, 56]
    assert "'too-long'" in found[0].message
    assert "below" in found[0].message
    assert "right margin" in found[1].message


def test_every_slide_of_the_lectures_fits() -> None:
    found = overflow(sorted((ROOT / "lectures").glob("*.md")))
    assert not found, "\n".join(str(problem) for problem in found)
