"""Our decks stay readable by colloquium 0.3: same slides, live blocks shown as code."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from colloquium.parse import parse_file

from engine.deck.document import load

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("path", sorted((ROOT / "lectures").glob("*.md")), ids=lambda p: p.stem)
def test_colloquium_builds_the_lecture(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / path.name
    text = path.read_text(encoding="utf-8").replace("../content/", f"{ROOT}/content/")
    copy.write_text(text.replace("../assets/", f"{ROOT}/assets/"), encoding="utf-8")
    command = [Path(sys.executable).parent / "colloquium", "build", str(copy)]
    built = subprocess.run(command, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr[-2000:]
    ours = [slide["title"] for slide in load(path)["slides"]]
    theirs = [slide.title for slide in parse_file(str(copy)).slides]
    assert len(theirs) > 0
    for our, their in zip(ours, theirs, strict=False):
        # Theirs is the first line of a title, without typographic quotes and rendered math.
        assert re.sub(r"\W", "", our).startswith(re.sub(r"\W", "", their))
    assert all(title.startswith("References") for title in ours[len(theirs) :])
    assert "sim: cartpole" in copy.with_suffix(".html").read_text(encoding="utf-8")
