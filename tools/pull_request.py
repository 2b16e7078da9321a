"""What a pull request is told about the slides: `make pull-request BASE=main`.

The workflow `slides` runs this, and nothing that this does not do: what it says there is what it
says here. Into build/pull-request it writes check.sarif, diff.html, summary.md, counts.json and the
site as a preview; on standard output are the annotations of faults that BASE does not have.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from engine import cli
from engine.deck.course import Course, course_of, here
from engine.deck.model import Problem
from engine.publish.check import across, files_of, once
from engine.publish.diff.revisions import NoRevision, revision
from engine.publish.formats import format_problems
from engine.publish.guarded import check_each

OUT = Path("build/pull-request")


def main(arguments: Sequence[str] | None = None) -> int:
    """1 when the change brings an error, 2 when there is nothing to compare with."""
    parser = argparse.ArgumentParser(prog="make pull-request")
    parser.add_argument("base", help="a revision of git, as main")
    parser.add_argument("--no-pictures", action="store_true")
    chosen = parser.parse_args(arguments)
    course = here()
    try:
        with revision(course.root, chosen.base) as base:
            before = base.folder / course.lectures.resolve().relative_to(course.root.resolve())
            known = {_key(one, base.folder) for one in problems(course_of(before))}
            found = problems(course)
    except NoRevision as error:
        return cli.fail(str(error))
    fresh = [one for one in found if _key(one, course.root) not in known]
    OUT.mkdir(parents=True, exist_ok=True)
    print(format_problems(fresh, "github"))
    (OUT / "check.sarif").write_text(format_problems(found, "sarif"), encoding="utf-8")
    _diff(chosen.base, course, chosen.no_pictures)
    where = ["--lectures", str(course.root), "--force", "--allow-missing"]
    cli.main(["export", "site", str(OUT / "site"), *where])  # says itself why it is not there
    errors = sum(one.severity == "error" for one in fresh)
    _summary(errors, len(fresh) - errors)
    return int(errors > 0)


def problems(course: Course) -> list[Problem]:
    """The verdict of `practicum check` on a course, with whole paths."""
    found, files = check_each(files_of([course.lectures]))
    every = once([*found, *across(files)])
    return [replace(one, file=str(Path(one.file).resolve())) for one in every]


def _key(one: Problem, root: Path) -> tuple[str, str, str]:
    """A fault wherever its line is: a slide put in front moves those behind it."""
    return os.path.relpath(one.file, root.resolve()), one.rule, one.message


def _diff(base: str, course: Course, no_pictures: bool) -> None:
    words = ["diff", base, "--lectures", str(course.root), "--output", str(OUT / "diff.html")]
    words += ["--markdown", str(OUT / "summary.md")]
    code = cli.main([*words, *(["--no-pictures"] if no_pictures else [])])
    if code == 2 and not no_pictures:  # no browser here, or a ledger with faults
        cli.main([*words, "--no-pictures", "--no-claims"])


def _summary(errors: int, warnings: int) -> None:
    """The table of changes goes to the page of the job; numbers alone to who may comment."""
    text = (OUT / "summary.md").read_text(encoding="utf-8") if _has("summary.md") else ""
    words = f"New faults: {errors} errors, {warnings} warnings.\n\n"
    (OUT / "summary.md").write_text(words + text, encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    rows = [line for line in rows if not line.startswith(("| slide |", "| claim |"))]
    counts = {"errors": errors, "warnings": warnings, "rows": len(rows)}
    (OUT / "counts.json").write_text(json.dumps(counts), encoding="utf-8")
    if page := os.environ.get("GITHUB_STEP_SUMMARY"):
        with open(page, "a", encoding="utf-8") as file:
            file.write(words + text)


def _has(name: str) -> bool:
    return (OUT / name).is_file()


if __name__ == "__main__":
    sys.exit(main())
