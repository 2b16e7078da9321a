"""`practicum export FORMAT …`: lectures as files for other programs. One line of FORMATS a format;
each is a module with `add_arguments(parser)`, which also sets what is called.
"""

import argparse
import importlib

from engine.sims_options import add_sims_options

FORMATS = {  # name -> what it makes, the module, and arguments as an example
    "site": (
        "make a folder that any web host serves, and that opens from a disk",
        "engine.publish.site.command",
        "build/site --lecture overview --base-url https://me.github.io/course/",
    ),
    "pdf": (
        "print a lecture: a page a slide, checked against the deck",
        "engine.publish.paper.command",
        "overview --base-url https://me.github.io/course/",
    ),
    "handout": (
        "print a lecture with three slides a page and lines to write on",
        "engine.publish.paper.handout",
        "overview --no-asides",
    ),
    "figures": (
        "write every chart of a lecture as SVG and PNG, and its numbers as CSV",
        "engine.publish.paper.figures",
        "overview --output figures",
    ),
    "notebook": (
        "write a lecture, or some of its slides, as a Jupyter notebook",
        "engine.publish.notebook",
        "overview --slide watch-it-learn",
    ),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `export` reads: the format, and then what that format reads."""
    formats = parser.add_subparsers(dest="format", required=True, metavar="FORMAT", title="formats")
    for name, (words, module, example) in FORMATS.items():
        one = formats.add_parser(
            name,
            help=words,
            description=f"{words[:1].upper()}{words[1:]}.",
            epilog=f"example:\n  practicum export {name} {example}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        importlib.import_module(module).add_arguments(one)
        add_sims_options(one)
