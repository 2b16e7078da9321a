"""Which names this server answers to, and pages of which other origins may use it.

Both lists come from the environment, so that every way to start the server knows them:
`PRACTICUM_ALLOW_ORIGIN` and `PRACTICUM_ALLOW_HOST`, several values with spaces or commas between
(`practicum serve --allow-origin … --allow-host …` sets them). A name that a stranger could point
at this machine (DNS rebinding) is in neither. An address of numbers is always answered to: a
browser that was given one has asked no name server.
"""

import functools
import ipaddress
import logging
import os
import re
import socket
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from streamlit import config

ORIGINS, HOSTS = "PRACTICUM_ALLOW_ORIGIN", "PRACTICUM_ALLOW_HOST"
NAME = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*")
# Names that nobody else can point elsewhere: this machine's own, Community Cloud's and Spaces'.
OWN_SUFFIXES = (".localhost", ".streamlit.app", ".hf.space")
SPACES = "https://huggingface.co"  # the page that frames a Space
log = logging.getLogger("practicum.web")


def origins() -> frozenset[str]:
    """Origins whose pages may open our sockets and show us in a frame, as a browser writes them."""
    found = set(_listed(ORIGINS, as_origin))
    if os.environ.get("SPACE_ID"):
        found.add(SPACES)
        found.update(f"https://{name}" for name in _spelled(os.environ.get("SPACE_HOST", "")))
    return frozenset(found)


def is_own_host(host: str) -> bool:
    """Whether `host` (a Host header, `NAME`, `NAME:PORT` or `[ADDRESS]:PORT`) means this server."""
    name = host_name(host)
    if name is None:
        return False
    is_sure = name in _machine_names() or name.endswith(OWN_SUFFIXES) or is_address(name)
    return is_sure or name in _names()  # slower: it reads the environment


@functools.lru_cache(maxsize=256)
def host_name(host: str) -> str | None:
    """The name or address in a Host header, in lower case; None when it is malformed."""
    try:
        parts = urlsplit(f"//{host}")
        name, _ = parts.hostname, parts.port  # asking for the port checks it
    except ValueError:
        return None
    is_plain = parts.netloc == host and "@" not in host
    return name.rstrip(".") if name and is_plain else None


@functools.lru_cache(maxsize=256)
def is_address(name: str) -> bool:
    """Whether `name` is an IP address and not a name."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def as_origin(text: str) -> str:
    """`text` as browsers write an origin; a ValueError says what is wrong with it."""
    if "*" in text:
        raise ValueError(f"{text} would allow the pages of every site; name each origin.")
    try:
        parts = urlsplit(text)
        port = parts.port
        name = _as_name(parts.hostname.removesuffix(".")) if parts.hostname else ""
    except ValueError:
        raise ValueError(f"{text} is not an origin; write https://slides.example.org.") from None
    if parts.scheme not in ("http", "https") or not name:
        raise ValueError(f"{text} has no scheme; write https://{text.rpartition('//')[2]}.")
    netloc = _in_brackets(name)
    if port is not None and port != {"http": 80, "https": 443}[parts.scheme]:
        netloc += f":{port}"
    origin = f"{parts.scheme}://{netloc}"
    if parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError(f"{text} is more than an origin; write {origin}.")
    return origin


def as_host(text: str) -> str:
    """`text` as a host name to answer to; a ValueError says what is wrong with it."""
    if "*" in text:
        raise ValueError(f"{text} would allow every host name; name each host.")
    name = host_name(text)
    if "://" in text or "/" in text or name is None:
        raise ValueError(f"{text} is not a host name; write slides.example.org.")
    if name != text.lower().strip("[]").rstrip("."):
        raise ValueError(f"{text} is more than a host name; write {name}.")
    return _as_name(name)


def _as_name(name: str) -> str:
    if is_address(name):
        return name
    try:
        spelled = name.encode("idna").decode()
    except UnicodeError:
        spelled = ""
    if not NAME.fullmatch(spelled):
        raise ValueError(f"{name} is not a host name; write slides.example.org.")
    return spelled


def _in_brackets(name: str) -> str:
    return f"[{name}]" if ":" in name else name


def _names() -> frozenset[str]:
    given = (config.get_option("server.address"), config.get_option("browser.serverAddress"))
    known = {host_name(name) for name in given if name}
    known |= {urlsplit(origin).hostname for origin in origins()}
    return frozenset(filter(None, known | {*_machine_names(), *_listed(HOSTS, as_host)}))


@functools.cache
def _machine_names() -> frozenset[str]:
    """This machine's name, in the forms in which a room would type it."""
    name = socket.gethostname().lower()
    short = name.partition(".")[0]
    return frozenset(filter(None, ("localhost", name, short, f"{short}.local")))


def _listed(variable: str, read: Callable[[str], str]) -> Iterator[str]:
    return iter(_checked(variable, os.environ.get(variable, ""), read))


@functools.lru_cache(maxsize=8)
def _checked(variable: str, text: str, read: Callable[[str], str]) -> tuple[str, ...]:
    """The values that are in order. Another one allows nobody, and the log says so once."""
    found = []
    for value in _spelled(text):
        try:
            found.append(read(value))
        except ValueError as error:
            log.error("%s is ignored: %s", variable, error)
    return tuple(found)


def _spelled(text: str) -> list[str]:
    return re.split(r"[\s,]+", text.strip()) if text.strip() else []
