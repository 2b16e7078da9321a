"""Modules as functions of one script: a page of the server would ask for more than a hundred files
else, and one that was opened from a folder (file://) may import no module at all.

Each is called by web/joined/registry.js when the first other one needs it. Ours import and export
names only, each on lines of its own; what is written otherwise is an error.
"""

import json
import posixpath
import re
from collections.abc import Iterable

from engine.app import preload, web_files

_IMPORT = re.compile(
    r'^import (?:\* as (\w+)|\{([\w\s,]*)\}) from "(\.{1,2}/[^"]+)"$', re.MULTILINE
)
_EXPORT = re.compile(r"^export (?=(?:(?:async )?function\*?|class|const) (\w+))", re.MULTILINE)
_RENAMED = re.compile(r"(\w+) as (\w+)")
# As a package ends that is short already, before the address of its source map.
_LIST = re.compile(r"\bexport ?\{([^{}]*)\};?\s*(?://.*)?\s*$")
# Comments that begin a line, as ours do: a third of what would be sent. A comment is not a token,
# and the line before keeps its end, so nothing is read in another way.
_COMMENT = re.compile(r"^[ \t]*/\*\*.*?\*/[ \t]*\n?", re.MULTILINE | re.DOTALL)
_LEFT = re.compile(r"^(?:import|export)\b.*|\bexport ?\{.*", re.MULTILINE)


def one_script(entry: str) -> str:
    """The module at `entry` after all that it imports, as a classic script.

    Raises ValueError for a way to import or export that is not known here.
    """
    names = _in_order(entry)
    calls = (f"modules[{json.dumps(name)}] = ({function(name)})(use, '')" for name in names)
    return "\n".join(["const modules = {}", "const use = (name) => modules[name]", *calls])


def table(names: Iterable[str], keep_lines: bool = False) -> str:
    """An object of JavaScript with the function of each of these modules by its name.

    Raises ValueError as `one_script` does.
    """
    rows = (f"{json.dumps(name)}: {function(name, keep_lines)},\n" for name in names)
    return f"{{\n{''.join(rows)}}}"


def function(name: str, keep_lines: bool = False) -> str:
    """A module as a function: given `use`, which has the others by their names, and its own `url`,
    it returns its exports. With `keep_lines` an empty line stands for each line of a comment.
    Raises ValueError as `one_script` does."""
    text = without_comments(name, keep_lines)

    def taken(match: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(posixpath.dirname(name), match[3]))
        named = match[1] or "{" + _RENAMED.sub(r"\1: \2", match[2]) + "}"
        return f"const {named} = use({json.dumps(path)})"

    given = [found[1] for found in _EXPORT.finditer(text)]
    if listed := _LIST.search(text):
        given += [_RENAMED.sub(r"\2: \1", one.strip()) for one in listed[1].split(",")]
        text = text[: listed.start()]
    text = text.replace("import.meta.url", "url")  # only modules have it
    body = _EXPORT.sub("", _IMPORT.sub(taken, text))
    if left := _LEFT.search(body):
        raise ValueError(f"{name}: this line cannot be put into one script: {left[0][:80]}")
    return f"(use, url) => {{\n{body}\nreturn {{ {', '.join(given)} }}\n}}"


def without_comments(name: str, keep_lines: bool = False) -> str:
    """The text of a module without the comments that begin a line."""
    return _COMMENT.sub(
        lambda found: "\n" * found[0].count("\n") * keep_lines, web_files.text(name)
    )


def _in_order(entry: str) -> list[str]:
    """These modules, each after those that it imports."""
    found: list[str] = []

    def visit(name: str) -> None:
        for other in preload.imports(name):
            visit(other)
        if name not in found:
            found.append(name)

    visit(entry)
    return found
