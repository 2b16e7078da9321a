"""What all tests share: numeric ones compute on as many threads as they are told to."""

import os

import pytest


@pytest.hookimpl(tryfirst=True)  # before the fixtures of a module compute anything
def pytest_runtest_setup(item: pytest.Item) -> None:
    """OMP_NUM_THREADS counts, whatever a simulation in the test before has set torch to."""
    if item.get_closest_marker("numeric"):
        import torch  # not for the many tests that do without it

        torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
