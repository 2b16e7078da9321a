"""The demonstrations that take no time hold today, on two seeds; `make claims` runs all of them."""

import pytest

from engine.claims.command import fast, make_runner
from engine.claims.demonstrate import Outcome, demonstrate
from engine.claims.ledger import load
from engine.claims.record import read_record

pytestmark = pytest.mark.numeric

SEEDS = 2


@pytest.fixture(scope="module")
def outcomes() -> dict[str, Outcome]:
    """Of all fast claims, run together; nothing is taken from the cache."""
    ledger, runner = load(), make_runner(use_cache=False)
    try:
        found = demonstrate(ledger, fast(ledger.claims), runner, SEEDS)
        return {outcome.claim.id: outcome for outcome in found}
    finally:
        runner.close()


@pytest.mark.parametrize("claim", [claim.id for claim in fast(load().claims)])
def test_it_holds(outcomes: dict[str, Outcome], claim: str) -> None:
    # Four of five seeds must hold in all; of two, one that fails may be the fifth.
    assert outcomes[claim].held >= 1, outcomes[claim].why
    # A null may hold for two of ten seeds, by luck; for both of two it is no luck.
    null = outcomes[claim].null
    assert null is None or (null.held <= 1 and not null.why), null


def test_every_demonstration_was_recorded_and_held() -> None:
    measured = read_record()
    for claim in load().claims:
        if claim.demo:
            assert claim.id in measured, f"run `practicum claims {claim.id} --record`"
            kept = measured[claim.id]
            assert 5 * kept.held >= 4 * kept.seeds, (claim.id, kept.figure)
            if claim.demo.null and not claim.demo.null.none:
                assert kept.null_held is not None, f"record the null of {claim.id}"
                assert 5 * kept.null_held <= kept.seeds, (claim.id, kept.null_figure)
    assert set(measured) == {claim.id for claim in load().claims if claim.demo}
