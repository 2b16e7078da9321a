"""`practicum export figures LECTURE`: every chart as SVG and PNG, and its numbers as CSV."""

import argparse
import csv
import gzip
import itertools
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.paths import named
from engine.publish.paper import command

if TYPE_CHECKING:
    from engine.deck.schema.deck_json import BlockJson
    from engine.publish.paper.sheets import OpenSheets
    from engine.publish.site.decks import SiteDeck

Rows = Iterator[Sequence[Any]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `export figures` reads."""
    command.add_lecture(parser)
    command.add_missing(parser)
    add = parser.add_argument
    add("--force", action="store_true", help="replace the folder if there is one")
    words = "the folder to make (default: LECTURE-figures)"
    add("--output", type=named, metavar="DIR", help=words)
    parser.set_defaults(call=export, base_url=None)


def export(chosen: argparse.Namespace) -> int:
    """Write the figures; 2 on bad input."""
    from engine.publish.drawing import NoBrowser
    from engine.publish.paper.chosen import BadInput, chosen_deck
    from engine.publish.paper.lecture import laid_out
    from engine.publish.paper.sheets import NotPrinted
    from engine.publish.place import NotPlaced, new_folder, refuse_unless_free

    try:
        deck, base_url = chosen_deck(chosen)
        out = chosen.output or Path(f"{deck.slug}-figures")
        refuse_unless_free(out, force=chosen.force)
        with (
            new_folder(out, force=chosen.force) as folder,
            laid_out(deck, base_url, {"figures": "1"}, "export figures") as paper,
        ):
            number = write(folder, paper, deck)
    except (NoBrowser, NotPlaced, NotPrinted, BadInput) as error:
        return command.refuse(str(error))
    figures = f"{number} figure{'' if number == 1 else 's'}"
    print(f"{out}: {figures}, each as SVG and PNG, with its numbers as CSV.")
    return 0


def write(folder: Path, paper: "OpenSheets", deck: "SiteDeck") -> int:
    """The figures of an open page, and `index.csv`, which says what each of them is."""
    from engine.app.svg_fonts import embedded

    blocks = {
        block["id"]: (slide, block)
        for slide in deck.document["slides"]
        for block in slide["blocks"]
    }
    taken: dict[str, int] = {}
    index: list[Sequence[Any]] = [("file", "slide", "title", "kind", "source")]
    for at, figure in enumerate(paper.figures):
        slide, block = blocks[figure["block"]]
        count = taken[block["id"]] = taken.get(block["id"], 0) + 1
        base = f"{slide['id']}-{block['id']}" + (f"-{count}" if count > 1 else "")
        name = free_name(base, {one[0].casefold() for one in index})
        (folder / f"{name}.svg").write_bytes(embedded(figure["svg"].encode()))
        chart = paper.page.locator(f"[data-figure='{at}']")
        chart.screenshot(path=folder / f"{name}.png", animations="disabled")
        shown, source = _numbers(block, count, deck)
        _write(folder / f"{name}.csv", shown)
        index.append((name, slide["id"], slide["title"], block["kind"], source))
    _write(folder / "index.csv", iter(index))
    return len(paper.figures)


def _write(path: Path, rows: Rows) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def free_name(base: str, taken: Collection[str]) -> str:
    """`base`, with a number behind it where one of `taken`, in small letters, is that name.

    Slide 'a' with block 'b-c' makes the name of 'a-b' with 'c'; on many disks 'Mean' is 'mean'."""
    numbered = (f"{base}-{number}" for number in itertools.count(2))
    return next(one for one in itertools.chain([base], numbered) if one.casefold() not in taken)


def _numbers(block: "BlockJson", count: int, deck: "SiteDeck") -> tuple[Rows, str]:
    """The numbers of the `count`-th chart of a block, and where they come from."""
    data = block["data"]
    if block["kind"] == "chart":
        return of_chart(data["data"]), "this lecture"
    content = data.get("published") if block["kind"] == "sim" else data.get("content")
    if content and (block["kind"] != "sim" or count > 1):
        return of_paper(content), f"{content['source']}, {content['where']}"
    return of_run(_frames(data, deck)), f"practicum run {data['sim']}"


def _frames(data: Mapping[str, Any], deck: "SiteDeck") -> list[dict[str, Any]]:
    """The frames of the recorded run of a block; none where none is recorded."""
    name = Path(str(data.get("recorded", "")).partition("?")[0]).name
    for path in deck.recordings:
        if path.name == name:
            return frames_in(gzip.decompress(path.read_bytes()).decode())
    return []


def of_run(frames: Sequence[Mapping[str, Any]]) -> Rows:
    """Every column of a run that holds single values."""
    names = list(dict.fromkeys(name for frame in frames for name in frame))
    kept = [name for name in names if not any(_is_many(frame.get(name)) for frame in frames)]
    yield kept
    for frame in frames:
        yield [frame.get(name) for name in kept]


def _is_many(value: Any) -> bool:
    return isinstance(value, (list, dict))


def of_chart(numbers: Mapping[str, Any]) -> Rows:
    """The numbers that a deck writes: a line a value, with its series."""
    labels = numbers.get("labels") or []
    yield "series", "x", "y"
    for one in numbers.get("datasets") or []:
        for at, value in enumerate(one.get("data") or []):
            if isinstance(value, Mapping):
                yield one.get("label", ""), value.get("x"), value.get("y")
            else:
                yield one.get("label", ""), labels[at] if at < len(labels) else at, value


def of_paper(content: Mapping[str, Any]) -> Rows:
    """The numbers of a paper, a line a point."""
    yield "series", content.get("x_label", "x"), content.get("y_label", "y")
    for one in content["series"]:
        for x, y in one["points"]:
            yield one["label"], x, y


def frames_in(text: str) -> list[dict[str, Any]]:
    """The frames of a recorded run, between the lines about it and their number."""
    return [json.loads(line) for line in text.splitlines()[1:-1]]
