"""`practicum serve` before it serves: addresses, ports, and what is wrong with an option."""

import socket
import threading

import pytest

from engine.app import addresses
from engine.app.addresses import free_port, outer_address, resolve, url
from engine.cli import main


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ("--port -1", "port -1 does not exist; choose one from 1024 to 65535, or 0 for any."),
        ("--port 70000", "port 70000 does not exist"),
        ("--workers 0", "--workers 0: at least one is needed."),
        ("--workers 100000", "--workers 100000: 64 processes at most on this machine."),
        ("--address 192.0.2.1", "on 192.0.2.1: 192.0.2.1 is not an address of this machine."),
        ("--address 2001:db8::1", "2001:db8::1 is not an address of this machine."),
        ("--address no.such.invalid", "there is no host 'no.such.invalid'; give an address"),
        ("--address ..", "there is no host '..'"),
        ("--allow-origin example.org", "--allow-origin: example.org has no scheme; write https:"),
        ("--allow-origin *", "--allow-origin: * would allow the pages of every site"),
        ("--allow-origin https://x.org/course", "is more than an origin; write https://x.org."),
        ("--allow-host *", "--allow-host: * would allow every host name"),
        ("--allow-host https://x.org", "--allow-host: https://x.org is not a host name"),
        ("--base-path https://x.org/course", "--base-path: https://x.org/course is not a path"),
        (
            "--forwarded-allow-ips 10.0.0.0/8,lab",
            "--forwarded-allow-ips: lab is not an IP address;",
        ),
        ("--base-path /api", "--base-path: /api is an address of the server itself"),
        ("--base-path overview", "--base-path: /overview is the address of a page"),
    ],
)
def test_a_wrong_option_is_one_sentence(
    capsys: pytest.CaptureFixture[str], options: str, sentence: str
) -> None:
    assert main(["serve", *options.split()]) == 2
    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1


def test_a_name_server_that_is_away_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    answered = threading.Event()
    monkeypatch.setattr(addresses, "RESOLVE_SECONDS", 0.01)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answered.wait(20) and [])
    with pytest.raises(OSError, match="there is no host 'slow"):
        resolve("slow.example")
    assert "look-up" in [thread.name for thread in threading.enumerate()]  # it still waits
    answered.set()


def test_an_address_may_be_a_name_or_have_brackets() -> None:
    assert resolve("localhost") in ("127.0.0.1", "::1")
    assert resolve("[::1]") == "::1"
    assert resolve("::") == "::"


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::", "0.0.0.0"])
def test_a_taken_port_is_passed_over(address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as taken:
        taken.bind((address, 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port(port, address) > port
    assert free_port(0, address) > 0


def test_a_link_is_one_that_a_browser_opens() -> None:
    assert url("127.0.0.1", 8501) == "http://127.0.0.1:8501"
    assert url("::1", 80, "/course") == "http://[::1]:80/course"
    assert (url("0.0.0.0", 8501), url("::", 8501)) == ("http://127.0.0.1:8501", "http://[::1]:8501")
    assert outer_address("127.0.0.1") is None
