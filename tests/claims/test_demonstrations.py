"""The demonstrations that take no time hold today, on two seeds; `make claims` runs all of them."""

import pytest

from engine import paths
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
        found = demonstrate(ledger, fast(ledger.claims, ledger.path), runner, SEEDS)
        return {outcome.claim.id: outcome for outcome in found}
    finally:
        runner.close()


@pytest.mark.parametrize("claim", [claim.id for claim in fast(load().claims, paths.LEDGER)])
def test_it_holds(outcomes: dict[str, Outcome], claim: str) -> None:
    # Four of five seeds must hold in all; of two, one that fails may be the fifth.
    assert outcomes[claim].held >= 1, outcomes[claim].why
    # A null may hold for two of ten seeds, by luck; for both of two it is not luck.
    null = outcomes[claim].null
    assert null is None or (null.held <= 1 and not null.why), null


def test_every_demonstration_was_recorded_and_held_and_no_null_did() -> None:
    """`practicum claims ID --record` writes a new one down."""
    measured, demos = (
        read_record(paths.MEASURED),
        {claim.id: claim for claim in load().claims if claim.demo},
    )
    assert demos.keys() == measured.keys()
    for identity, kept in measured.items():
        assert 5 * kept.held >= 4 * kept.seeds, (identity, kept.figure)
        demo = demos[identity].demo
        if demo and demo.null and not demo.null.none:
            assert kept.null_held is not None, f"{identity}: its null was never run"
            assert 5 * kept.null_held <= kept.seeds, (identity, kept.null_figure)
