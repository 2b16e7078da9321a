"""assets/theme.css is the one place that states colours; all others use its names."""

import re
from pathlib import Path

import pytest

from engine import palette
from engine.deck.schema.shared import NAMED
from engine.paths import ASSETS, ROOT
from tools.docs.streamlit_theme import texts

HEX = re.compile(r"(?<![\w.&(/])#(?:[0-9a-fA-F]{8}|[0-9a-fA-F]{6}|[0-9a-fA-F]{3,4})\b(?!\()")
WHERE = ("engine", "sims", "tools", "lectures", "docs", "assets", ".streamlit")
KINDS = {".py", ".js", ".ts", ".css", ".html", ".toml", ".md", ".svg"}
MAY = {
    "assets/theme.css": "states them",
    "assets/icon.svg": "a picture; its colours are those of the palette, see below",
    "engine/app/.streamlit/config.toml": "written by `make docs`, see below",
    ".streamlit/config.toml": "its copy",
    "assets/vendor/plotly.min.js": "written by `make plotly`; our charts name their own",
    "engine/app/web/lib/dom.js": "a grey while theme.css has not come",
    "engine/deck/markup/katex.py": "the colour by which KaTeX marks what it does not know",
}
FIGURES = "assets/figures/"  # pictures, which no style sheet reaches


def test_no_other_file_states_a_colour() -> None:
    paths = [path for top in WHERE for path in sorted((ROOT / top).rglob("*"))]
    found = {
        path.relative_to(ROOT).as_posix(): HEX.findall(path.read_text(encoding="utf-8"))
        for path in paths
        if path.suffix in KINDS and path.is_file()
    }
    found = {name: hits for name, hits in found.items() if hits and not name.startswith(FIGURES)}
    assert {name: hits for name, hits in found.items() if name not in MAY} == {}
    assert set(MAY) <= set(found), "an exception that is none any more"


def test_the_palette_has_a_light_and_a_dark_colour_for_each_name() -> None:
    light, dark = palette.colours(), palette.colours(dark=True)
    assert set(light) == set(dark) >= set(NAMED)
    assert all(HEX.fullmatch(value) for value in (*light.values(), *dark.values()))
    sheet = (ASSETS / "theme.css").read_text(encoding="utf-8")
    assert f"--accent: {light['accent']};" in sheet
    assert f"--accent: {dark['accent']};" in sheet
    style = palette.style()
    assert style.index(light["accent"]) < style.index("dark") < style.index(dark["accent"])


def test_settings_and_icon_have_the_colours_of_the_palette() -> None:
    for path, text in texts().items():
        assert path.read_text(encoding="utf-8") == text, "run make docs"
    icon = (ASSETS / "icon.svg").read_text(encoding="utf-8")
    assert set(HEX.findall(icon)) <= set(palette.colours().values())


def test_a_sheet_without_colours_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "theme.css").write_text(".stage { color: red }")
    monkeypatch.setattr(palette, "SHEET", tmp_path / "theme.css")
    with pytest.raises(ValueError, match="has no rules"):
        palette.colours()
