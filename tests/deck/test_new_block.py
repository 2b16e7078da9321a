"""A new kind of block touches three places: the example of docs/new-block.md, tried in a copy."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from engine.deck import kinds
from engine.paths import ROOT
from tools.docs import deck_types

GUIDE = (ROOT / "docs" / "new-block.md").read_text(encoding="utf-8")
KINDS_JS = ROOT / "engine" / "app" / "web" / "blocks" / "kinds.js"

DECK = """\
## T

```counter
question: Yes
start: 2
```

---

## U

```counter
qestion: Who?
question: Who?
start: -1
```

---

## V

```countr
question: Who?
```
"""

TRIAL = """
import json, sys
from pathlib import Path
from engine.deck.document import load
from tools.docs import author, deck_types, schemas

import engine
assert Path(engine.__file__).is_relative_to(Path.cwd()), engine.__file__
found = {path.name: text for path, text in schemas.texts().items()}
guide = author.fences()
print(json.dumps([load(Path("01-talk.md")), guide, found["counter.json"], deck_types.text()]))
"""


def _example(language: str) -> str:
    [code] = re.findall(rf"^```{language}\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
    return code


def _with_counter(folder: Path) -> list:
    """A copy of the engine with one file more, and what it makes of DECK, guide and schema."""
    shutil.copytree(ROOT / "engine", folder / "engine", ignore=shutil.ignore_patterns("web"))
    shutil.copytree(ROOT / "tools", folder / "tools")
    (folder / "engine/deck/kinds/counter.py").write_text(_example("python"), encoding="utf-8")
    script = KINDS_JS.read_text(encoding="utf-8").replace("= {\n", "= {\n  counter: Counter,\n", 1)
    (folder / "engine/app/web/blocks").mkdir(parents=True)
    (folder / "engine/app/web/blocks/kinds.js").write_text(script, encoding="utf-8")
    (folder / "01-talk.md").write_text(DECK)
    made = subprocess.run(
        [sys.executable, "-c", TRIAL],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": f"{folder}:{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    return json.loads(made.stdout)


def test_a_new_kind_is_one_file_of_the_deck(tmp_path: Path) -> None:
    deck, guide, schema, types = _with_counter(tmp_path)
    first, second, third = deck["slides"]
    [block] = first["blocks"]
    assert (block["kind"], block["data"]) == ("counter", {"question": "Yes", "start": 2})
    assert 'data-kind="counter"' in first["html"]
    assert second["blocks"][0]["data"] == {"question": "Who?"}
    assert third["blocks"] == []
    said = [(one["line"], one["column"], one["message"], one["fix"]) for one in deck["problems"]]
    assert said == [
        (13, 1, "A counter block has no field 'qestion'.", "Did you mean 'question'?"),
        (15, 1, "The start is -1.", "Write 0."),
        (22, 4, "'countr' is neither a block nor a language we know; it is shown as code.",
         "Did you mean 'counter'?"),
    ]  # fmt: skip
    assert "### counter\n\nA button that counts" in guide
    assert "| `start` | whole number | the first number |" in guide
    assert json.loads(schema)["$defs"]["Counter"]["required"] == ["question"]
    assert "export interface CounterData {" in types
    assert "  /** the first number */\n  start?: number\n" in types


def test_the_browser_knows_every_kind_that_a_reader_operates() -> None:
    known = deck_types.mounted()
    live = {name for name in kinds.NAMES if kinds.is_live(name)}
    assert live <= set(known), "add a row to KINDS of kinds.js"
    assert set(known) <= set(kinds.NAMES), "KINDS of kinds.js has a row for no fence"
