"""The list of faults that no test notices, each with its reason."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REASONS = ROOT / "docs" / "mutants.md"
LEAST_NOTICED = 0.9  # of the mutants that are tried


def is_listed(line: str, reasons: str) -> bool:
    """Whether the list of reasons has a line with a fault."""
    return f"`{line.strip()}`" in reasons.replace("\\|", "|")
