"""The list of decisions, from the records themselves."""

import re
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "decisions"
_HEAD = re.compile(r"# (\d+)\. (.+)\n\n\*(\d{4}-\d\d-\d\d)\*\n")


def section() -> str:
    """A table of the records, the newest number last. ValueError if one has another head."""
    rows = ["| | decision | date |", "|---|---|---|"]
    for path in sorted(FOLDER.glob("[0-9]*.md")):
        head = _HEAD.match(path.read_text(encoding="utf-8"))
        if not head or f"{int(head[1]):04}" != path.name[:4]:
            wanted = "'# NUMBER. Title', an empty line and '*DATE*'"
            raise ValueError(f"docs/decisions/{path.name} must start with {wanted}.")
        rows.append(f"| {head[1]} | [{head[2]}]({path.name}) | {head[3]} |")
    return "\n".join(rows)
