"""The documents say what the code says, and what they link to exists."""

import re
import subprocess
from pathlib import Path

import pytest

from tools.docs.__main__ import DOCS, main
from tools.docs.offline import foreign
from tools.docs.places import find
from tools.docs.sections import filled, plain
from tools.docs.tree import description, files

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]


def test_generated_pages_are_current(capsys: pytest.CaptureFixture[str]) -> None:
    stale = main(["--check"])
    assert not stale, f"run make docs\n{capsys.readouterr().out}"


def test_every_file_says_in_its_first_comment_what_it_is() -> None:
    silent = [path.relative_to(ROOT).as_posix() for path in files() if not description(path)]
    assert not silent, f"without a comment at their top: {silent}"


def test_every_top_level_entry_is_explained() -> None:
    page = (DOCS / "architecture.md").read_text(encoding="utf-8")
    shown = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    names = {path.partition("/")[0] + "/" * ("/" in path) for path in shown.stdout.splitlines()}
    missing = [name for name in names if not name.startswith(".") and f"`{name}`" not in page]
    assert not missing, f"docs/architecture.md has no row for {missing}"


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) <= 120


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_to_files(page: Path) -> None:
    text = re.sub(r"```.*?```|`[^`]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"(?:\]\(|src=\")([^)\s#\"]+)", text):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_a_section_is_replaced_and_nothing_else() -> None:
    page = "a\n<!-- begin x: written by `make docs` -->\nold\n<!-- end x -->\nb\n"
    new = filled(page, "x", "new")
    assert new == page.replace("\nold\n", "\n\nnew\n\n")
    assert filled(new, "x", "new") == new
    with pytest.raises(ValueError, match="end y"):
        filled(page, "y", "new")


def test_text_of_the_code_is_no_markup() -> None:
    assert plain("a_b `c_d` <e> *f*") == r"a\_b `c_d` \<e> \*f\*"


def test_a_place_that_is_gone_is_an_error() -> None:
    assert find("sims", "nearest") == "sims/nearest.py"
    with pytest.raises(ValueError, match="0 files of sims define 'nearestt'"):
        find("sims", "nearestt")


def test_what_a_page_loads_from_elsewhere_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        '<link rel="canonical" href="https://a.org/"><a href="https://b.org">b</a>'
        '<link rel="stylesheet" href="//c.org/c.css"><script src="https://d.org/d.js"></script>'
        '<img src="own.png"><style>body { background: url(https://e.org/e.png) }</style>'
    )
    (tmp_path / "own.css").write_text("@import 'https://f.org/f.css'; b { src: url('own.woff2') }")
    assert list(foreign(tmp_path)) == [
        "a.html: //c.org/c.css",
        "a.html: https://d.org/d.js",
        "a.html: https://e.org/e.png",
        "own.css: https://f.org/f.css",
    ]
