"""The ledger as the app hands it out, and the page that shows it."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from engine.app import routes
from engine.app.lectures import library
from engine.app.site import claims as claims_page
from engine.app.site import claims_data as shown
from engine.app.site.lost import LostPages
from engine.app.versioned import versioned
from engine.paths import ROOT
from sims import spec

LEDGER = yaml.safe_load((ROOT / "content" / "claims.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    """The routes alone: a process holds one Streamlit, and other tests have it."""
    for slug in library().paths():  # which a page about all of them does not wait for
        library().document(slug)
    pages = [Route("/api/claims", routes.claims), Route("/claims", routes.health)]
    with TestClient(LostPages(Starlette(routes=pages))) as client:
        yield client


@pytest.fixture(scope="module")
def answer(client: TestClient) -> dict[str, Any]:
    return client.get("/api/claims").json()


def card(answer: dict[str, Any], identity: str) -> dict[str, Any]:
    return next(one for one in answer["claims"] if one["id"] == identity)


def test_every_claim_is_handed_out_as_it_is_written(answer: dict[str, Any]) -> None:
    assert [one["id"] for one in answer["claims"]] == [one["id"] for one in LEDGER]
    for written, one in zip(LEDGER, answer["claims"], strict=True):
        assert (one["sentence"], one["status"]) == (written["sentence"], written["status"])
        assert one["place"], f"{one['id']} stands on no slide"
        for key in one["references"]:
            assert answer["works"][key]["label"]
        assert one["status"] in answer["standings"]


def test_a_run_leads_to_a_block_of_the_simulation_with_the_values_of_the_claim(
    answer: dict[str, Any],
) -> None:
    demos = {one["id"]: one["demo"] for one in LEDGER if one.get("demo")}
    runs = [one for one in answer["claims"] if one["run"]]
    assert runs
    for one in runs:
        address = urlsplit(one["run"]["href"])
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        slides = library().document(address.path)["slides"]
        place, name = query.pop("slide"), query.pop("run")
        slide = next(each for each in slides if each["id"] == place)
        block = next(each for each in slide["blocks"] if each["id"] == name)
        assert block["data"]["sim"] == demos[one["id"]]["sim"]
        set_here = {name.removeprefix(f"{block['id']}."): value for name, value in query.items()}
        seen = block["data"]["params"] | spec.check(block["data"]["sim"], set_here)
        if one["id"] not in block["data"].get("claims", []):
            wanted = spec.check(block["data"]["sim"], demos[one["id"]].get("params") or {})
            assert {name: seen[name] for name in wanted} == wanted, one["id"]


def test_a_claim_rather_runs_on_its_own_slide(answer: dict[str, Any]) -> None:
    places = {
        (slide["id"], block["data"].get("sim"))
        for slug in library().paths()
        for slide in library().document(slug)["slides"]
        for block in slide["blocks"]
    }
    for one in answer["claims"]:
        if one["demo"] and (one["slide"], one["demo"]["sim"]) in places:
            assert one["run"]["slide"] == one["slide"], one["id"]


def test_a_ledger_that_is_known_is_not_sent_again(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = client.get("/api/claims").headers["etag"]
    again = client.get("/api/claims", headers={"if-none-match": known})
    assert (again.status_code, again.content) == (304, b"")
    monkeypatch.setattr(routes, "claims_answer", lambda: versioned(b"{}", "application/json"))
    assert client.get("/api/claims", headers={"if-none-match": known}).status_code == 200


def test_a_ledger_that_cannot_be_read_is_said_with_its_fault(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise ValueError("claims.yaml, line 3: no sentence")

    monkeypatch.setattr(routes, "claims_answer", fail)
    answer = client.get("/api/claims")
    assert answer.status_code == 500
    assert answer.json() == {"message": "claims.yaml, line 3: no sentence"}


def test_the_ledger_has_an_address_that_is_not_lost(client: TestClient) -> None:
    assert client.get("/claims", follow_redirects=False).status_code == 200
    lost = client.get("/clams", follow_redirects=False)
    assert lost.headers["location"] == "./?lost=clams"


def test_narrowing_by_number_word_and_standing(answer: dict[str, Any]) -> None:
    everything, works = answer["claims"], answer["works"]

    def ids(statuses: list[str], query: str) -> list[str]:
        return [one["id"] for one in claims_page.narrowed(everything, works, statuses, query)]

    assert ids([], "") == [one["id"] for one in LEDGER]
    assert ids([], "c8") == ["C8"], "C83 is another claim"
    cited = [one["id"] for one in LEDGER if one["status"] == "cited"]
    assert ids(["cited"], "") == cited
    assert set(ids(["cited"], "vaswani")) < set(cited)
    assert ids([], "C8" + " " * 200 + "nowhere") == ["C8"], "an address is cut before it is used"
    assert "C4" in ids(["cited"], "vaswani STACKS")
    assert ids(["cited"], "vaswani nowhere-at-all") == []


def test_the_counts_add_up(answer: dict[str, Any]) -> None:
    text = claims_page.progress(answer["claims"])
    for status in claims_page.STANDINGS:
        number = sum(one["status"] == status for one in LEDGER)
        assert number == 0 or f">{number} {status}<" in text


def test_a_sentence_cannot_put_markup_on_the_page(answer: dict[str, Any]) -> None:
    evil = "<img src=x onerror=alert(1)> & 'quotes'"
    correction = {"text": evil, "source": "<b>"}
    one = card(answer, "C8") | {"sentence": evil, "figure": evil, "correction": correction}
    html = claims_page.row(one | {"place": {"slug": "a'b", "title": evil}}, {})
    assert "<img" not in html
    assert "&lt;b&gt;" in html
    assert "a'b" not in html


def test_the_page_shows_what_is_asked_for() -> None:
    def page() -> None:
        from engine.app.site.claims import claims

        claims()

    app = AppTest.from_function(page, default_timeout=60).run()
    assert not app.exception
    assert f"{len(LEDGER)} of {len(LEDGER)} claims" in app.caption[0].value
    app.text_input[0].set_value("C8").run()
    assert f"1 of {len(LEDGER)} claims" in app.caption[0].value
    app.text_input[0].set_value("no such words").run()
    assert "No claim matches" in app.info[0].value


def test_the_ledger_is_worked_out_anew_only_after_an_edit() -> None:
    first = shown.shown_claims()
    assert shown.shown_claims() is first
    assert json.dumps(first, allow_nan=False)
