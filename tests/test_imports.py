"""What of the directions of imports no contract in pyproject.toml can say: what a process loads."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_the_web_process_never_loads_torch() -> None:
    heavy = ("torch", "transformers", "gymnasium", "pandas")
    code = (
        "import sys, engine.app.main, engine.app.site.home, engine.app.site.stage\n"
        "import engine.claims.ledger\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert shown.stdout.strip().endswith("[]"), shown.stdout + shown.stderr


def test_a_server_leaves_rendering_to_others(tmp_path: Path) -> None:
    """Also when it has read a lecture and packed it for its visitors."""
    (tmp_path / "a.md").write_text("# One\n\n## Two\n\n$x$ and *y*.\n")
    heavy = ("engine.deck.document", "engine.deck.parse", "markdown_it", "pybtex", "pygments")
    code = (
        "import sys\n"
        "from engine.app.command import import_streamlit\n"
        "import_streamlit()\n"
        "from engine.app import main, server\n"
        "server._warm()\n"
        "assert server.packed('a').body\n"
        f"print([name for name in (*{heavy}, 'plotly') if name in sys.modules])\n"
        "import engine.library.figures  # Plotly is there for who needs it\n"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PRACTICUM_LECTURES": str(tmp_path)},
    )
    assert shown.stdout.strip() == "[]", shown.stdout + shown.stderr
    assert shown.returncode == 0, shown.stderr


def test_the_library_costs_nothing_until_it_is_used() -> None:
    code = "import sys, sims; print([name for name in sys.modules if name in sys.argv[1:]])"
    heavy = ("torch", "pandas", "numpy", "plotly", "engine")
    command = [sys.executable, "-c", code, *heavy]
    shown = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert shown.stdout.strip() == "[]", shown.stdout + shown.stderr
