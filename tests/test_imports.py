"""The house has one direction: who may import whom, read from the source of every module."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted([*(ROOT / "engine").rglob("*.py"), *(ROOT / "sims").rglob("*.py")])
ISOLATED = ("deck", "runs", "room")  # parts of the engine that know nothing of each other


def imports(path: Path) -> set[str]:
    """Dotted names of everything that a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def touches(path: Path, *packages: str) -> set[str]:
    return {
        found
        for found in imports(path)
        for package in packages
        if found == package or found.startswith(f"{package}.")
    }


def test_there_is_something_to_check() -> None:
    assert len(MODULES) > 20


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_directions(path: Path) -> None:
    parts = path.relative_to(ROOT).parts
    if parts[0] == "sims":
        assert not touches(path, "engine", "streamlit", "plotly")
    if parts[:2] != ("engine", "app"):
        assert not touches(path, "streamlit")
    if parts[:3] != ("engine", "runs", "cluster"):
        assert not touches(path, "ray")
    if parts[0] == "engine" and parts[1] in ISOLATED:
        parts_of_it = (*ISOLATED, "app", "publish", "claims")
        others = [f"engine.{part}" for part in parts_of_it if part != parts[1]]
        assert not touches(path, *others)
    if parts[:2] == ("engine", "claims"):
        assert not touches(path, "engine.app", "engine.room", "engine.publish")
        assert not touches(path, "sims") - touches(path, "sims.spec") - {"sims"}
    if parts[0] == "engine" and path.name != "worker.py":
        assert not touches(path, "torch", "transformers")


def test_the_web_process_never_loads_torch() -> None:
    heavy = ("torch", "transformers", "gymnasium", "pandas")
    code = (
        "import sys, engine.app.main, engine.app.pages.home, engine.app.pages.stage\n"
        "import engine.claims.ledger\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert shown.stdout.strip().endswith("[]"), shown.stdout + shown.stderr
