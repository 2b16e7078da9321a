"""What a browser has already is not sent again: pages and the ledger, named by an ETag."""

import gzip
from pathlib import Path

import pytest
from starlette.datastructures import Headers
from starlette.testclient import TestClient

from engine.app import web_files
from engine.app.lectures import library
from engine.app.versioned import versioned


@pytest.mark.parametrize("address", ["/", "/overview", "/overview?slide=kl", "/lab", "/api/claims"])
def test_a_browser_that_has_the_version_is_sent_nothing(client: TestClient, address: str) -> None:
    library().document("overview")  # a page never waits for that
    first = client.get(address)
    known = first.headers["etag"]
    again = client.get(address, headers={"if-none-match": known})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert again.headers["cache-control"] == first.headers["cache-control"] == "no-cache"
    # A browser keeps the policy of the page with what it has.
    policy = "content-security-policy"
    assert again.headers[policy] == first.headers[policy]
    assert client.get(address, headers={"if-none-match": 'W/"another"'}).content == first.content


def test_each_page_has_a_name_of_its_own(client: TestClient) -> None:
    library().document("overview")
    addresses = ["/", "/lab", "/overview", "/overview?slide=kl", "/overview?view=read"]
    assert len({client.get(one).headers["etag"] for one in addresses}) == len(addresses)


def test_a_page_is_another_one_when_a_module_has_changed(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = client.get("/overview").headers["etag"]
    monkeypatch.setattr(web_files, "version", lambda look=False: "another")
    assert client.get("/overview", headers={"if-none-match": before}).status_code == 200


def test_who_takes_no_gzip_gets_the_same_text() -> None:
    made = versioned(b"<p>one</p>", "text/html")
    plain, packed = made.to(Headers()), made.to(Headers({"accept-encoding": "br, gzip"}))
    assert (plain.body, gzip.decompress(bytes(packed.body))) == (b"<p>one</p>", b"<p>one</p>")
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"
    assert plain.headers["content-type"] == "text/html; charset=utf-8"


def test_a_look_at_the_modules_is_repeated_when_it_is_old(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(web_files, "WEB", tmp_path)
    monkeypatch.setattr(web_files, "_seen", web_files._seen)  # put back with the folder
    module = tmp_path / "a.js"
    monkeypatch.setattr(web_files, "LOOK_EVERY", 1e9)
    module.write_text("export const a = 1")
    first = web_files.version(look=True)
    module.write_text("export const a = 22")
    assert web_files.version() == first
    second = web_files.version(look=True)
    assert second != first
    monkeypatch.setattr(web_files, "LOOK_EVERY", 0.0)
    module.write_text("export const a = 333")
    assert web_files.version() not in (first, second)
