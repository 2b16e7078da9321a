"""The Streamlit script without a browser: which page it runs, and what a session keeps."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.app.lectures import library
from engine.app.server import PAGE, settings
from engine.app.site.home import LONGEST, literal
from engine.deck import reading
from engine.paths import ROOT


@pytest.fixture
def app() -> AppTest:
    read_all()
    return AppTest.from_file(str(PAGE), default_timeout=60)


def read_all() -> None:
    """Have every lecture read, which a page about all of them does not wait for."""
    for slug in library().paths():
        library().document(slug)


def test_home_lists_the_lectures(app: AppTest) -> None:
    app.run()
    assert not app.exception
    assert any("predicting the next token" in heading.value for heading in app.header)


def test_a_lost_reader_is_told_the_nearest_page(app: AppTest) -> None:
    app.query_params["lost"] = "overvew"
    app.run()
    assert app.warning[0].value.endswith("“overvew”. " + literal("Did you mean 'overview'?"))


def test_what_an_address_says_is_cut_before_it_is_compared(app: AppTest) -> None:
    app.query_params["lost"] = "a" * 60_000
    app.run()
    assert "a" * LONGEST + "…" in app.warning[0].value
    assert len(app.warning[0].value) < 2 * LONGEST


@pytest.fixture
def odd_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of decks whose names no page of ours can have, and of some that cannot be read."""
    for name in (
        "references",
        "09-claims",
        "home",
        " ",
        "c#",
        "what?",
        "_stcore",
        "page",
        "a",
        "A",
    ):
        (tmp_path / f"{name}.md").write_text("# $5 & **no** bold \\[x](y)\n\n---\n\n## More\n")
    (tmp_path / "folder.md").mkdir()
    (tmp_path / "latin.md").write_bytes(b"## Gru\xdf\n")
    (tmp_path / "empty.md").write_text("")
    monkeypatch.setenv("PRACTICUM_LECTURES", str(tmp_path))
    library.cache_clear()
    yield tmp_path
    library.cache_clear()


def test_odd_names_and_bad_files_take_no_page_down(odd_names: Path) -> None:
    read_all()
    app = AppTest.from_file(str(PAGE), default_timeout=60).run()
    assert not app.exception
    titles = [heading.value for heading in app.header]
    assert len(titles) == 13
    assert titles[0] == r"\$5 \& no bold \[x\]\(y\)"
    assert [one.value for one in app.error] == [
        literal("This lecture has no slides yet."),
        literal("This lecture cannot be read: it is a folder."),
        literal("This lecture cannot be read: it is not UTF-8."),
    ]


def test_no_page_names_a_folder_of_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("PRACTICUM_LECTURES", str(tmp_path))
    library.cache_clear()
    app = AppTest.from_file(str(PAGE), default_timeout=60).run()
    library.cache_clear()
    assert app.info[0].value.startswith("There is no lecture yet.")
    shown = " ".join(str(each.value) for each in [*app.info, *app.markdown, *app.title])
    assert str(tmp_path) not in shown
    assert str(tmp_path) in caplog.text


def test_the_page_of_an_unreadable_lecture_says_why(odd_names: Path) -> None:
    def page() -> None:
        from engine.app.page import lecture_page

        lecture_page("latin")

    app = AppTest.from_function(page, default_timeout=60).run()
    why = literal("This lecture cannot be read: it is not UTF-8.")
    assert [one.value for one in app.error] == [why]


def test_home_waits_for_no_lecture_and_shows_it_when_it_is_read(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = library()._reader
    assert reader
    ready = reader.glance(library().paths().values())
    waiting = {path: reading.unreadable(path, reading.BEING_READ, "") for path in ready}
    monkeypatch.setattr(reader, "glance", lambda paths: waiting)
    app.run()
    assert app.info[0].value == literal(reading.BEING_READ)
    monkeypatch.setattr(reader, "glance", lambda paths: ready)
    app.run()
    assert not app.info
    assert app.header[0].value


def component_data(app: AppTest) -> dict[str, str]:
    return json.loads(app.get("bidi_component")[0].proto.json)


def test_the_stage_gets_a_small_constant_address() -> None:
    def page() -> None:
        from engine.app.site.stage import stage

        stage("overview")

    app = AppTest.from_function(page, default_timeout=60).run()
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
