"""Addresses and ports of this machine on which a server may listen."""

import socket


def free_port(port: int, address: str = "127.0.0.1") -> int:
    """`port` if nothing listens there, else the next one that is free (OSError when none is)."""
    for candidate in range(port, min(port + 200, 65536)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, candidate))
            except OSError:
                continue
            return candidate
    raise OSError(f"no free port from {port} to {port + 199}")
