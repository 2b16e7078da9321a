"""What tests of the live socket send, read and wait for."""

from pathlib import Path

RUNS = Path(__file__).parents[2] / "runs"
SLOW = {"num_steps": 100_000, "delay": 0.01}


def until(visitor, wanted):
    """The messages up to the first for which `wanted` holds."""
    found = []
    while not found or not wanted(found[-1]):
        found.append(visitor.receive_json())
    return found


def is_end(message):
    return message["type"] == "state" and message["state"] not in ("queued", "running")


def steps(messages):
    batches = [each for each in messages if each["type"] == "frames"]
    return [frame["step"] for batch in batches for frame in batch["frames"]]
