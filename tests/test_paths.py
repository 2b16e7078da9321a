"""Lectures, content and assets are found in a checkout and in an installed wheel, by one module."""

import importlib.util
import re
import shutil
from pathlib import Path
from types import ModuleType

from engine import paths
from sims import assets

HERE = Path(__file__).resolve().parents[1]


def imported(path: Path) -> ModuleType:
    """The module in a file, under a name of its own."""
    spec = importlib.util.spec_from_file_location(f"copy_of_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_checkout_has_them_beside_the_packages() -> None:
    assert paths.ROOT == paths.PACKAGES == HERE
    assert assets.MODELS == HERE / "assets" / "models"
    for path in (paths.LECTURES, paths.RECORDED, paths.ASSETS, paths.WEB, paths.BENCHMARKS):
        assert path.is_dir()
    for path in (paths.BIBLIOGRAPHY, paths.LEDGER, paths.MEASURED):
        assert path.is_file()


def test_a_wheel_has_them_inside_the_packages(tmp_path: Path) -> None:
    for data in ("engine/data/lectures", "sims/data/models"):
        (tmp_path / data).mkdir(parents=True)
    # Another project may have left folders of these names beside the packages.
    (tmp_path / "lectures").mkdir()
    (tmp_path / "assets" / "models").mkdir(parents=True)
    ours = imported(Path(shutil.copy(paths.__file__, tmp_path / "engine")))
    theirs = imported(Path(shutil.copy(assets.__file__, tmp_path / "sims")))
    found = (ours.LECTURES, ours.PACKAGES, theirs.MODELS)
    data = tmp_path / "engine" / "data", tmp_path / "sims" / "data"
    assert found == (data[0] / "lectures", tmp_path, data[1] / "models")


def test_nobody_else_counts_folders_upwards() -> None:
    modules = [*(HERE / "engine").rglob("*.py"), *(HERE / "sims").rglob("*.py")]
    upwards = re.compile(r"__file__\).*(parents\[|\.parent\.parent)")
    found = [path for path in modules if upwards.search(path.read_text(encoding="utf-8"))]
    # A script of the image, which runs before the package is there.
    assert found == [HERE / "engine" / "deploy" / "dependencies.py"]
