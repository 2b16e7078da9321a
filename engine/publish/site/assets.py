"""Scripts, style sheets, fonts and Plotly of an exported site.

All modules are one classic script: a page that is opened from a folder may import no module of it.
"""

import gzip
import importlib.util
import json
import re
import shutil
from pathlib import Path

from engine.app import preload, web_files
from engine.paths import ASSETS

ENTRIES = (
    "exported/start.js",
    "views/stage.js",
    "views/reading.js",
    "views/presenter.js",
    "views/paper.js",
    "blocks/kinds.js",
)
LOADER = "exported/loader.js"
LETTERS = "letters.css"  # of the pages' type and of formulas
# A face that is declared later is asked first for the letters in its range. The short ones are
# enough for most slides in English, the others for most lectures; the whole fonts come where a page
# has another letter.
_LATIN_AND_GREEK = (
    "U+0020-007E,U+00A0-00FF,U+0391-03C9,U+2010-2026,U+2070-209C,U+2190-2193,U+2200-2265"
)
_COMMON = (  # as assets/fonts/LICENSE.txt has it
    "U+0020-007E,U+00A0,U+00B0,U+00B2,U+00B3,U+00B7,U+00B9,U+00D7,U+2013,U+2014,U+2018,U+2019,"
    "U+201C,U+201D,U+2026,U+2070-2079,U+2190-2193,U+2212,U+2713"
)
SUBSETS = [  # family, file, letters
    ("Source Sans", "SourceSans.woff2", _LATIN_AND_GREEK),
    ("Source Serif", "SourceSerif.woff2", _LATIN_AND_GREEK),
    ("Source Sans", "SourceSansShort.woff2", _COMMON),
    ("Source Serif", "SourceSerifShort.woff2", _COMMON),
]
# Comments that begin a line, as ours do: a third of what would be sent. A comment is not a token,
# and the line before keeps its end, so nothing is read in another way.
_COMMENT = re.compile(r"^[ \t]*/\*\*.*?\*/[ \t]*\n?", re.MULTILINE | re.DOTALL)
_FACE = re.compile(r"@font-face\{[^}]*\}")
_FILE = re.compile(r"url\(\.\./media/([^)]+)\)")


def scripts() -> str:
    """The folder of scripts and style sheets below the site's."""
    return f"web/{web_files.version()}/"


def write(folder: Path) -> str:
    """Write them below `folder`; the address of their own folder, which names their version."""
    web = scripts()
    home = folder / web
    home.mkdir(parents=True)
    names = preload.needed(*ENTRIES)
    modules = {name: _COMMENT.sub("", web_files.text(name)) for name in names}
    start = json.dumps(modules, ensure_ascii=False)
    text = f"{web_files.text(LOADER)}\npracticumSite.start({start})\n"
    (home / "app.js").write_text(text, encoding="utf-8")
    for name in web_files.names():
        if name.endswith(".css") or name == "plotly.min.js":
            found = web_files.find(name)
            assert found is not None
            path = home / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(gzip.decompress(found.body))
    write_letters(home)
    shutil.copyfile(ASSETS / "icon.svg", folder / "icon.svg")
    return web


def write_letters(home: Path) -> None:
    """The faces that the server's pages have, and KaTeX's rules: both come with Streamlit."""
    spec = importlib.util.find_spec("streamlit")
    assert spec is not None
    assert spec.origin is not None
    static = Path(spec.origin).parent / "static" / "static"
    [sheet] = (static / "css").glob("index.*.css")
    css = sheet.read_text(encoding="utf-8")
    css = _FACE.sub(lambda face: "" if "Material Symbols" in face[0] else face[0], css)
    (home / "letters").mkdir()
    for name in _FILE.findall(css):
        shutil.copyfile(static / "media" / name, home / "letters" / name)
    css = _FILE.sub(r"url(letters/\1)", css)
    for family, name, letters in SUBSETS:
        shutil.copyfile(ASSETS / "fonts" / name, home / "letters" / name)
        css += (
            f"@font-face{{font-family:{family};font-weight:100 900;font-style:normal;"
            f"src:url(letters/{name})format('woff2');unicode-range:{letters}}}"
        )
    (home / LETTERS).write_text(css, encoding="utf-8")
