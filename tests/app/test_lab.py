"""The laboratory without a browser: a widget for each parameter, runs side by side, bad input."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.app.site import lab_words
from engine.runs.job import make_job
from engine.runs.results.store import Results
from sims import spec

FAST = {"num_games": 2, "num_pulls": 100}


def lab_script() -> None:
    from engine.app.site.lab import lab

    lab()


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("PRACTICUM_CACHE", str(tmp_path))
    made = AppTest.from_function(lab_script, default_timeout=300)
    made.query_params["sim"] = "bandit"
    return made


def test_every_parameter_has_a_widget_with_its_bounds(lab: AppTest) -> None:
    lab.run()
    assert not lab.exception
    kinds = {field.name: field for field in spec.fields("bandit")}
    keys = {one.key for kind in ("selectbox", "slider", "number_input", "toggle", "text_input")
            for one in lab.get(kind)}  # fmt: skip
    assert {f"bandit.{name}" for name in kinds} <= keys
    epsilon = lab.slider(key="bandit.epsilon")
    assert (epsilon.min, epsilon.max, epsilon.value) == (0.0, 1.0, 0.1)
    assert any("Columns of a frame" in one.value for one in lab.header)


def test_settings_of_the_address_are_run_and_kept_beside_the_next(lab: AppTest) -> None:
    for name, value in FAST.items():
        lab.query_params[f"bandit.{name}"] = str(value)
    lab.run()
    lab.button[0].click().run()
    assert not lab.exception, lab.exception
    assert not lab.error
    rows = lab.dataframe[0].value
    assert rows.pulls.max() <= 100
    lab.slider(key="bandit.epsilon").set_value(0.5)
    lab.button[0].click().run()
    assert not lab.exception
    captions = [one.value for one in lab.caption]
    assert any("epsilon 0" in one for one in captions)
    assert len(lab.dataframe) >= 4  # two runs, and the two tables of the documentation
    params = {**FAST, "epsilon": 0.5}
    assert Results().read(make_job("bandit", params)), "the server's store has it"


def test_an_unknown_simulation_is_named_with_the_nearest(lab: AppTest) -> None:
    lab.query_params["sim"] = "bandti"
    lab.run()
    assert not lab.exception
    assert "bandit" in lab.warning[0].value


def test_the_documentation_explains_each_column_and_names_known_answers() -> None:
    assert "regret" in list(lab_words.columns_table("bandit")["column"])
    assert "Williams" in lab_words.text("cartpole")
    assert any("gradient" in one.lower() for one in lab_words.known_answers("bandit"))
    assert list(lab_words.params_table("bandit").parameter)[-1] == "seed"
