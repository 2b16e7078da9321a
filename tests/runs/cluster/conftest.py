"""Ray reads its environment once, when it is imported: as these tests want it, whichever of them
imports it first. A cluster of the tests asks for a token and listens to this machine alone."""

import pytest

RAY = {
    "RAY_AUTH_MODE": "token",
    "RAY_AUTH_TOKEN": "of-this-test-" * 3,
    "RAY_memory_monitor_refresh_ms": "0",  # whatever else runs here
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # that is: to listen to 127.0.0.1
}

with pytest.MonkeyPatch.context() as patch:
    for name, value in RAY.items():
        patch.setenv(name, value)
    import ray  # noqa: F401
