"""`make pull-request`, which the workflow runs: 20 seeded faults, 20 annotations, and no slide that
the change does not touch."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from tests.publish import test_every_fault as every_fault
from tests.publish.test_diff import git
from tools import pull_request

OLD = """## Before

Known since long [@base2019]; see [nothing](#nothing).

<!-- notes: Say it. 1 minute. -->

---

## Also before

Nothing of it changes.

<!-- notes: Say it. 1 minute. -->
"""
WORK = "@book{base2019, author={Base, B.}, title={Zero}, year={2019}, publisher={P}}\n"
TOML = every_fault.TOML.replace("titel", "title")


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course with one fault, committed; then a change with twenty, which is not."""
    (tmp_path / "lectures").mkdir()
    (tmp_path / "content").mkdir()
    (tmp_path / "practicum.toml").write_text(TOML)
    (tmp_path / "lectures" / "b.md").write_text(OLD)
    (tmp_path / "content" / "references.bib").write_text(WORK)
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "Begin")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PRACTICUM_LECTURES", "")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "build-summary.md"))
    texts = {
        "practicum.toml": every_fault.TOML,
        "lectures/a.md": "\n\n---\n\n".join(text for text, *_ in every_fault.SLIDES),
        "lectures/dot.svg": every_fault.SVG,
        "content/references.bib": every_fault.BIB + WORK,
        "content/glossary.yaml": every_fault.GLOSSARY,
        "content/claims.yaml": every_fault.CLAIMS,
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def test_each_new_fault_is_one_annotation(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert pull_request.main(["HEAD"]) == 1
    said = capsys.readouterr().out
    found = re.findall(r"(?m)^::(?:error|warning) file=([^,]*),line=(\d+),.*title=([\w-]+)::", said)
    assert Counter((file, rule, int(line)) for file, line, rule in found) == every_fault.expected()
    assert len(found) == 20
    out = course / "build" / "pull-request"
    results = json.loads((out / "check.sarif").read_text())["runs"][0]["results"]
    assert len(results) == 21, "with the fault that was there before"
    summary = (course / "build-summary.md").read_text()
    assert summary == (out / "summary.md").read_text()
    places = re.findall(r"(?m)^\| [^|]* \| `([\w/.-]+\.md)", summary)
    assert set(places) == {"lectures/a.md"}
    assert len(places) == len(every_fault.SLIDES) + 1  # and its list of works
    counts = json.loads((out / "counts.json").read_text())
    assert counts["rows"] == len(places)
    assert counts["errors"] + counts["warnings"] == 20
    page = (out / "diff.html").read_text()
    pictured = re.findall(r'<h2>([^<]*)</h2>\s*<p class="quiet">([\w/.-]*)', page)
    assert {place for _, place in pictured} == {"lectures/a.md"}, "no slide that is as it was"
    pictures = re.findall(r'src="data:image/png;base64,([^"]*)"', page)
    assert len(pictures) == len({*pictures}) == len(places), "each is new, with its own picture"


def test_a_base_that_is_not_there_is_a_sentence(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert pull_request.main(["nosuch"]) == 2
    assert "git knows no revision 'nosuch'" in capsys.readouterr().err
