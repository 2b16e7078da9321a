"""`practicum export handout LECTURE`: three slides a page, with lines to write on."""

import argparse

from engine.publish.paper import command


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `export handout` reads."""
    command.add_lecture(parser)
    command.add_common(parser, "-handout.pdf")
    parser.set_defaults(call=command.command, handout=True, notes=False, steps=False, pptx=False)
