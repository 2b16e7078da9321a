"""The Streamlit script without a browser: which page it runs, and what a session keeps."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from engine.app.server import PAGE, settings
from engine.paths import ROOT


@pytest.fixture
def app() -> AppTest:
    return AppTest.from_file(str(PAGE), default_timeout=20)


def test_home_lists_the_lectures(app: AppTest) -> None:
    app.run()
    assert not app.exception
    assert any("predicting the next token" in heading.value for heading in app.header)


def test_a_lost_reader_is_told_the_nearest_page(app: AppTest) -> None:
    app.query_params["lost"] = "overvew"
    app.run()
    assert "Did you mean 'overview'?" in app.warning[0].value


def component_data(app: AppTest) -> dict[str, str]:
    return json.loads(app.get("bidi_component")[0].proto.json)


def test_the_stage_gets_a_small_constant_address() -> None:
    def page() -> None:
        from engine.app.stage import stage

        stage("overview")

    app = AppTest.from_function(page).run()
    data = component_data(app)
    assert data["slug"] == "overview"
    assert data["deck"].startswith("api/decks/overview/")
    assert len(json.dumps(data)) < 400
    app.session_state["stage_overview"] = {"slide": "cartpole"}
    app.run()
    assert component_data(app) == data, "data that follows the reader would be resent at every flip"


def test_the_theme_and_the_style_sheet_agree() -> None:
    theme = settings()
    sheet = (ROOT / "assets" / "theme.css").read_text()
    for name, token in (
        ("backgroundColor", "paper"),
        ("textColor", "ink"),
        ("primaryColor", "accent"),
    ):
        for base in ("light", "dark"):
            colour = theme[f"theme.{base}.{name}"]
            assert f"--{token}: {colour}" in sheet
