"""Modules of the page as one classic script: a thread of a page that was opened from a folder
(file://) may import no module, not even one that the page has made into a `blob:`.

Ours import and export names only, each on lines of its own; what is written otherwise is an error.
"""

import json
import posixpath
import re

from engine.app import preload, web_files

_IMPORT = re.compile(
    r'^import (?:\* as (\w+)|\{([\w\s,]*)\}) from "(\.{1,2}/[^"]+)"$', re.MULTILINE
)
_EXPORT = re.compile(r"^export (?=(?:function\*?|class|const) (\w+))", re.MULTILINE)
_LEFT = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


def one_script(entry: str) -> str:
    """The module at `entry` after all that it imports, each in a function of its own.

    Raises ValueError for a way to import or export that is not known here.
    """
    return "\n".join(["const modules = {}", *(_wrapped(name) for name in _in_order(entry))])


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


def _wrapped(name: str) -> str:
    text = web_files.text(name)

    def taken(match: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(posixpath.dirname(name), match[3]))
        named = match[1] or "{" + re.sub(r"(\w+) as (\w+)", r"\1: \2", match[2]) + "}"
        return f"const {named} = modules[{json.dumps(path)}]"

    given = ", ".join(found[1] for found in _EXPORT.finditer(text))
    body = _EXPORT.sub("", _IMPORT.sub(taken, text))
    if left := _LEFT.search(body):
        raise ValueError(f"{name}: this line cannot be put into one script: {left[0][:80]}")
    return f"modules[{json.dumps(name)}] = (() => {{\n{body}\nreturn {{ {given} }}\n}})()"
