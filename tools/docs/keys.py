"""The table of keys, from the one table of commands in the browser's modules."""

import re
from pathlib import Path

from tools.docs.sections import cell

WEB = Path(__file__).resolve().parents[2] / "engine" / "app" / "web"
_ROW = re.compile(r'shown:\s*"([^"]*)",\s*words:\s*"([^"]+)"')


def section() -> str:
    """A Markdown table with a row for each command."""
    rows = ["| key | what it does |", "|---|---|"]
    for shown, words in commands():
        keys = " ".join(f"`{key}`" for key in shown.split())
        rows.append(f"| {keys} | {cell(words)} |")
    return "\n".join(rows)


def commands() -> list[tuple[str, str]]:
    """Keys and words of every command with keys. ValueError if a row cannot be read."""
    (path,) = WEB.rglob("commands.js")
    text = path.read_text(encoding="utf-8")
    found = _ROW.findall(text)
    if not found or len(found) != len(re.findall(r"\baction:\s*\"", text)):
        raise ValueError(f"{path.name}: a command without `shown` and `words`, one after the other")
    return [(shown, words) for shown, words in found if shown]  # some stand in the tool bar alone
