"""Parameters to frames: worker processes, the queue, and results that are kept."""
