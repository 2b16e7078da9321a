"""What all tests share: the order of their files, who runs them, and how many threads numeric ones
compute on."""

from __future__ import annotations

import gc
import os
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # not every place that runs some of these tests has it
    from xdist.scheduler import LoadFileScheduling

HERE = Path(__file__).parent
# These share the server of our own lectures, which takes twelve seconds of a processor to start.
LECTURE = (
    "browser/test_every_block.py",
    "browser/test_claims.py",
    "browser/test_lecture.py",
    "browser/test_every_slide.py",
    "browser/test_policy.py",
    "browser/test_literal.py",
    "browser/test_first_slide.py",
)
# Each keeps a process of the suite for 12 seconds or more, the longest first; `--junitxml` of a
# whole run says how long. A file goes to a process of its own (`--dist loadfile`): one of these at
# the end would leave the other processors idle.
LONG = (
    *LECTURE,
    "browser/test_without.py",
    "browser/test_room.py",
    "sims/test_dpo.py",
    "browser/test_outage.py",
    "test_sims.py",
    "sims/test_rlvr.py",
    "browser/test_wall.py",
    "browser/test_presenter.py",
    "browser/test_stage.py",
    "browser/test_any_way_in.py",
    "app/test_ports.py",
    "browser/test_site.py",
    "browser/test_label.py",
    "sims/test_rlhf.py",
    "browser/test_keys.py",
    "app/test_replicas.py",
    "publish/test_paper.py",
    "browser/test_reading.py",
    "browser/test_player.py",
    "deck/test_linear.py",
    "test_wheel.py",
    "browser/test_tools.py",
    "claims/test_demonstrations.py",
    "browser/test_study.py",
    "sims/test_preferences.py",
    "publish/test_overflow.py",
    "publish/test_site.py",
    "browser/test_compare.py",
    "browser/test_phone.py",
    "browser/test_axe.py",
    "browser/test_recorded.py",
    "browser/test_print.py",
    "browser/test_player_ends.py",
    "sims/arithmetic/test_trainer.py",
    "app/test_outage.py",
    "browser/test_player_scene.py",
    "browser/test_asides.py",
    "sims/test_scaling_law.py",
    "runs/workers/test_faults.py",
    "browser/test_player_controls.py",
    "deck/test_any_text.py",
    "sims/cartpole/test_training.py",
    "browser/test_player_kinds.py",
    "runs/cluster/test_ray.py",
    "claims/test_demonstrate.py",
    "claims/test_command.py",
    "sims/test_sft.py",
    "sims/language/test_training.py",
    "browser/test_scenes.py",
    "sims/test_elicitation.py",
    "app/test_offline.py",
    "sims/test_distribution_shift.py",
    "sims/test_in_context.py",
    "test_models.py",
)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int | None:
    """One more than there are processors: a test that waits for a browser leaves one idle."""
    is_told = "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ
    return None if is_told else 1 + (os.cpu_count() or 1)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadFileScheduling | None:
    """With `--dist loadfile` the files of `LECTURE` go to one process, as if they were one file."""
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = super()._split_scope(nodeid)
            return LECTURE[0] if file.removeprefix("tests/") in LECTURE else file

    is_by_file = config.getvalue("dist") == "loadfile"
    return Scheduling(config, log) if is_by_file else None  # type: ignore[arg-type]


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """All that is imported stays: to look through it for garbage, again and again while it grows,
    takes each process three seconds."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long files first, whole; the others keep their order."""
    place = {HERE / name: number for number, name in enumerate(LONG)}
    items.sort(key=lambda item: place.get(item.path, len(LONG)))


@pytest.hookimpl(tryfirst=True)  # before the fixtures of a module compute anything
def pytest_runtest_setup(item: pytest.Item) -> None:
    """OMP_NUM_THREADS counts, whatever a simulation in the test before has set torch to."""
    if item.get_closest_marker("numeric"):
        import torch  # not for the many tests that do without it

        torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))


@pytest.fixture(autouse=True)
def _trust_ends_with_its_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that trusts a course's simulations does so for its process; here for one test."""
    monkeypatch.setenv("PRACTICUM_SIMS", os.environ.get("PRACTICUM_SIMS", ""))
