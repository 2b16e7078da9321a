"""Every command of the command line with its options, from the parser itself."""

import argparse
from collections.abc import Iterator

from engine.cli import parser
from tools.docs.sections import cell


def section() -> str:
    """A heading for each command, its sentence, and a table of its options."""
    return "\n\n".join(_below(parser(), ""))


def _below(parser: argparse.ArgumentParser, before: str) -> Iterator[str]:
    """Each command of a parser, with the commands below it."""
    for commands in parser._actions:  # argparse has no public way to list subcommands
        if isinstance(commands, argparse._SubParsersAction):
            words = {action.dest: action.help or "" for action in commands._choices_actions}
            for name, one in commands.choices.items():
                yield _command(before + name, words[name], one)
                yield from _below(one, f"{before}{name} ")


def _command(name: str, words: str, parser: argparse.ArgumentParser) -> str:
    ours = (argparse._HelpAction, argparse._SubParsersAction)
    shown = [action for action in parser._actions if not isinstance(action, ours)]
    said = parser.description or f"{words[:1].upper()}{words[1:]}."
    listed = [row for action in shown for row in _rows(action)]
    rows = ["| option | what it does |", "|---|---|", *listed]
    examples = [line.strip() for line in (parser.epilog or "").splitlines()[1:]]
    code = ["\n".join(["```sh", *examples, "```"])] if examples else []
    table = ["\n".join(rows)] if shown else []
    return "\n\n".join([f"## practicum {name}", said, *code, *table])


def _rows(action: argparse.Action) -> list[str]:
    """A row for an option; for kinds that have options of their own, one for each kind."""
    if isinstance(action, argparse._SubParsersAction):
        kinds = action._choices_actions
        return [f"| `{kind.dest} …` | {cell(kind.help or '')} |" for kind in kinds]
    return [_row(action)]


def _row(action: argparse.Action) -> str:
    value = action.metavar or ("|".join(action.choices) if action.choices else "")
    if not value and action.nargs != 0:
        value = action.dest.upper()
    if action.option_strings:
        usage = " ".join([*action.option_strings, str(value)]).strip()
    else:
        usage = f"{value} …" if action.nargs == "*" else str(value)
    return f"| `{usage.replace('|', chr(92) + '|')}` | {cell(action.help or '')} |"
