"""A course with one of each fault: every fault is named once, at its line, and none twice."""

import json
from collections import Counter
from pathlib import Path

import pytest

from engine import cli
from engine.deck.schema.course_models import CHECKS
from engine.publish.overflow import LEGIBLE

TOML = 'titel = "Faults"\n[check]\nlink = "warning"\n'
BIB = """@book{ames2020, author={Ames, A.}, title={One}, year={2020}, publisher={P}}
@book{birk2021, author={Birk, B.}, title={Two}, year={2021}, publisher={P}}
@book{again2020, author={Ames, A.}, title={{One}}, year={2020}, publisher={P}}
@book{odd2022, title={Three}, year={2022}, publisher={P}}
"""
GLOSSARY = "- {term: reward model, text: It scores.}\n- {term: RLHF, text: A method.}\n"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
CLAIMS = "- {id: C1, sentence: So, slide: nowhere, status: opinion}\n"
NOTES = "<!-- notes: Say it. 1 minute. -->"
# What is written, what is found in it, and on which line of the slide.
SLIDES = [
    ("## Missing work\n\nSo [@nosuch2020; @again2020].\n\n" + NOTES, "citation", 3),
    ("## Broken work\n\nSo [@odd2022; @ames2020].\n\n" + NOTES, "", 0),
    ("## Dead link\n\nSee [there](#nothing).\n\n" + NOTES, "link", 3),
    ("## No picture\n\n![a curve](none.png)\n\n" + NOTES, "image", 3),
    ("## No words\n\n![](dot.svg)\n\n" + NOTES, "alt-text", 3),
    ("Some words without a title.\n\n" + NOTES, "no-title", 1),
    ("## The Title Wears Capitals Everywhere\n\n" + NOTES, "sentence-case", 1),
    ("## Spelling\n\nA rewardmodel.\n\n" + NOTES, "spelling", 3),
    ("## Used early\n\nA policy acts.\n\n" + NOTES, "order", 1),
    ("## Defined late\n\n<!-- defines: policy -->\n\n" + NOTES, "", 0),
    ("## Silent\n\nNobody says a word.", "notes", 1),
    ("## No time\n\n<!-- notes: Say it. -->", "minutes", 1),
    ("## Slow\n\n```sim\nsim: bandit\nid: slow\nbudget: {seconds: 90}\n```\n\n"
     "<!-- notes: Press Run. 1 minute. -->", "budget", 3),
    ("## Column\n\n```sim\nsim: bandit\nid: column\nchart: {y: regrett}\n```\n\n"
     "<!-- notes: Press Run. 1 minute. -->", "deck", 6),
    ("## No simulation\n\n```sim\nsim: bandti\n```\n\n<!-- notes: Press Run. 1 minute. -->",
     "deck", 4),
    ("## Claim\n\n```sim\nsim: bandit\nid: claim\nclaims: [C9]\n```\n\n"
     "<!-- notes: Press Run. 1 minute. -->", "claim", 6),
    ("## Directive\n\n<!-- laytout: code -->\n\n" + NOTES, "deck", 3),
]  # fmt: skip


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "lectures").mkdir()
    (tmp_path / "content").mkdir()
    (tmp_path / "practicum.toml").write_text(TOML)
    (tmp_path / "lectures" / "a.md").write_text("\n\n---\n\n".join(text for text, *_ in SLIDES))
    (tmp_path / "lectures" / "dot.svg").write_text(SVG)
    for name, text in (
        ("references.bib", BIB),
        ("glossary.yaml", GLOSSARY),
        ("claims.yaml", CLAIMS),
    ):
        (tmp_path / "content" / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def expected() -> Counter[tuple[str, str, int]]:
    found, line = Counter[tuple[str, str, int]](), 1
    for text, rule, at in SLIDES:
        if rule:
            found["lectures/a.md", rule, line + at - 1] += 1
        line += text.count("\n") + 4
    found["content/references.bib", "bibliography", 3] += 1  # has the title and year of another
    found["content/references.bib", "bibliography", 4] += 1  # has no author
    found["content/references.bib", "unused-work", 2] += 1
    found["content/claims.yaml", "claim", 1] += 1
    found["practicum.toml", "deck", 1] += 1
    return found


def test_every_fault_is_named_once(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", "--format", "json"]) == 1
    problems = json.loads(capsys.readouterr().out)
    found = Counter(
        (one["file"].removeprefix(f"{course}/"), one["rule"], one["line"]) for one in problems
    )
    assert found == expected()
    rules = {rule for _, rule, _ in found}
    assert {*CHECKS, "deck"} - rules == {"fit", *LEGIBLE}, "those are seen in a browser alone"
    severity = {one["rule"]: one["severity"] for one in problems}
    assert severity["citation"] == "error"
    assert severity["link"] == severity["notes"] == "warning"


def test_a_course_decides_what_is_an_error(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    off = "".join(f'{rule} = "off"\n' for rule in CHECKS if rule != "notes")
    (course / "practicum.toml").write_text(f'titel = "x"\n[check]\n{off}notes = "error"\n')
    assert cli.main(["check"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "5 errors, 0 warnings"  # what cannot be shown is never switched off
    [line] = [line for line in lines if "has no speaker notes" in line]
    assert line.startswith("lectures/a.md:"), "as one would type it"
    assert line.endswith(" [notes]"), "what to write in practicum.toml"


def test_the_other_formats_say_the_same(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["check", "--format", "sarif"])
    [run] = json.loads(capsys.readouterr().out)["runs"]
    places = [
        (result["locations"][0]["physicalLocation"], result["ruleId"]) for result in run["results"]
    ]
    found = Counter(
        (place["artifactLocation"]["uri"], rule, place["region"]["startLine"])
        for place, rule in places
    )
    assert found == expected()
    cli.main(["check", "--format", "github"])
    commands = capsys.readouterr().out.splitlines()
    assert len(commands) == expected().total() == 20
    assert all(line.startswith(("::error file=", "::warning file=")) for line in commands)
    assert sum(",title=link::There is no slide 'nothing'." in line for line in commands) == 1


def test_a_folder_that_is_no_course_is_not_held_to_a_style(tmp_path: Path) -> None:
    deck = tmp_path / "a.md"
    deck.write_text("## The Title Wears Capitals Everywhere\n")
    assert cli.main(["check", str(deck)]) == 0
