"""Where lectures, content and assets lie: the one place that knows.

In a checkout these folders stand beside the packages `engine` and `sims`; an installed wheel has
them in `engine/data`, so that nothing but the two packages comes to lie in site-packages.
"""

import argparse
import os
from pathlib import Path

ENGINE = Path(__file__).resolve().parent
PACKAGES = ENGINE.parent  # the folder from which `engine` and `sims` are imported

_INSTALLED = ENGINE / "data"
ROOT = _INSTALLED if _INSTALLED.is_dir() else PACKAGES  # what addresses and messages count from

LECTURES = ROOT / "lectures"
CONTENT = ROOT / "content"
ASSETS = ROOT / "assets"
RECORDED = CONTENT / "recorded"  # runs that ship with the lectures
BIBLIOGRAPHY = CONTENT / "references.bib"
LEDGER = CONTENT / "claims.yaml"
MEASURED = CONTENT / "claims_measured.json"
LEDGER_REAL = CONTENT / "claims_real.yaml"  # the same claims on a real language model
MEASURED_REAL = CONTENT / "claims_real_measured.json"

WEB = ENGINE / "app" / "web"  # what runs in the browser
BENCHMARKS = PACKAGES / "tests" / "benchmarks"  # in a checkout alone


def child_environment() -> dict[str, str]:
    """This process's environment for a child, which finds our packages whatever its folder is."""
    inherited = os.environ.get("PYTHONPATH")
    search = os.pathsep.join([str(PACKAGES), inherited] if inherited else [str(PACKAGES)])
    return os.environ | {"PYTHONPATH": search}


def cannot_write(folder: Path) -> str:
    """A sentence when no file can be made in `folder`, as where a system holds the packages; else
    an empty one."""
    if os.access(folder, os.W_OK | os.X_OK):
        return ""
    return f"nothing can be written in {folder}; work in a checkout of your own."


def named(text: str) -> Path:
    """A path of the command line. Empty, as a variable of the shell that was never set, is none.

    Raises argparse.ArgumentTypeError: `Path("")` would be the folder where the command was given.
    """
    if not text.strip():
        raise argparse.ArgumentTypeError("no name is given; '.' is this folder")
    return Path(text)
