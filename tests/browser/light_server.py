"""`practicum serve` whose workers import torch with the first run that needs it, as a script.

A real server lets its idle workers import it beforehand: three seconds of a processor for each of
them. Most servers of these tests end before a run needs torch.
"""

import sys

from engine import cli
from engine.runs.workers.local import LocalEngine

if __name__ == "__main__":
    LocalEngine.__init__.__kwdefaults__["preload"] = ()  # type: ignore[index]
    sys.exit(cli.main())
