"""The files of a folder of simulations: which are found, read again, and what is wrong in them."""

import os
from pathlib import Path

import pytest

from sims import spec
from sims.spec import Field, SpecError
from tests import poison


@pytest.fixture
def sims(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty `sims` folder that `spec` looks at instead of the real one."""
    folder = tmp_path / "sims"
    folder.mkdir()
    monkeypatch.setattr(spec, "HERE", folder)
    return folder


def write(path: Path, body: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"class Params:\n    {body}\n\ndef run(params): ...\n", encoding="utf-8")


def test_a_file_and_a_folder_are_found_by_being_there(sims: Path) -> None:
    assert spec.names() == []
    write(sims / "bandit.py", "arms: int = param(3, low=1, high=9, unit='arms')")
    write(sims / "cart" / "__init__.py", "seed: int = param(0)")
    (sims / "__init__.py").write_text("")
    (sims / "losses.py").write_text("def loss(): ...\n")
    assert spec.names() == ["bandit", "cart"]
    assert spec.fields("bandit") == (Field("arms", "int", 3, low=1, high=9, unit="arms"),)
    assert spec.source("cart") == sims / "cart" / "__init__.py"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("arms: int = 3", r"sims/bandit.py:2: arms must be `= param\(default"),
        ("arms: list = param(3)", "arms is 'list', but must be one of bool, int, float, str"),
        ("arms: int = param(ARMS)", "param of arms takes one default and low"),
        ("arms: int = param(3, hi=4)", "param of arms takes one default and low"),
        ("arms: int = param()", "param of arms takes one default and low"),
        ("arms: int = = 3", r"sims/bandit.py:2: invalid syntax"),
        ("arms: int = param('a')", "sims/bandit.py:2: arms: its default 'a' is not a whole number"),
        ("arms: int = param(1.5)", "its default 1.5 is not a whole number"),
        ("arms: int = param(True)", "its default True is not a whole number"),
        ("arms: int = param(9007199254740993)", "is not a whole number"),
        ("rate: float = param(1e400)", "its default inf is not a number"),
        ("rate: float = param(None)", "its default None is not a number"),
        ("is_on: bool = param(1)", "its default 1 is not True or False"),
        ("text: str = param('\\ud800')", "is not text"),
        ("text: str = param('abc', max_length=2)", "longer than its max_length"),
        ("arms: int = param(3, low=5)", "its default 3 is outside of its bounds"),
        ("arms: int = param(3, low=5, high=1)", "low must not be above high"),
        ("rate: float = param(0.5, high=1e400)", "high is inf, but bounds are numbers"),
        ("arms: int = param(3, step=0)", "step is 0, but must be above 0"),
        ("text: str = param('a', low=1)", "low is 1, but bounds are numbers"),
        ("kind: str = param('c', choices=('a', 'b'))", "its default 'c' is not a choice"),
        ("kind: str = param('a', choices=('a', 'a'))", "a choice is there twice"),
        ("arms: int = param(1, choices=(1, 2))", "choices are texts, of a str"),
        ("arms: int = param(1, unit=3)", "unit, help and suggestions are texts"),
        ("_arms: int = param(1)", "its name begins with '_'"),
        ("arms: int = param(1)\n    arms: int = param(2)", "the parameter arms is there twice"),
    ],
)
def test_a_parameter_that_cannot_be_read_is_an_error_with_its_line(
    sims: Path, body: str, message: str
) -> None:
    write(sims / "bandit.py", body)
    with pytest.raises(SpecError, match=message):
        spec.fields("bandit")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("kl: float = 3", r"sims/bandit.py:3: kl must be `= column\("),
        (
            'kl: dict = column("far")',
            "kl is 'dict', but must be one of bool, int, float, str, list",
        ),
        ("kl: float = column(FAR)", "column of kl takes its meaning and unit or when"),
        ("kl: float = column()", "column of kl takes its meaning"),
        ('kl: float = column("far", units="m")', "column of kl takes its meaning"),
        ('kl: float = column("far", when={"arms": 3})', "column of kl takes its meaning"),
        ('kl: float = column("far", when={"arm": (3,)})', "`when` of kl names 'arm', no parameter"),
        ('kl: float = column("far", when={"mode": ("c",)})', "'c', which is not a choice of mode"),
        ("kl: float = column(3)", "kl: its meaning and unit are texts"),
        ('kl: float = column("")', "kl: its meaning and unit are texts"),
        ('kl: float = column("far", unit=3)', "kl: its meaning and unit are texts"),
        ('step: int = column("far")', "step: every run has this column"),
        ('kl: float = column("a")\n    kl: float = column("b")', "the column kl is there twice"),
    ],
)
def test_a_column_that_cannot_be_read_is_an_error_with_its_line(
    sims: Path, body: str, message: str
) -> None:
    mode = "mode: str = param('a', choices=('a', 'b'))"
    text = (
        f"class Params: arms: int = param(3); {mode}\nclass Columns:\n    {body}\ndef run(_): ...\n"
    )
    (sims / "bandit.py").write_text(text)
    with pytest.raises(SpecError, match=message):
        spec.columns("bandit")


def test_a_column_is_found_or_the_nearest_is_named(sims: Path) -> None:
    text = (
        "class Params:\n    show: str = param('a', choices=('a', 'b'))\n"
        "class Columns:\n    kl: float = column('far', when={'show': ('a',)})\n"
        "    loss: float = column('of the fit')\ndef run(params): ...\n"
    )
    (sims / "bandit.py").write_text(text)
    assert [one.name for one in spec.columns("bandit")] == ["step", "kl", "loss", "progress"]
    found = spec.find_column("bandit", "kl", {"show": "a"})
    assert found is not None and found.meaning == "far"  # noqa: PT018
    with pytest.raises(SpecError, match=r"bandit has no column 'los'. Did you mean 'loss'"):
        spec.find_column("bandit", "los", {"show": "a"})
    with pytest.raises(
        SpecError, match=r"no column 'kl' where show is 'b'. It has it where show is a"
    ):
        spec.find_column("bandit", "kl", {"show": "b"})


def test_a_broken_file_leaves_the_others_alone(sims: Path) -> None:
    write(sims / "bandit.py", "arms: int = param(3)")
    write(sims / "broken.py", "arms: int = = 3")
    assert spec.names() == ["bandit", "broken"]
    assert spec.check("bandit", {"arms": "2"}) == {"arms": 2}
    with pytest.raises(SpecError, match=r"sims/broken.py:2"):
        spec.check("broken", {})


def test_an_edited_file_is_read_again(sims: Path) -> None:
    write(sims / "bandit.py", "arms: int = param(3)")
    assert spec.fields("bandit")[0].default == 3
    write(sims / "bandit.py", "arms: int = param(12345)")
    assert spec.fields("bandit")[0].default == 12345


def test_files_that_are_no_simulation_cost_a_line_in_the_log(tmp_path, monkeypatch, caplog) -> None:
    (tmp_path / "good.py").write_text(poison.SIMULATION, encoding="utf-8")
    poison.junk(tmp_path)
    monkeypatch.setattr(spec, "HERE", tmp_path)
    can_read_all = os.access(tmp_path / "closed.py", os.R_OK)  # as root
    closed = {"closed"} if can_read_all else set()
    assert set(spec.names()) - closed == {*poison.WRONG, "good", "marked"}
    assert [field.name for field in spec.fields("good")] == ["seed"]
    assert [field.name for field in spec.fields("marked")] == ["seed"]
    assert "latin.py:1: it is not UTF-8; save it as UTF-8. It is passed over." in caplog.text
    assert "huge.py:1: it is larger than 1 MB." in caplog.text
    assert "pipe.py:1: it is not a file." in caplog.text
    assert len(caplog.records) == len(set(poison.SAID) - closed)
    for name in poison.WRONG:
        with pytest.raises(SpecError, match=f"{name}.py:1"):
            spec.fields(name)
    spec.names()
    assert len(caplog.records) == len(set(poison.SAID) - closed), "said once, until it changes"


def test_a_file_that_may_not_be_read_is_passed_over(tmp_path, monkeypatch, caplog) -> None:
    (tmp_path / "secret.py").write_text("class Params: ...\ndef run(): ...\n", encoding="utf-8")
    monkeypatch.setattr(spec, "HERE", tmp_path)

    def refuse(*_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.read_text", refuse)
    assert spec.names() == []
    assert "secret.py:1: Permission denied." in caplog.text


def test_a_server_looks_at_the_folder_ten_times_a_second_not_per_message(
    tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(spec, "HERE", tmp_path)
    monkeypatch.setattr(spec, "LOOK_EVERY", 1e9)
    looks = []
    stamps = spec._stamps
    monkeypatch.setattr(spec, "_stamps", lambda folder: looks.append(folder) or stamps(folder))
    for _ in range(100):
        spec.names()
    assert len(looks) == 1
