"""Answers to "where is …?": places in the code named by what they define, so that a file may move.

A place is a folder and a symbol (a function, a class or a constant); the file is looked up when
the page is made, and a symbol that is not there any more, or is there twice, is an error. Where
two files define the same name, its first parameter tells them apart: `document(deck`.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from tools.docs.sections import cell
from tools.docs.tree import ROOT, files

# What is looked for -> folder and symbol of each place, the first one first.
QUESTIONS: dict[str, list[tuple[str, str]]] = {
    "the colour of a reward curve": [
        ("engine/app/web", "meaning"), ("assets/theme.css", "--proxy"),
    ],
    "the keys, their words in the help and in tool tips": [("engine/app/web", "COMMANDS")],
    "the card of a citation": [("engine/app/web", "Cards"), ("engine/app/web", "workItem")],
    "a message of the live socket": [
        ("engine/app/socket", "RunAsked"), ("engine/app/web", "connect"),
    ],
    "the check of a frame": [("engine/runs", "stream")],
    "the control of a parameter": [("engine/app/web", "control"), ("sims", "Field")],
    "what a directive of a slide may say": [("engine/deck", "Directives")],
    "what of an author's HTML reaches the page": [("engine/deck", "clean")],
    "the limits of one visitor": [("engine/app", "Visitors")],
    "the order in which runs wait": [("engine/runs", "FairQueue")],
    "the loss of PPO, of DPO": [("sims/losses", "ppo_clip_loss"), ("sims/losses", "dpo_loss")],
    "where lectures, content and assets lie": [("engine/paths.py", "LECTURES")],
}  # fmt: skip

# A walk: its heading, and for each station a symbol and what happens there.
WALKS: dict[str, list[tuple[str, str, str]]] = {
    "A deck's text": [
        ("engine/deck", "Reader", "reads a deck in a child process with limits"),
        ("engine/deck", "scan", "finds code, comments and the ends of slides in one pass"),
        ("engine/deck", "Deck", "the slides of the deck, as data"),
        ("engine/deck", "render(source", "turns the Markdown of one slide into HTML"),
        ("engine/deck", "clean", "removes all HTML that is not allowed"),
        ("engine/deck", "document(deck", "puts slides, references and problems into one JSON"),
        ("engine/app", "Packer", "compresses the JSON once for all viewers"),
        ("engine/app", "routes", "sends it, at an address that contains its hash"),
        ("engine/app/web", "Slides", "builds the slide that is shown"),
    ],
    "A parameter": [
        ("sims", "param", "states default, limits, unit and help, once"),
        ("sims", "Field", "the same, read from the source without running it"),
        ("engine/app/web", "control", "draws a slider, a choice, a switch or a number"),
        ("engine/app/web", "Player", "sends the values with the message `run`"),
        (
            "engine/app",
            "RunAsked",
            "is that message as declared; the values are then moved inside their limits",
        ),
        ("engine/runs", "make_job", "makes the job: simulation, parameters, model"),
        ("engine/runs", "Worker", "calls `run(Params(…))` of the simulation"),
    ],
    "A frame": [
        ("engine/runs", "stream", "takes a frame from the simulation, checks it, writes JSON"),
        ("engine/runs", "Worker", "writes the line to its parent process"),
        ("engine/runs", "WorkerProcess", "reads the lines of one worker process"),
        ("engine/runs", "LocalEngine", "knows which process computes which run"),
        ("engine/runs", "Runner", "finds the run and the viewers who follow it"),
        ("engine/runs", "Run", "keeps the frames, for viewers who come later"),
        ("engine", "Feed", "sends each batch of frames, written once for all viewers"),
        ("engine/app/socket", "Connection", "one viewer's WebSocket, on the server"),
        ("engine/app/web", "connect", "the same WebSocket, in the browser"),
        ("engine/app/web", "Picture", "chooses columns and colours"),
        ("engine/app/web", "curveFigure", "draws the curve"),
    ],
}

_DEFINED = {
    ".py": r"^(?:class|(?:async )?def) {0}(?!\w)|^{0}(?:: [^=]+)? = ",
    ".js": r"^export (?:async )?(?:class|function\*?|const|let) {0}(?!\w)",
    ".css": r"(?<!\S){0}:",
}


def questions() -> str:
    """A table: what is looked for, and where it is."""
    rows = ["| you look for | it is in |", "|---|---|"]
    for words, places in QUESTIONS.items():
        shown = [f"`{_name(symbol)}` in `{find(folder, symbol)}`" for folder, symbol in places]
        rows.append(f"| {words} | {'; '.join(shown)} |")
    return "\n".join(rows)


def walks() -> str:
    """One numbered list for each walk."""
    return "\n\n".join(_walk(title, stations) for title, stations in WALKS.items())


def _walk(title: str, stations: Sequence[tuple[str, str, str]]) -> str:
    rows = [
        f"{number}. `{_name(symbol)}` in `{find(folder, symbol)}`: {cell(words)}"
        for number, (folder, symbol, words) in enumerate(stations, 1)
    ]
    return "\n".join([f"### {title}", "", *rows])


def _name(symbol: str) -> str:
    return symbol.partition("(")[0]


def find(folder: str, symbol: str) -> str:
    """The one file under `folder` (or the file `folder`) that defines `symbol` at its top level."""
    here = ROOT / folder
    candidates = [here] if here.is_file() else [one for one in files() if here in one.parents]
    found = [path for path in candidates if _defines(path, symbol)]
    if len(found) != 1:
        where = f"{len(found)} files of {folder} define '{symbol}'"
        raise ValueError(f"tools/docs/places.py: {where}; name what took its place. {_list(found)}")
    return found[0].relative_to(ROOT).as_posix()


def _list(paths: Iterable[Path]) -> str:
    return ", ".join(path.relative_to(ROOT).as_posix() for path in paths)


def _defines(path: Path, symbol: str) -> bool:
    pattern = _DEFINED.get(path.suffix)
    if pattern is None:
        return False
    if (path.suffix == ".css") != symbol.startswith("--"):
        return False
    return bool(re.search(pattern.format(re.escape(symbol)), _text(path), re.MULTILINE))


@cache
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
