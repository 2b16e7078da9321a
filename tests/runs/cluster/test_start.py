"""What keeps a server from joining a cluster, each in one sentence. Nothing here starts Ray."""

import os
import socket
import sys
import threading

import pytest

from engine.runs.cluster.engine import ClusterError
from engine.runs.cluster.start import start_ray


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch):
    monkeypatch.setattr(os, "environ", os.environ.copy())


@pytest.mark.parametrize("address", ["head", "127.0.0.1:99999", ":6379", "head:", "head:six"])
def test_an_address_is_a_host_and_a_port(address):
    with pytest.raises(ClusterError, match="write it as HOST:PORT"):
        start_ray(address)


def test_without_ray_the_sentence_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ClusterError, match=r"pip install 'ray>=2\.60'"):
        start_ray(None)


@pytest.mark.parametrize("answer", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b""])
def test_a_port_of_something_else_is_no_cluster(answer):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"

        def reply():
            line, _ = listener.accept()
            with line:
                line.recv(4096)
                line.sendall(answer)

        threading.Thread(target=reply, daemon=True).start()
        with pytest.raises(ClusterError, match=f"no Ray cluster answers at {address}"):
            start_ray(address)
