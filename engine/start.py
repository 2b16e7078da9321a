"""Where `practicum` and `python -m engine` begin: Ctrl-C ends them quietly also while the command
line itself is imported. It imports nothing of ours, and only what Python has loaded already."""

import signal


def main() -> int:
    """Run one command (`engine.cli`) and return its exit code."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # a shell may have it ignored
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # `engine.cli` takes it from here
    from engine.cli import main as command

    return command()
