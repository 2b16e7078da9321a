"""What is declared in pyproject.toml is what is imported, no more and no less."""

import ast
import hashlib
import importlib.metadata
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
REQUIREMENTS = [*PROJECT["dependencies"], *(one for extra in EXTRAS.values() for one in extra)]
TRACE = re.compile(r'type: "(?!line"|button")(\w+)"')
TEXT = {".py", ".md", ".js", ".yml", ".yaml"}


def names(requirements: list[str]) -> set[str]:
    """The projects that requirements name, spelt in one way."""
    return {plain(re.split(r"[\[<>=!~; ]", one)[0]) for one in requirements}


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def modules(path: Path) -> Iterator[str]:
    """Top-level names of all that a file imports, by statement or by `import_module("…")`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            named = node.args[0]
            yield from [str(named.value).split(".")[0]] if isinstance(named, ast.Constant) else []


def projects(*folders: str) -> set[str]:
    """The projects whose modules are imported anywhere in the folders."""
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    ours = {"tests"} | {path.stem for path in files}  # benchmarks share helpers
    found = {name for path in files for name in modules(path)} - set(sys.stdlib_module_names)
    known = importlib.metadata.packages_distributions()
    packages = {"engine", "sims", "tools"}
    foreign = {name for name in found if name in known or name not in ours} - packages
    return {plain(known.get(name, [name])[0]) for name in foreign}


def test_what_is_declared_is_imported_and_what_is_imported_is_declared() -> None:
    optional = names(EXTRAS["render"]) | names(EXTRAS["pptx"]) | names(EXTRAS["ray"])
    assert projects("engine", "sims") - optional == names(PROJECT["dependencies"])
    assert optional <= projects("engine")


def test_the_tests_have_what_they_import() -> None:
    declared = names(PROJECT["dependencies"]) | names(EXTRAS["test"]) | names(EXTRAS["bench"])
    assert not projects("tests") - declared


@pytest.mark.parametrize("requirement", REQUIREMENTS)
def test_every_requirement_has_a_least_version_and_a_pin(requirement: str) -> None:
    assert re.search(r"[>=]=\d", requirement), requirement
    [name] = names([requirement])
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert name in names(pins), f"{name} has no pin in constraints.txt"


def test_pins_are_in_alphabetical_order() -> None:
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    listed = [pin.split("==")[0].lower() for pin in pins]
    assert listed == sorted(listed)
    assert len(names(pins)) == len(pins)


def test_nobody_is_told_to_install_the_project_by_name() -> None:
    """It is not in the public index: a stranger could register the name there."""
    files = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "Makefile"]
    for folder in ("engine", "sims", "tests", "docs", ".github"):
        files += [path for path in (ROOT / folder).rglob("*") if path.suffix in TEXT]
    by_name = re.compile(r"install[^\n`]*\s['\"]?practicum\b")
    assert not [path for path in files if by_name.search(path.read_text(encoding="utf-8"))]


def test_the_chart_library_is_what_its_tool_makes() -> None:
    script = (ROOT / "assets/vendor/plotly.min.js").read_bytes()
    digest = (ROOT / "assets/vendor/plotly.min.js.sha256").read_text(encoding="utf-8").split()[0]
    assert hashlib.sha256(script).hexdigest() == digest
    pinned = json.loads((ROOT / "tools/plotly/package.json").read_text(encoding="utf-8"))
    version = pinned["devDependencies"]["plotly.js"]
    assert f"plotly.js {version}," in script[:200].decode()
    charts = (ROOT / "engine/app/web/charts").glob("*.js")
    drawn = {kind for path in charts for kind in TRACE.findall(path.read_text(encoding="utf-8"))}
    registered = (ROOT / "tools/plotly/traces.cjs").read_text(encoding="utf-8")
    assert drawn == {"scatter", *re.findall(r"src/traces/(\w+)", registered)}


def test_the_pen_is_what_npm_has() -> None:
    """dist/esm/index.mjs of perfect-freehand 1.2.3, between our line and the last line end."""
    script = (ROOT / "engine/app/web/vendor/perfect-freehand.js").read_bytes()
    ours, theirs = script.split(b"\n", 1)
    assert b"perfect-freehand 1.2.3," in ours
    digest = "a02e221f71a757e46915a51d8f5ffc8d1788d9134e063b3edd21f429c973d46c"
    assert hashlib.sha256(theirs.removesuffix(b"\n")).hexdigest() == digest
