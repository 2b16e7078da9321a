"""The recipes for containers and hosts. No container is built here: each of its steps that can be
tried on this machine is."""

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from engine.app.addresses import free_port
from tests.app.processes import ROOT, answers, running, wait_for_start

LINES = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text(encoding="utf-8")).splitlines()
STEPS = [tuple(line.split(None, 1)) for line in LINES if line.strip() and line[0] != "#"]
EXTRAS = ("", "[ray]")


def steps(kind: str) -> list[str]:
    return [words for name, words in STEPS if name == kind]


def environment() -> dict[str, str]:
    return dict(pair.split("=", 1) for words in steps("ENV") for pair in shlex.split(words))


def test_every_source_exists_and_reaches_the_builder() -> None:
    kept = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    sources = [source for words in steps("COPY") for source in words.split()[:-1]]
    assert {"engine", "sims", "assets", "content", "lectures"} <= set(sources)
    for source in sources:
        assert (ROOT / source).exists()
        assert f"!{source.split('/')[0]}" in kept
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {project["readme"], "LICENSE"} <= set(sources)  # without them the project does not build


def test_dependencies_come_before_the_sources() -> None:
    order = [words for name, words in STEPS if name in ("COPY", "RUN")]
    install = next(k for k, words in enumerate(order) if "--requirement" in words)
    assert install < order.index("engine engine") < order.index("lectures lectures")


@pytest.mark.parametrize("extras", EXTRAS)
def test_they_are_those_of_the_project(extras: str) -> None:
    script = next(word for word in steps("COPY")[1].split() if word.endswith(".py"))
    command = [sys.executable, str(ROOT / script), extras]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    ray = project["optional-dependencies"]["ray"] if extras else []
    assert printed.splitlines() == [*project["dependencies"], *ray]


def test_it_runs_as_nobody_in_particular_on_the_port_that_it_names() -> None:
    assert steps("USER") == ["reader"]
    assert any("useradd" in words and "reader" in words for words in steps("RUN"))
    assert steps("EXPOSE") == [environment()["PORT"]]
    names = [name for name, _ in STEPS]
    assert names.index("USER") > max(k for k, name in enumerate(names) if name == "RUN")


def test_what_it_starts_serves_and_its_health_check_sees_that(tmp_path: Path) -> None:
    port = free_port(19400 + os.getpid() % 40)
    (started,) = (json.loads(words) for words in steps("CMD"))
    check = json.loads(steps("HEALTHCHECK")[0].partition("CMD ")[2])
    assert check[0] == "python"
    here = [word.replace("0.0.0.0", "127.0.0.1") for word in started]  # not to the whole network
    assert here != started
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    more = environment() | {"PORT": str(port), "PATH": path, "PRACTICUM_CACHE": str(tmp_path)}

    def is_healthy() -> bool:
        command = [sys.executable, *check[1:]]
        return subprocess.run(command, env=os.environ | more, capture_output=True).returncode == 0

    assert not is_healthy()
    with running(here, tmp_path / "log", **more) as process:
        wait_for_start(process, lambda: answers(port), tmp_path / "log")
        assert is_healthy()


def test_a_host_that_looks_for_requirements_installs_this_project_with_its_pins() -> None:
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert lines == ["--constraint constraints.txt", "--editable ."]
    assert (ROOT / "constraints.txt").is_file()
