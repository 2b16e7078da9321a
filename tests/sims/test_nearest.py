"""One function says "Did you mean …?", for simulations, decks, claims and commands alike."""

import pytest

from engine.paths import ROOT
from sims.nearest import nearest


@pytest.mark.parametrize(
    ("word", "known", "sentence"),
    [
        ("bandti", ["dpo", "bandit"], "Did you mean 'bandit'?"),
        ("BANDIT", ["dpo", "Bandit"], "Did you mean 'Bandit'?"),
        ("zzz", ["dpo", "bandit"], "There are: dpo, bandit."),
        ("zzz", iter(("a", "A")), "There are: a, A."),
        ("zzz", [], "There are: none."),
        ("", {"a": 1}, "There are: a."),
        ("x" * 100_000, ["dpo"], "There are: dpo."),
    ],
)
def test_the_nearest_name_or_all_of_them(word: str, known: list[str], sentence: str) -> None:
    assert nearest(word, known) == sentence


def test_another_sentence_where_none_is_near() -> None:
    assert nearest("zzz", ["a", "b"], "Write one of: {known}.") == "Write one of: a, b."
    assert nearest("zzz", ["a", "b"], "See {x}.") == "See {x}."
    assert nearest("aple", ["apple"], "", cutoff=0.95) == ""


def test_nobody_else_compares_names() -> None:
    paths = [
        path for folder in ("engine", "sims", "tools") for path in (ROOT / folder).rglob("*.py")
    ]
    found = [path for path in paths if "difflib" in path.read_text(encoding="utf-8")]
    assert [path.relative_to(ROOT).as_posix() for path in found] == ["sims/nearest.py"]
