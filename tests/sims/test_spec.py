"""Parameters: read from source as Python would make them, checked, and clamped with a reason."""

import dataclasses
import os
from pathlib import Path

import pytest

from sims import spec
from sims.declarations import columns_of
from sims.spec import Field, SpecError
from tests import poison

RATE = Field("rate", "float", 0.5, low=0.0, high=1.0, step=0.1)
COUNT = Field("count", "int", 5, low=1, high=10, step=1)
KIND = Field("kind", "str", "rod", choices=("rod", "point"))
FLAG = Field("use_it", "bool", True)
TEXT = Field("text", "str", "a b")


@pytest.mark.parametrize("name", spec.names())
def test_fields_read_from_source_equal_the_dataclass(name: str) -> None:
    made = dataclasses.fields(spec.load(name).Params)
    read = spec.fields(name)
    assert [field.name for field in read] == [field.name for field in made]
    for mine, real in zip(read, made, strict=True):
        assert mine.type == getattr(real.type, "__name__", real.type)
        assert mine.default == real.default
        assert type(mine.default) is type(real.default)
        limits = {key: getattr(mine, key) for key in real.metadata}
        assert limits == dict(real.metadata)


@pytest.mark.parametrize("name", spec.names())
def test_columns_read_from_source_equal_the_class(name: str) -> None:
    assert spec.columns(name)[1:-1] == columns_of(spec.load(name))


def test_unknown_simulation_names_the_nearest() -> None:
    with pytest.raises(SpecError, match=r"no simulation 'cartpol' in sims/\. Did you mean 'cart"):
        spec.source("cartpol")
    with pytest.raises(SpecError, match="no simulation"):
        spec.load("../tests/sims/test_spec")
    with pytest.raises(SpecError, match="no simulation"):
        spec.fields("spec")  # a module of sims/, but not a simulation


def test_check_makes_types_right_and_names_what_is_wrong() -> None:
    values = {"gamma": "0.9", "seed": 3.0, "algorithm": "ppo"}
    checked = spec.check("cartpole", values)
    assert checked == {"gamma": 0.9, "seed": 3, "algorithm": "ppo"}
    assert type(checked["seed"]) is int
    with pytest.raises(SpecError, match=r"no parameter 'gama'. Did you mean 'gamma'"):
        spec.check("cartpole", {"gama": 0.9})
    with pytest.raises(SpecError, match=r"'reinforced'.*Did you mean 'reinforce'"):
        spec.check("cartpole", {"algorithm": "reinforced"})
    with pytest.raises(SpecError, match=r"gamma is 1.5, above its greatest value 1.0"):
        spec.check("cartpole", {"gamma": 1.5})


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        (RATE, "0.25", 0.25),
        (COUNT, "7", 7),
        (KIND, "point", "point"),
        (FLAG, "no", False),
        (FLAG, False, False),
        (COUNT, " 7 ", 7),
        (COUNT, "7e0", 7),
        (COUNT, -0.0 + 7, 7),
        (RATE, -0.0, 0.0),
        (TEXT, "π\n", "π\n"),
        (TEXT, "", ""),
        (TEXT, 7, "7"),
    ],
)
def test_clamp_keeps_good_values_without_a_word(field: Field, value: object, kept: object) -> None:
    made, note = spec.clamp(field, value)
    assert made == kept
    assert type(made) is type(kept)
    assert note == ""


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        (RATE, 7, 1.0),
        (RATE, -1, 0.0),
        (RATE, "inf", 1.0),
        (RATE, "nan", 0.5),
        (RATE, "fast", 0.5),
        (RATE, True, 1.0),
        (RATE, [1], 0.5),
        (Field("free", "float", 2.0), "1e999", 2.0),
        (COUNT, "1e999", 10),
        (COUNT, 10**400, 5),
        (COUNT, 3.7, 3),
        (COUNT, None, 5),
        (KIND, "pint", "rod"),
        (FLAG, "maybe", True),
        pytest.param(FLAG, 10**5000, True, id="digits for flag"),
        (FLAG, 0.5, True),
        pytest.param(COUNT, 10**5000, 5, id="digits for count"),
        (COUNT, "1__0", 5),
        (COUNT, "0x7", 5),
        (COUNT, "", 5),
        (RATE, 1e400, 1.0),
        (RATE, "5e-1j", 0.5),
        (TEXT, "half \ud83d", "a b"),
        (TEXT, "caf\udce9", "a b"),
        pytest.param(TEXT, 10**5000, "a b", id="digits for text"),
        (TEXT, None, "a b"),
        (TEXT, ["a"], "a b"),
        (TEXT, b"a", "a b"),
        pytest.param(KIND, 10**5000, "rod", id="digits for kind"),
    ],
)
def test_clamp_says_what_it_changed(field: Field, value: object, kept: object) -> None:
    made, note = spec.clamp(field, value)
    assert made == kept
    assert type(made) is type(kept)
    assert note.startswith(f"{field.name} is ")
    assert note.endswith(f"Using {kept}.")


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


def test_the_label_of_a_field() -> None:
    assert Field("learning_rate", "float", 1.0).label == "learning rate"


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


def test_what_somebody_wrote_is_repeated_in_part_only() -> None:
    with pytest.raises(SpecError) as caught:
        spec.check("bandit", {"seed": "9" * 10_000})
    assert len(str(caught.value)) < 200
    with pytest.raises(SpecError) as caught:
        spec.check("bandit", {"seed": 10**5000})
    assert len(str(caught.value)) < 200


def test_a_text_is_any_up_to_its_length() -> None:
    field = spec.Field("prompt", "str", "the", max_length=5)
    for text in ("", "日本 🙂", "{0}%s", "a\nb", "</b>"):
        assert spec.clamp(field, text) == (text, "")
    kept, note = spec.clamp(field, "🙂" * 9)
    assert kept == "🙂" * 5
    assert note.startswith("prompt has 9 characters, more than its 5. Using")
    assert spec.clamp(field, ["a"])[0] == "the"
    assert spec.clamp(spec.Field("labels", "str", ""), "L" * 20_000)[0] == "L" * 10_000
