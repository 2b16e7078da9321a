r"""TeX commands that a .bib file defines itself, in its @preamble, and what they stand for.

Styles of BibTeX have authors write `\newcommand{\noopsort}[1]{}` to sort entries, and
`\DeclareRobustCommand{\VAN}[3]{#2}` to sort "van den Berg" under B.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_GROUP = r"\{((?:[^{}]|\{[^{}]*\})*+)\}"
_DEFINED = re.compile(
    r"\\(?:(?:re)?newcommand|providecommand|DeclareRobustCommand)\*?\s*\{?\s*\\([A-Za-z]+)\s*\}?"
    rf"\s*(?:\[([0-9])\])?\s*{_GROUP}|\\def\s*\\([A-Za-z]+)\s*((?:#[1-9])*)\s*{_GROUP}"
)
_MOST = 100  # commands of a file
_LONGEST = 200  # characters of one


@dataclass(frozen=True)
class Command:
    """One command: how many arguments it takes, and its text, in which #1 is the first."""

    arguments: int
    text: str


def defined(preamble: str) -> dict[str, Command]:
    """The commands of a @preamble by name; those that are too long are left out."""
    found: dict[str, Command] = {}
    for match in _DEFINED.finditer(preamble):
        name, text = match[1] or match[4], match[3] if match[1] else match[6]
        count = int(match[2] or 0) if match[1] else len(match[5]) // 2
        if len(text) <= _LONGEST and len(found) < _MOST:
            found[name] = Command(count, text)
    return found


def expanded(text: str, commands: Mapping[str, Command]) -> str:
    """`text` with each command replaced by what it stands for, once (not in what came of it).

    A command that would make the text ten times as long stays as written.
    """
    most = 10 * len(text) + _LONGEST
    for name, command in commands.items():
        if f"\\{name}" in text:
            groups = rf"\s*{_GROUP}" * command.arguments or r"(?:\{\}|[ \t]+)?"
            pattern = rf"\\{name}(?![A-Za-z]){groups}"
            made = re.sub(pattern, lambda match, body=command.text: _filled(body, match), text)
            text = made if len(made) <= most else text
    return text


def _filled(body: str, match: re.Match[str]) -> str:
    count = match.re.groups
    return re.sub(r"#([1-9])", lambda one: match[int(one[1])] if int(one[1]) <= count else "", body)
