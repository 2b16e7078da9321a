"""The scripts that a page will need, named in its HTML, so that a browser fetches them at once.

Which modules one needs is read off the `import` lines.
"""

import functools
import posixpath
import re
from collections.abc import Iterator
from urllib.parse import parse_qs

from engine.app import web_files

STAGE = "views/stage.js"
BLOCKS = "blocks/kinds.js"  # the live blocks, which the stage fetches when it is idle
VIEWS = {  # as in frame.js
    "read": "views/reading.js",
    "presenter": "views/presenter.js",
    "paper": "views/paper.js",
}
_LATER = ' fetchpriority="low"'
_IMPORT = re.compile(
    r'^(?:import|export)\s+(?:[\w\s*{},$]+\sfrom\s+)?"(\.{1,2}/[^"]+)"', re.MULTILINE
)


def links(query: str) -> str:
    """A `<link rel="modulepreload">` for each joined script of the view that the query asks for."""
    [view] = parse_qs(query).get("view", [""])[:1]
    entries = (STAGE, BLOCKS, *([VIEWS[view]] if view in VIEWS else []))
    return _links(web_files.version(), entries)


@functools.lru_cache(maxsize=8)
def _links(version: str, entries: tuple[str, ...]) -> str:
    web = f"./api/web/{version}/joined/"
    lines = (
        f'<link rel="modulepreload"{_LATER * (name == BLOCKS)} href="{web}{name}">'
        for name in entries
    )
    return "\n    ".join(lines)


def needed(*entries: str) -> list[str]:
    """These modules and all that they import, directly or not, each once, the nearest first."""
    found = list(entries)
    for name in found:  # which grows
        found.extend(one for one in dict.fromkeys(imports(name)) if one not in found)
    return found


def imports(name: str) -> Iterator[str]:
    """The modules that a module imports."""
    text = web_files.text(name)
    for path in _IMPORT.findall(text):
        yield posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
