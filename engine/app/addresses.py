"""Addresses and ports of this machine on which a server may listen.

Each fault is an OSError whose text is a sentence for the person who gave the address.
"""

import errno
import socket
import threading

from engine.app.allowed import is_address

ANY = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # every address of this machine: how it calls itself
RESOLVE_SECONDS = 3.0  # for a name of this machine; a name server that is away takes half a minute
PORTS = 200  # tried one after the other
FOR_EXAMPLES = {socket.AF_INET: "192.0.2.1", socket.AF_INET6: "2001:db8::1"}


def resolve(address: str) -> str:
    """The IP address that `address` names, without brackets."""
    name = address.strip().removeprefix("[").removesuffix("]")
    if is_address(name):
        return name
    found: list[str] = []
    # In a thread that may be left behind: the system's look-up cannot be interrupted.
    search = threading.Thread(target=_look_up, args=(name, found), name="look-up", daemon=True)
    search.start()
    search.join(RESOLVE_SECONDS)
    if not found:
        raise OSError(f"there is no host '{name}'; give an address such as 127.0.0.1.")
    return found[0]


def free_port(port: int, address: str = "127.0.0.1") -> int:
    """`port` (0: any) if nothing listens there, else the next one that is free."""
    for candidate in range(port, min(port + PORTS, 65536)):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            try:
                probe.bind((address, candidate))
            except OSError as error:
                if error.errno in (errno.EADDRINUSE, errno.EACCES):
                    continue
                raise OSError(f"{address} is not an address of this machine.") from None
            return probe.getsockname()[1]
    raise OSError(f"no free port from {port} to {min(port + PORTS, 65536) - 1} on {address}.")


def url(address: str, port: int, base: str = "") -> str:
    """Where a browser finds a server that listens on `address` (for the wildcards: on itself)."""
    host = ANY.get(address, address)
    return f"http://{f'[{host}]' if ':' in host else host}:{port}{base}"


def outer_address(address: str) -> str | None:
    """The address by which the network knows this machine, when it listens on every one."""
    if address not in ANY:
        return None
    for family in (socket.AF_INET, socket.AF_INET6):
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect((FOR_EXAMPLES[family], 9))  # chooses a route and sends nothing
                return probe.getsockname()[0]
            except OSError:
                continue
    return None


def _look_up(name: str, found: list[str]) -> None:
    try:
        answers = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return  # `resolve` says so
    found += [str(place[0]) for *_, place in answers]
