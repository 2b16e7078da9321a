"""The text of a simulation, as "Show the code" has it."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from engine.app import routes
from engine.deck.course import Course


def test_source_is_highlighted_and_only_of_simulations(client: TestClient) -> None:
    shown = client.get("/api/source/cartpole").json()
    assert "class=" in shown["html"]
    assert shown["file"] == "sims/cartpole/__init__.py"
    assert "class=" in shown["beside"]["reinforce.py"]
    assert client.get("/api/source/bandit").json()["beside"] == {}
    wrong = client.get("/api/source/cartpol")
    assert wrong.status_code == 404
    assert "cartpole" in wrong.json()["message"]
    assert client.get("/api/source/spec").status_code == 404


def test_source_links_to_the_repository_of_the_course_it_is_in(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A simulation of ours is not a file of another course's repository."""

    course, sim = tmp_path / "course", tmp_path / "course" / "sims" / "a b" / "toy.py"
    sim.parent.mkdir(parents=True)
    sim.write_text("", encoding="utf-8")
    (course / ".git").mkdir()
    monkeypatch.setattr(routes.spec, "source", lambda name: sim)

    def at(repository: str, root: Path = course, branch: str = "main") -> str:
        settings = {"repository": repository, "branch": branch}
        monkeypatch.setattr(routes, "course", lambda: Course(root, root, settings))
        return client.get("/api/source/toy").json()["at"]

    assert at("") == ""
    there = at("https://github.com/me/course.git")
    assert there == "https://github.com/me/course/blob/main/sims/a%20b/"
    there = at("https://gitlab.com/me/course/", branch="")
    assert there == "https://gitlab.com/me/course/-/blob/main/sims/a%20b/"
    there = at("https://git.lab.org/gitlab/course", branch="next year")
    assert there == "https://git.lab.org/gitlab/course/blob/next%20year/sims/a%20b/"
    assert at("https://github.com/me/course", course / "lectures") == ""


def test_a_source_that_is_no_utf8_or_lies_elsewhere_is_shown_without_its_folder(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "odd.py").write_bytes(b"# Gru\xdf\n")
    monkeypatch.setattr(routes.spec, "source", lambda name: tmp_path / "odd.py")
    answer = client.get("/api/source/odd")
    assert answer.status_code == 200
    assert answer.json()["file"] == "odd.py"
    (tmp_path / "odd.py").unlink()
    gone = client.get("/api/source/odd")
    assert gone.status_code == 404
    assert str(tmp_path) not in answer.text + gone.text
