"""Put small faults into the code, one at a time: does a test notice each of them?

    python -m tools.mutants [PATTERN … | FILE.js …]

Without a name: a fixed sample of the Python rooms that pyproject.toml lists (python.py), and all of
the page's pure modules (web.py). Exit code 0: of each, nine of ten are noticed, and docs/mutants.md
gives a reason for each other one.
"""

import sys

from tools.mutants import python, web


def main(names: list[str]) -> int:
    """Try what is named, or all; the exit code."""
    files = [name for name in names if name.endswith(".js")]
    patterns = [name for name in names if name not in files]
    codes = []
    if patterns or not names:
        codes.append(python.main(patterns))
    if files or not names:
        codes.append(web.main(files))
    return max(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
