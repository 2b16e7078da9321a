"""What continuous integration runs, as far as that can be seen without running it."""

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / ".github" / "workflows" / "test.yml").read_text(encoding="utf-8")
WORKFLOW: dict[str, Any] = yaml.safe_load(TEXT)
JOBS = WORKFLOW["jobs"]


def test_every_system_and_python_is_tried() -> None:
    promised = re.findall(
        r"Python :: (3\.\d+)\"", (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    )
    assert JOBS["test"]["strategy"]["matrix"]["python"] == promised
    elsewhere = JOBS["elsewhere"]["strategy"]["matrix"]
    assert elsewhere == {"system": ["macos-latest", "windows-latest"], "python": promised}
    assert not any(job["strategy"]["fail-fast"] for job in JOBS.values() if "strategy" in job)


def test_a_fork_has_all_that_it_needs() -> None:
    assert "vars." not in TEXT
    assert "secrets." not in TEXT
    index = (ROOT / ".github" / "torch-index.txt").read_text(encoding="utf-8").split()
    assert len(index) == 1
    assert "$(cat .github/torch-index.txt)" in TEXT


def test_strangers_code_gets_no_rights_and_actions_are_pinned() -> None:
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert WORKFLOW["concurrency"]["cancel-in-progress"] is True
    used = [step["uses"] for job in JOBS.values() for step in job["steps"] if "uses" in step]
    assert all(re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", action) for action in used)


def test_the_files_that_it_names_exist() -> None:
    for path in re.findall(r"tests/[\w/]+\.py", TEXT):
        assert (ROOT / path).is_file()
