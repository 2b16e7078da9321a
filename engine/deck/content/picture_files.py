"""Whether a file holds the picture that its name promises, whole.

A browser shows a broken icon, or nothing, for a file that was never fetched from Git LFS, a page
of a website that was saved as a picture, or a part of a drawing that lies in another file.
"""

import functools
import re
from pathlib import Path
from xml.parsers import expat
from xml.parsers.expat.errors import XML_ERROR_UNKNOWN_ENCODING as UNKNOWN_ENCODING

_STARTS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")
_ENDS = ((b"\x89PNG", b"IEND"), (b"\xff\xd8\xff", b"\xff\xd9"), (b"GIF8", b";"))
_TAIL = 1 << 16  # bytes; some programs write more behind the end of a picture
_BOXES = (b"avif", b"avis", b"mif1", b"miaf")  # brands of AVIF, behind their length and "ftyp"
_POINTER = b"version https://git-lfs.github.com/spec/"
# What a drawing that stands in an <img> draws on, and no browser loads for it.
_DRAWN = re.compile(
    rb"<(image|use|feImage)\b[^<>]*?\s(?:xlink:)?href\s*=\s*(['\"])(?!#|data:|['\"])([^'\"]+)"
)


def fault(path: Path) -> tuple[str, str]:
    """(a clause that says what is wrong, fix) of the file of a picture; ("", "") when it is one.

    Raises OSError when it cannot be read.
    """
    found = path.stat()
    return _fault(path, found.st_mtime_ns, found.st_size)


@functools.lru_cache(maxsize=512)
def _fault(path: Path, _mtime: int, size: int) -> tuple[str, str]:
    if not size:
        return "its file is empty", "Save it again."
    with path.open("rb") as file:
        start = file.read(512)
        if start.startswith(_POINTER):
            return "its file is a pointer of Git LFS", "Fetch it: git lfs pull."
        if path.suffix.lower() != ".svg":
            is_one = start.startswith(_STARTS) or _is_boxed(start)
            if not is_one:
                return "its file holds no picture", "Save it again."
            file.seek(max(0, size - _TAIL))
            ends = (end for begin, end in _ENDS if start.startswith(begin))
            is_whole = next(ends, b"") in file.read()
            return ("", "") if is_whole else ("its file is cut off", "Save it again.")
        drawing = start + file.read()
    text = drawing.replace(b"\0", b"")
    if b"<svg" not in text and b":svg" not in text:
        return "its file holds no drawing", "Save it again."
    if why := _not_xml(drawing):
        return f"its drawing is not XML: {why}", "Save it again."
    if elsewhere := _DRAWN.search(text):
        name = elsewhere[3].decode("utf-8", "replace")[:60]
        return f"the part '{name}' of it is in another file", "Embed that part in the drawing."
    return "", ""


def _not_xml(drawing: bytes) -> str:
    """Why no browser draws it; "" when it is XML, or declares entities, of which eight lines can
    stand for any amount of text: they are not expanded here."""
    parser = expat.ParserCreate()
    parser.EntityDeclHandler = _stop
    try:
        parser.Parse(drawing, True)
    except expat.ExpatError as error:  # a browser knows more encodings
        return "" if expat.ErrorString(error.code) == UNKNOWN_ENCODING else str(error)
    except (_HasEntities, ValueError, LookupError):  # or an encoding that Python lacks
        pass
    return ""


class _HasEntities(Exception):
    pass


def _stop(*_: object) -> None:
    raise _HasEntities


def _is_boxed(start: bytes) -> bool:
    if start[:4] == b"RIFF":
        return start[8:12] == b"WEBP"
    return start[4:8] == b"ftyp" and any(brand in start[8:64] for brand in _BOXES)
