"""The `transformers` library without its progress bars and notes, which nobody here asked for."""

import contextlib
import logging as levels
from collections.abc import Iterator


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """Only errors are told, and these as exceptions; as before at the end."""
    from tqdm import tqdm
    from transformers.utils import logging

    level, had_bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    interval, tqdm.monitor_interval = tqdm.monitor_interval, 0  # else a thread stays behind
    logging.set_verbosity(levels.CRITICAL)
    logging.disable_progress_bar()
    try:
        yield
    finally:
        tqdm.monitor_interval = interval
        logging.set_verbosity(level)
        if had_bars:
            logging.enable_progress_bar()
