"""`practicum diff BASE`: the slides that changed, no other one, and claims run again."""

import base64
import io
import re
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import BrowserType, Error

from engine import cli
from engine.publish.diff.revisions import _unpack
from engine.publish.diff.slide_pictures import marked

DECK = """---
title: Coins
citation_style: numeric
---

# Coins

---

## One flip says little

A fair coin shows heads in half of its flips [@ames2020].

<!-- notes: Say it. 1 minute. -->

---

<!-- id: kept -->

## Many flips say more

![a curve](curve.svg)

See [@ames2020].

---

## Quiet

Nothing to see.

<!-- notes: Say it. 1 minute. -->
"""
BIB = """@book{ames2020, author={Ames, A.}, title={One}, year={2020}, publisher={P}}
@book{birk2021, author={Birk, B.}, title={Two}, year={2021}, publisher={P}}
"""
CLAIM = """- id: C1
  sentence: What UCB1 loses grows with the logarithm of the pulls.
  slide: kept
  references: [ames2020]
  status: shown here
  demo:
    sim: bandit
    params: {method: ucb1}
    seeds: 3
    expect: {regret: {where: {method: ucb1}, line_in: {column: pulls, x: log, r2_at_least: 0.95}}}
    "null": {without: the logarithm, axis: linear}
"""
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 50"><path d="M0 50 L90 PLACE"/></svg>'
)
Diff = Callable[..., tuple[int, str]]


def git(folder: Path, *words: str) -> None:
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course below the top of its repository, committed."""
    root = tmp_path / "repository" / "my course"
    (root / "lectures").mkdir(parents=True)
    (root / "content").mkdir()
    (root / "practicum.toml").write_text('title = "Coins"\n')
    (root / "content" / "references.bib").write_text(BIB)
    (root / "lectures" / "01-coins.md").write_text(DECK)
    (root / "lectures" / "curve.svg").write_text(SVG.replace("PLACE", "0"))
    git(root.parent, "init", "--quiet")
    git(root.parent, "add", ".")
    git(root.parent, "commit", "--quiet", "--message", "Begin")
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def diff(course: Path, capsys: pytest.CaptureFixture[str]) -> Diff:
    """`diff("HEAD")`: the exit code, and what was said."""

    def diff(*words: str) -> tuple[int, str]:
        code = cli.main(["diff", *words])
        said = capsys.readouterr()
        return code, said.out + said.err

    return diff


def edit(course: Path, old: str, new: str) -> None:
    path = course / "lectures" / "01-coins.md"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def slides(said: str) -> dict[str, str]:
    """What is said of each slide, by its id."""
    return dict(re.findall(r"\w+: ([\w-]+) \([\w.]+\): (.*)", said))


def test_only_what_changed_is_named(course: Path, diff: Diff) -> None:
    assert diff("HEAD", "--no-pictures")[1].startswith("No slide and no claim has changed")
    # A slide in front, with a work of its own, moves the numbers of all others.
    edit(course, "---\n\n## One", "---\n\n## Why\n\nAsk [@birk2021].\n\n---\n\n## One")
    edit(course, "Say it. 1 minute. -->\n\n---", "Say so. 1 minute. -->\n\n---")
    (course / "lectures" / "curve.svg").write_text(SVG.replace("PLACE", "9"))
    code, said = diff("HEAD", "--no-pictures", "--markdown", "said.md")
    assert code == 0
    assert slides(said) == {
        "why": "new",
        "one-flip-says-little": "notes",
        "kept": "picture",
        "references": "text",
    }
    assert "lectures/01-coins.md:10  coins: why" in said
    assert "not committed" in said
    table = (course / "said.md").read_text()
    assert "| Why | `lectures/01-coins.md:10` | new |" in table
    git(course, "commit", "--all", "--quiet", "--message", "Change")
    (course / "said.md").unlink()
    code, again = diff("HEAD~1", "--no-pictures", "--output", "../page.html")
    assert slides(again) == slides(said)
    assert "not committed" not in again


def test_a_slide_whose_title_changed_is_the_same_slide(course: Path, diff: Diff) -> None:
    edit(course, "## One flip says little", "## One flip says very little")
    edit(course, "<!-- id: kept -->\n", "")
    edit(course, "\n---\n\n## Quiet\n\nNothing to see.\n", "")
    said = diff("HEAD", "--no-pictures")[1]
    assert slides(said) == {
        "one-flip-says-very-little": "text; it was called 'one-flip-says-little'",
        "many-flips-say-more": "notes; it was called 'kept'",
        "quiet": "removed",
    }


def test_the_slide_that_was_taken_elsewhere_is_named_and_no_other_one(
    course: Path, diff: Diff
) -> None:
    path = course / "lectures" / "01-coins.md"
    head, *parts = path.read_text().split("\n---\n")
    path.write_text("\n---\n".join([head, parts[0], parts[3], *parts[1:3]]))
    assert slides(diff("HEAD", "--no-pictures")[1]) == {"quiet": "moved"}
    path.unlink()
    said = diff("HEAD", "--no-pictures")[1]
    assert set(slides(said).values()) == {"removed"}
    assert "lectures/01-coins.md:10  coins: one-flip-says-little" in said


def test_both_pictures_are_on_the_page_with_a_mark(course: Path, diff: Diff) -> None:
    edit(course, "A fair coin", "A true coin")
    edit(course, "![a curve]", "One word more.\n\n![a curve]")
    edit(course, "Nothing to see.\n\n<!-- notes: Say it", "Nothing to see.\n\n<!-- notes: Say so")
    code, said = diff("HEAD", "--output", "build/page.html", "--dark", "--phone")
    assert code == 0
    found = slides(said)
    for one in ("one-flip-says-little", "kept"):
        assert re.fullmatch(r"text \([\d,]{2,6} pixels differ\)", found.pop(one))
    assert found == {"quiet": "notes (looks the same)"}
    page = (course / "build" / "page.html").read_text()
    pictures = re.findall(r'src="data:image/png;base64,([^"]*)"', page)
    assert len(pictures) == 8, "of two slides: before, after, and a mark on each"
    assert len({*pictures}) == 6, "no picture is that of another slide"
    seen = [Image.open(io.BytesIO(base64.b64decode(one))).convert("RGB") for one in pictures]
    assert {one.width for one in seen} == {390}
    assert np.asarray(seen[0])[2, 2].max() < 90, "a dark slide"
    assert not re.findall(r'(?:src|href)="(?!data:)', page), "it asks for nothing elsewhere"


def test_no_report_holds_markup_of_a_deck(course: Path, diff: Diff) -> None:
    edit(course, "## Quiet", "## Quiet `<img src=x onerror=harm()>` | [a](https://b.c) \\*b\\*")
    options = ("--no-pictures", "--markdown", "said.md", "--output", "page.html")
    assert diff("HEAD", *options)[0] == 0
    page, table = (course / "page.html").read_text(), (course / "said.md").read_text()
    assert "harm()" in page
    assert "<img" not in page
    [row] = [line for line in table.splitlines() if "harm()" in line]
    assert not re.search(r"[<\[*]|``", row)
    assert row.count("|") == 4


def test_links_that_lead_out_of_a_revision_are_left_out(tmp_path: Path) -> None:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as tar:
        for name, target in (("out", "/etc/passwd"), ("up", "../../x"), ("in", "kept")):
            link = tarfile.TarInfo(name)
            link.type, link.linkname = tarfile.SYMTYPE, target
            tar.addfile(link)
        for name in ("../beside", "/tmp/beside", "kept"):
            tar.addfile(tarfile.TarInfo(name))
    folder = tmp_path / "revision"
    folder.mkdir()
    _unpack(made.getvalue(), folder)
    found = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*"))
    assert [one for one in found if "tmp" not in one] == [
        "revision", "revision/in", "revision/kept"
    ]  # fmt: skip


def test_the_mark_covers_what_differs() -> None:
    before, after = Image.new("RGB", (200, 100), "white"), Image.new("RGB", (200, 100), "white")
    ImageDraw.Draw(after).rectangle((150, 10, 159, 29), fill="black")
    mark, number = marked(before, after)
    assert mark is not None
    # The four corners of a shape look like a smoothed edge, which does not count.
    assert 10 * 20 - 4 <= number <= 10 * 20
    assert mark.getbbox() == (150, 10, 160, 30)
    assert marked(before, before) == (None, 0)


def test_a_claim_whose_demonstration_changed_is_run_with_fresh_seeds(
    course: Path, diff: Diff
) -> None:
    ledger = course / "content" / "claims.yaml"
    ledger.write_text(CLAIM)
    git(course, "add", ".")
    git(course, "commit", "--quiet", "--message", "Claim")
    assert "C1" not in diff("HEAD", "--no-pictures")[1]
    ledger.write_text(CLAIM.replace("0.95", "0.9999"))
    code, said = diff("HEAD", "--no-pictures")
    assert code == 1
    assert re.search(
        r"C1: .* \| its demonstration \| none \| none \| NOT CONFIRMED: .*\(0/3\)", said
    )
    assert diff("HEAD", "--no-pictures", "--no-claims")[0] == 0


def _no_browser(*_words: object, **_options: object) -> None:
    raise Error("Executable doesn't exist")


def test_what_cannot_be_compared_is_a_sentence(
    course: Path, diff: Diff, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert diff("nosuch") == (
        2,
        "practicum: git knows no revision 'nosuch'; `git log --oneline` and `git branch --all` "
        "list what there is.\n",
    )
    assert diff("HEAD:lectures")[0] == 2, "a tree is not a revision"
    assert "there is no folder nowhere" in diff("HEAD", "--lectures", "nowhere")[1]
    edit(course, "A fair coin", "A true coin")
    with monkeypatch.context() as without:
        without.setattr(BrowserType, "launch", _no_browser)
        code, said = diff("HEAD")
    assert code == 2
    assert (
        "no Chromium and no Chrome was found for the pictures (leave them out with --no-pict"
        in said
    )
    assert said.endswith(" -m playwright install chromium\n")
    monkeypatch.setenv("PATH", "/nowhere")
    assert diff("HEAD") == (
        2, "practicum: git is not on the path; install it to compare with a revision.\n"
    )  # fmt: skip


def test_a_course_that_was_not_there_yet_is_new(course: Path, diff: Diff) -> None:
    other = course.parent / "other"
    other.mkdir()
    (other / "practicum.toml").write_text('title = "Other"\n')
    (other / "a.md").write_text("# A\n")
    assert slides(diff("HEAD", "--no-pictures", "--lectures", str(other))[1]) == {"a": "new"}
    outside = course.parents[1] / "outside"
    outside.mkdir()
    (outside / "a.md").write_text("# A\n")
    code, said = diff("HEAD", "--no-pictures", "--lectures", str(outside))
    assert (code, "is in no git repository" in said) == (2, True)
