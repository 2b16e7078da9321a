"""`practicum check` as a function: what it finds and how it says so."""

import json
from pathlib import Path

import pytest

from engine import cli
from engine.deck.model import Problem
from engine.publish.check import check
from engine.publish.formats import format_problems

BAD = "## A\n\n<!-- laytout: code -->\n\n![](nosuch.png)\n"


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "01-bad.md"
    path.write_text(BAD)
    return path


def test_a_file_or_a_folder(bad: Path) -> None:
    found = check([bad])
    assert [(one.line, one.severity) for one in found] == [
        (3, "error"),
        (5, "warning"),
        (5, "error"),
    ]
    assert all(one.file == str(bad) for one in found)
    assert check([bad.parent]) == found
    assert check([bad, bad]) == found, "each problem once"


def test_a_good_file_has_no_problems(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Fine\n")
    assert check([tmp_path / "a.md"]) == []


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "latin.md").write_bytes(b"## A\n\nna\xefve\n")
    found = check([tmp_path / "nosuch.md", tmp_path / "latin.md"])
    assert [one.line for one in found] == [1, 3]
    assert "Cannot be read" in found[0].message
    assert "not UTF-8" in found[1].message


def test_entries_that_nobody_cites_are_checked_too(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\nbibliography: r.bib\n---\n## A\n")
    (tmp_path / "r.bib").write_text(
        "@article{a, title={x}, year={2000}}\n\n@article{b, title={x} year={2000}}\n"
    )
    [problem] = check([tmp_path / "a.md"])
    assert (problem.file, problem.line) == (str(tmp_path / "r.bib"), 3)


def test_text_names_place_fault_and_mend(bad: Path) -> None:
    lines = format_problems(check([bad]), "text").split("\n")
    assert lines[0] == f"{bad}:3:1: error: There is no directive 'laytout'. Did you mean 'layout'?"
    assert lines[-1] == "2 errors, 1 warning"
    assert format_problems([], "text") == "0 errors, 0 warnings"


def test_a_folder_without_a_lecture_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "talk.markdown").write_text("## One\n")
    said = [(one.severity, one.message) for one in check([tmp_path])]
    assert said == [
        ("error", "There is no lecture in this folder."),
        ("warning", "'talk.markdown' is not a lecture: its name does not end in .md."),
    ]
    assert cli.main(["check", str(tmp_path)]) == 1


def test_a_line_for_the_terminal_holds_no_orders_for_it() -> None:
    fault = Problem("'\x1b]0;x\a\x9b1m\u202e' is odd.\nReally.", file="a\rb.md", line=1, column=1)
    [line, _] = format_problems([fault]).split("\n")
    shown = "a\\rb.md:1:1: error: '\\x1b]0;x\\x07\\x9b1m\\u202e' is odd.\\nReally."
    assert line == shown
    [line, _] = format_problems([Problem(f"'{'q' * 5000}' is odd.", "Fix it.", file="a")]).split(
        "\n"
    )
    assert line.endswith("qqq… Fix it.")
    assert len(line) < 400


def test_json_is_a_list_of_problems(bad: Path) -> None:
    found = json.loads(format_problems(check([bad]), "json"))
    assert [Problem(**one) for one in found] == check([bad])


def test_sarif_has_what_code_hosts_ask_for(bad: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(bad.parent)
    found = json.loads(format_problems(check([bad]), "sarif"))
    assert found["version"] == "2.1.0"
    [run] = found["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert run["tool"]["driver"]["name"]
    assert len(run["results"]) == 3
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("error", "warning")
        assert result["message"]["text"]
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "01-bad.md"
        assert place["region"]["startLine"] >= 1
        assert place["region"]["startColumn"] >= 1


def test_an_unknown_format_is_an_error() -> None:
    with pytest.raises(ValueError, match="no format 'xml'"):
        format_problems([], "xml")  # type: ignore[arg-type]


def test_published_data_that_no_slide_shows_is_checked_too(tmp_path: Path) -> None:
    lectures, data = tmp_path / "lectures", tmp_path / "content" / "published"
    lectures.mkdir()
    data.mkdir(parents=True)
    (lectures / "a.md").write_text("# Fine\n")
    (data / "wins.yaml").write_text(
        "source: k\nwhere: w\nhow_obtained: text\naccuracy: a\ny_label: y\n"
    )
    (data / "wins.csv").write_text("series,x,y\nred,1,2\nred,2,three\n")
    text = format_problems(check([lectures / "a.md"]))
    assert f"{data / 'wins.csv'}:3:1: error: The y 'three' is not a number." in text
