"""Prefixes that the server was not told of. (It is a server of its own: there is one a process.)"""

import pytest
from starlette.testclient import TestClient

from engine.app.prefix import VARIABLE, outer
from tests.app.conftest import ADDRESS as OUTER


def test_a_prefix_that_nobody_named_ends_in_a_sentence_and_no_loop(client: TestClient) -> None:
    answer = client.get("/course/?lost=course", headers={"accept": "text/html"})
    assert answer.status_code == 404
    assert "--base-path" in answer.text


def test_streamlits_variable_counts_whatever_starts_the_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(VARIABLE, "kurs%20a/")
    assert outer() == "/kurs a"  # `streamlit run` reads it into `server.baseUrlPath` itself


def test_a_trusted_proxy_may_name_the_prefix(client: TestClient) -> None:
    app = client.app
    named = {"x-forwarded-prefix": "/kurs%20a/"}
    proxy = TestClient(app, base_url=OUTER, client=("127.0.0.1", 1234), follow_redirects=False)
    visitor = TestClient(app, base_url=OUTER, client=("203.0.113.9", 1234), follow_redirects=False)
    assert proxy.get("/kurs%20a/api/health", headers=named).json() == {"ok": True}
    assert proxy.get("/api/health", headers=named).json() == {"ok": True}
    assert visitor.get("/kurs%20a/overview", headers=named | {"accept": "text/html"}).is_redirect


def test_a_simulation_has_an_address_of_its_own_in_the_laboratory(client: TestClient) -> None:
    typed = TestClient(client.app, base_url=OUTER, follow_redirects=False)
    answer = typed.get("/lab/bandit?bandit.epsilon=0.2", headers={"accept": "text/html"})
    assert answer.headers["location"] == "../lab?sim=bandit&bandit.epsilon=0.2"
    odd = typed.get("/lab/a%26b%3Dc", headers={"accept": "text/html"})
    assert odd.headers["location"] == "../lab?sim=a%26b%3Dc"
