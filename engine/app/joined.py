"""The modules and style sheets of a page, joined: it would ask for more than a hundred files else.

A joined script has a source map, so a browser's tools show the modules as they were written. The
text is made when it is asked for first; a module still has an address of its own, too.
"""

import functools
import gzip
import json
import posixpath
import re

from engine.app import preload, web_files
from engine.app.modules import table, without_comments
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
SCRIPTS = (STAGE, PHONE, *LATER)
SHEETS = {
    "slides.css": web_files.SLIDE_SHEETS,
    "phone.css": (*web_files.THEME, "styles/live.css", "styles/phone.css"),
}
FOLDER = "joined/"
REGISTRY = "joined/registry.js"
# A later try comes from another folder (`otherFolder` of lib/fetching.js) and means the same one.
_PART = """{registry}
const modules = practicumModules(new URL({up}, import.meta.url).href.replace(/-again\\d+\\/$/, "/"))
modules.add({table})
modules.use({name})
export const use = modules.use
//# sourceMappingURL={map}
"""
_BEGINS = re.compile(r'"([^"]+)": \(use, url\) => \{')  # as `table` writes a module
_CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_CSS_IMPORT = re.compile(r'@import "([^"]+)";')
MAP = ".map"


def find(address: str) -> WebFile | None:
    """The file at an address below /api/web/{version}/, joined or one of `web_files`; None when
    there is none.

    `joined/views/stage.js` is `views/stage.js` with all that it imports; `joined/slides.css` has
    the style sheets of SHEETS.
    """
    name = address.removeprefix(FOLDER)
    if name == address or name not in (*SCRIPTS, *SHEETS, *(one + MAP for one in SCRIPTS)):
        return web_files.find(address)
    version = web_files.version(look=True)
    kind = web_files.KINDS.get(posixpath.splitext(name)[1], "application/json")
    return WebFile(_joined(name, version), kind, version)


@functools.lru_cache(maxsize=32)
def _joined(name: str, _version: str) -> bytes:
    if name in SHEETS:
        text = sheet(name)
    elif name in SCRIPTS:
        text = script(name)
    else:
        text = source_map(name.removesuffix(MAP))
    return gzip.compress(text.encode(), 6, mtime=0)


def sheet(name: str) -> str:
    """The style sheets of one joined sheet in their order, each after those that it imports."""
    return "\n".join(map(_with_imports, SHEETS[name]))


def _with_imports(name: str) -> str:
    text = _CSS_COMMENT.sub("", web_files.text(name))
    beside = posixpath.dirname(name)
    return _CSS_IMPORT.sub(lambda found: _with_imports(posixpath.join(beside, found[1])), text)


def script(name: str) -> str:
    """A module with all that it imports and its page does not have, as one that exports `use`."""
    begun = preload.needed(LATER[name]) if name in LATER else []
    return _PART.format(
        registry=without_comments(REGISTRY),
        up=json.dumps(_up(name)),
        table=table((one for one in preload.needed(name) if one not in begun), keep_lines=True),
        name=json.dumps(name),
        map=posixpath.basename(name) + MAP,
    )


def source_map(name: str) -> str:
    """Where each line of a joined script was written: an index map of
    https://tc39.es/ecma426, in which each module is a section with line under line."""
    sections = []
    for line, text in enumerate(script(name).split("\n"), start=1):
        if found := _BEGINS.fullmatch(text):
            module = found[1]
            lines = ";".join(["AAAA", *["AACA"] * web_files.text(module).count("\n")])
            of_it = {"version": 3, "sources": [_up(name) + module], "names": [], "mappings": lines}
            sections.append({"offset": {"line": line, "column": 0}, "map": of_it})
    return json.dumps({"version": 3, "sections": sections})


def _up(name: str) -> str:
    """The way from a joined script to the folder of all modules."""
    return "../" * (FOLDER + name).count("/")
