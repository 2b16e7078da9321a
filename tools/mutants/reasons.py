"""The list of faults that no test notices, each with its reason."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REASONS = ROOT / "docs" / "mutants.md"
LEAST_NOTICED = 0.9  # of the mutants that are tried


def is_listed(line: str, reasons: str, module: str = "") -> bool:
    """Whether the list of reasons has a line with a fault, in a row of the module if one is given:
    `if (false) return` stands in more than one."""
    row = f"| `{module}` | `{line.strip()}`" if module else f"`{line.strip()}`"
    return row in reasons.replace("\\|", "|")
