"""Where the checkpoints that ship with the simulations lie: beside `sims` in a checkout, as
`assets/models`; in an installed wheel inside of it, so that `import sims` needs nothing else.
"""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_INSTALLED = _PACKAGE / "data" / "models"
MODELS = _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent / "assets" / "models"
