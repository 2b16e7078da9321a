"""The colours of the project, read from assets/theme.css: the one file that states them."""

import functools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import tinycss2

from engine.paths import ASSETS

SHEET = ASSETS / "theme.css"
_LIGHT, _DARK = ".stage, .practicum", '.stage[data-theme="dark"], .practicum[data-theme="dark"]'


def colours(*, dark: bool = False) -> dict[str, str]:
    """Every colour as CSS writes it, by its name. ValueError if theme.css has none."""
    return dict(_palettes(SHEET, SHEET.stat().st_mtime_ns)[dark])


def style(light: Mapping[str, str] | None = None, dark: Mapping[str, str] | None = None) -> str:
    """CSS that gives a whole page these colours as `--accent` and so on, light or dark as the
    reader's system is; `light` and `dark` take the place of those that they name."""
    day = _declarations(colours() | dict(light or {}))
    night = _declarations(colours(dark=True) | dict(dark or {}))
    return f":root {{ {day} }}\n@media (prefers-color-scheme: dark) {{ :root {{ {night} }} }}\n"


def over(light: Mapping[str, str], dark: Mapping[str, str]) -> str:
    """CSS that a course puts behind theme.css, with colours of its own; "" when it has none."""
    rules = ((_LIGHT, light), (_DARK, dark))
    return "".join(f"\n{name} {{ {_declarations(own)} }}" for name, own in rules if own)


def _declarations(colours: Mapping[str, str]) -> str:
    return "; ".join(f"--{name}: {value}" for name, value in colours.items())


@functools.lru_cache(maxsize=2)
def _palettes(sheet: Path, _mtime: int) -> tuple[dict[str, str], dict[str, str]]:
    rules = tinycss2.parse_stylesheet(sheet.read_text(encoding="utf-8"), True, True)
    found = {
        tinycss2.serialize(rule.prelude).strip(): dict(_declared(rule.content))
        for rule in rules
        if rule.type == "qualified-rule"
    }
    if not found.get(_LIGHT) or not found.get(_DARK):
        raise ValueError(f"{sheet.name} has no rules '{_LIGHT}' and '{_DARK}' with the colours.")
    return found[_LIGHT], found[_LIGHT] | found[_DARK]


def _declared(content: list[Any]) -> Iterator[tuple[str, str]]:
    for one in tinycss2.parse_blocks_contents(content, True, True):
        if one.type == "declaration" and one.name.startswith("--"):
            yield one.name.removeprefix("--"), tinycss2.serialize(one.value).strip()
