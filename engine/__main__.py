"""`python -m engine`: the command line, where the command `practicum` is not on the path."""

import sys

from engine.start import main

if __name__ == "__main__":
    sys.exit(main())
