"""Prints what pyproject.toml depends on, one requirement a line: for an image that installs them
before the sources are there. `python dependencies.py [ray]` adds that extra."""

import sys
import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"


def main(extras: str) -> None:
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    lines = list(project["dependencies"])
    for extra in extras.strip("[]").split(","):
        lines += project["optional-dependencies"][extra.strip()] if extra.strip() else []
    print("\n".join(lines))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
