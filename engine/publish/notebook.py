"""`practicum export notebook LECTURE [--slide ID]`: slides as a Jupyter notebook.

A slide's text becomes Markdown, without what only a slide can show: comments, columns, classes. A
live block becomes two cells, which run it and draw it with the slide's settings; a chart and a
paper's numbers become one, with the figure in place.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.paths import named
from sims.nearest import nearest

if TYPE_CHECKING:
    from engine.deck.model import Block


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `export notebook` reads."""
    add = parser.add_argument
    add("lecture", metavar="LECTURE", help="a deck, or the name of one in lectures/")
    words = "only this slide; may be given several times"
    add("--slide", action="append", default=[], metavar="ID", help=words)
    add(
        "--output", type=named, metavar="FILE",
        help="where to write it: .ipynb, or .py for jupytext (default: LECTURE.ipynb)",
    )  # fmt: skip
    parser.set_defaults(call=export)


def export(chosen: argparse.Namespace) -> int:
    """Write the notebook; 2 and one sentence on bad input."""
    from engine.deck.course import here
    from engine.deck.library import find_deck
    from engine.deck.source import textfile

    try:
        path = find_deck(chosen.lecture, here().lectures)
    except LookupError as error:
        return _refuse(str(error))
    target = chosen.output or Path(f"{path.stem}.ipynb")
    if target.suffix not in (".ipynb", ".py"):
        return _refuse(f"{target}: write .ipynb for Jupyter, or .py for jupytext.")
    try:
        made = of_deck(path, chosen.slide)
    except textfile.Unreadable as error:
        return _refuse(str(error.problem))
    except LookupError as error:
        return _refuse(str(error.args[0]))
    try:
        write(made, target)
    except OSError as error:
        return _refuse(f"{target} cannot be written: {error.strerror}.")
    print(target)
    return 0


def of_deck(
    path: Path,
    slides: Sequence[str] = (),
    params: Mapping[str, Mapping[str, Any]] | None = None,
) -> Any:
    """A notebook (nbformat 4) of some slides of a deck, of all where none is named.

    `params` are other settings than the deck's, by the id of a block; a figure is then not in
    place. Raises LookupError for a slide that is not there, textfile.Unreadable for a bad file.
    """
    import nbformat.v4 as v4

    from engine.deck.parse import parse
    from engine.deck.source import textfile
    from engine.publish import notebook_text

    deck = parse(textfile.deck(path), path)
    known = [slide.id for slide in deck.slides]
    if wrong := [one for one in slides if one not in known]:
        raise LookupError(f"there is no slide '{wrong[0]}'. {nearest(wrong[0], known)}")
    cells = []
    for slide in deck.slides:
        if slide.is_hidden or (slides and slide.id not in slides):
            continue
        if text := notebook_text.markdown(slide, deck):
            cells.append(v4.new_markdown_cell(text))
        for block in slide.blocks:
            if block.kind == "sim" and block.data.get("fields"):
                cells += _of_block(block, (params or {}).get(block.id))
            elif _is_drawn(block):
                cells.append(_of_drawn(block))
    if any(cell.cell_type == "code" for cell in cells):
        cells.insert(0, v4.new_code_cell("import sims"))
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"  # else random: equal decks make equal files
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return v4.new_notebook(cells=cells, metadata=metadata)


def _of_block(block: "Block", params: Mapping[str, Any] | None) -> list[Any]:
    """The run of a `sim` block and its figure, as two cells."""
    import nbformat.v4 as v4

    from engine.library import notebook_code as code

    run = v4.new_code_cell(code.run_source(block.data, params))
    figure = v4.new_code_cell(code.figure_source(block.data, code.paper_of(block)))
    drawn = code.recorded_figure(block) if params is None else None
    if drawn:
        shown = {code.PLOTLY: drawn, "text/plain": "the recorded run"}
        figure.outputs = [v4.new_output("display_data", shown)]
    return [run, figure]


def _is_drawn(block: "Block") -> bool:
    """Whether a block holds numbers that are there without a run, and they could be read."""
    needs = {"chart": "data", "published": "content"}.get(block.kind)
    return bool(needs and block.data.get(needs))


def _of_drawn(block: "Block") -> Any:
    """A `chart` or a `published` block, as a cell with its figure."""
    import nbformat.v4 as v4

    from engine.library import notebook_code as code

    cell = v4.new_code_cell(code.drawn_source(block.kind, block.data))
    shown = {code.PLOTLY: code.drawn_figure(block.kind, block.data), "text/plain": "the figure"}
    cell.outputs = [v4.new_output("display_data", shown)]
    return cell


def write(notebook: Any, target: Path) -> None:
    """Write it as its name ends: .ipynb, or .py, which jupytext opens. Raises OSError."""
    if target.suffix == ".py":
        import jupytext

        text = jupytext.writes(notebook, fmt="py:percent")
    else:
        import nbformat

        text = nbformat.writes(notebook) + "\n"
    target.write_text(text, encoding="utf-8")


def _refuse(sentence: str) -> int:
    print(f"practicum export: {sentence}", file=sys.stderr)
    return 2
