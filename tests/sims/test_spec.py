"""Parameters: read from source as Python would make them, checked, and clamped with a reason."""

import dataclasses

import pytest

from sims import spec
from sims.declarations import columns_of
from sims.spec import Field, SpecError

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


def test_the_label_of_a_field() -> None:
    assert Field("learning_rate", "float", 1.0).label == "learning rate"


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
