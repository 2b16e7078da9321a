"""Slides as a notebook: the text, and what is said about a bad request."""

from pathlib import Path

import nbformat
import pytest

from engine.cli import main
from engine.publish.notebook import of_deck

DECK = """---
title: Two slides
---

<!-- id: words -->

## Words and a *formula*

Text $x^2$ <!-- a remark --> goes on [@nobody2020].

<!-- notes: Never shown. -->

|||

```python
a = "```"  # <!-- not a comment -->
```

---

<!-- id: other -->

## Another

```timeline
data: nothing
```
"""


@pytest.fixture
def deck(tmp_path: Path) -> Path:
    path = tmp_path / "two.md"
    path.write_text(DECK, encoding="utf-8")
    return path


def test_a_slide_without_a_block_is_text_only(deck: Path) -> None:
    [cell] = of_deck(deck, ["words"]).cells
    assert cell.cell_type == "markdown"
    text = cell.source
    assert "Text $x^2$  goes on (nobody2020)." in text
    assert "# <!-- not a comment -->" in text  # code stays as it is written
    assert "remark" not in text
    assert "Never" not in text
    assert "|||" not in text


def test_the_file_is_a_notebook_and_the_same_each_time(deck: Path, tmp_path: Path) -> None:
    target = tmp_path / "a b.ipynb"
    command = ["export", "notebook", str(deck), "--output", str(target)]
    assert main(command) == 0
    first = target.read_bytes()
    assert main(command) == 0
    assert target.read_bytes() == first
    made = nbformat.read(target, as_version=4)
    nbformat.validate(made)
    assert [cell.source.splitlines()[0] for cell in made.cells] == [
        "## Words and a *formula*",
        "## Another",
    ]


def test_jupytext_reads_back_what_is_written_for_it(deck: Path, tmp_path: Path) -> None:
    import jupytext

    target = tmp_path / "two.py"
    assert main(["export", "notebook", str(deck), "--output", str(target)]) == 0
    told = [cell.source for cell in jupytext.read(target).cells]
    assert told == [cell.source for cell in of_deck(deck).cells]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nothing-here"], "there is no lecture nothing-here. There are: overview"),
        (["{deck}", "--slide", "wrods"], "there is no slide 'wrods'. Did you mean 'words'?"),
        (["{deck}", "--output", "a.html"], "a.html: write .ipynb for Jupyter, or .py"),
        (["{deck}", "--output", "{deck}/a.ipynb"], "cannot be written"),
        (["{folder}"], "there is no lecture"),
    ],
)
def test_bad_input_is_one_sentence(
    deck: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    words = [one.format(deck=deck, folder=deck.parent) for one in arguments]
    assert main(["export", "notebook", *words]) == 2
    assert said in capsys.readouterr().err
