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


def test_every_demonstration_was_recorded_and_held() -> None:
    measured = read_record()
    for claim in load().claims:
        if claim.demo:
            assert claim.id in measured, f"run `practicum claims {claim.id} --record`"
            kept = measured[claim.id]
            assert 5 * kept.held >= 4 * kept.seeds, (claim.id, kept.figure)
    assert set(measured) == {claim.id for claim in load().claims if claim.demo}
