"""Modules put together into few scripts, and style sheets into one: a page of the server would ask
for more than a hundred files else, and one that was opened from a folder (file://) may import no
module at all.

A module becomes a function, called by web/joined/registry.js when the first other one needs it.
Ours import and export names only, each on lines of its own; what is written otherwise is an error.
"""

import functools
import gzip
import json
import posixpath
import re
from collections.abc import Iterable

from engine.app import preload, web_files
from engine.app.web_files import WebFile

STAGE, PHONE = "views/stage.js", "views/phone.js"  # a page begins with one of them
# What is fetched when it is needed, and the module that its page has begun with.
LATER = {
    "blocks/kinds.js": STAGE,
    "views/reading.js": STAGE,
    "views/presenter.js": STAGE,
    "views/paper.js": STAGE,
    "views/room_stage.js": STAGE,
    "views/remote.js": PHONE,
}
SHEETS = {
    "slides.css": web_files.SLIDE_SHEETS,
    "phone.css": ("theme.css", "styles/live.css", "styles/phone.css"),
}
FOLDER = "joined/"
REGISTRY = "joined/registry.js"
# A later try comes from another folder (`otherFolder` of lib/fetching.js) and means the same one.
_PART = """{registry}
const modules = practicumModules(new URL({up}, import.meta.url).href.replace(/-again\\d+\\/$/, "/"))
modules.add({table})
modules.use({name})
export const use = modules.use
"""

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
_CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_CSS_IMPORT = re.compile(r'@import "([^"]+)";')
_LEFT = re.compile(r"^(?:import|export)\b.*|\bexport ?\{.*", re.MULTILINE)


def find(address: str) -> WebFile | None:
    """The file at an address below /api/web/{version}/, joined or one of `web_files`; None when
    there is none.

    `joined/views/stage.js` is `views/stage.js` with all that it imports; `joined/slides.css` has
    the style sheets of SHEETS.
    """
    name = address.removeprefix(FOLDER)
    if name == address or name not in names():
        return web_files.find(address)
    version = web_files.version()
    return WebFile(_joined(name, version), web_files.KINDS[posixpath.splitext(name)[1]], version)


def names() -> tuple[str, ...]:
    """The addresses of all joined files, below `joined/`."""
    return (STAGE, PHONE, *LATER, *SHEETS)


@functools.lru_cache(maxsize=32)
def _joined(name: str, _version: str) -> bytes:
    text = sheet(name) if name in SHEETS else _script(name)
    return gzip.compress(text.encode(), 6, mtime=0)


def sheet(name: str) -> str:
    """The style sheets of one joined sheet in their order, each after those that it imports."""
    return "\n".join(map(_with_imports, SHEETS[name]))


def _with_imports(name: str) -> str:
    text = _CSS_COMMENT.sub("", web_files.text(name))
    beside = posixpath.dirname(name)
    return _CSS_IMPORT.sub(lambda found: _with_imports(posixpath.join(beside, found[1])), text)


def _script(name: str) -> str:
    begun = preload.needed(LATER[name]) if name in LATER else []
    return _PART.format(
        registry=without_comments(REGISTRY),
        up=json.dumps("../" * (FOLDER + name).count("/")),
        table=table(one for one in preload.needed(name) if one not in begun),
        name=json.dumps(name),
    )


def one_script(entry: str) -> str:
    """The module at `entry` after all that it imports, as a classic script.

    Raises ValueError for a way to import or export that is not known here.
    """
    names = _in_order(entry)
    calls = (f"modules[{json.dumps(name)}] = ({function(name)})(use, '')" for name in names)
    return "\n".join(["const modules = {}", "const use = (name) => modules[name]", *calls])


def table(names: Iterable[str]) -> str:
    """An object of JavaScript with the function of each of these modules by its name.

    Raises ValueError as `one_script` does.
    """
    rows = (f"{json.dumps(name)}: {function(name)},\n" for name in names)
    return f"{{\n{''.join(rows)}}}"


def function(name: str) -> str:
    """A module as a function: given `use`, which has the others by their names, and its own `url`,
    it returns its exports. Raises ValueError as `one_script` does."""
    text = without_comments(name)

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


def without_comments(name: str) -> str:
    """The text of a module without the comments that begin a line."""
    return _COMMENT.sub("", web_files.text(name))


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
