"""content/claims_real.yaml: claims that are tried a second time, on a real language model.

Each item has the `id` of a claim and a `demo`, as in the ledger; a null may stand in it and need
not. Theorems are left out: no run of any size settles them. A claim without an item is not tried
there: no simulation of a real model bears on it.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.claims.demo import Demo, read_demo
from engine.claims.ledger import Ledger, shown
from engine.deck.schema.claim_models import RealClaimFields
from engine.deck.schema.validation import fit
from engine.deck.source import yamltext
from engine.paths import LEDGER_REAL
from sims.nearest import nearest

RECORDED_WITH = "smollm2-135m-instruct"  # the model that the cards speak of
SIZE = "135 million parameters"


def load(ledger: Ledger, path: Path = LEDGER_REAL) -> Ledger:
    """The claims of `ledger` that are tried on a real model, each with its second demonstration.

    Never raises: what is wrong is in `problems`, with line and column.
    """
    second = Ledger(path, yaml=yamltext.file(path, path.parent))
    if fault := second.yaml.fault:
        second.problems.append(fault.problem(shown(path)))
        return second
    items = second.yaml.value
    if not isinstance(items, list):
        second.problem("This is not a list.", "Begin each item with '- id: C1'.")
        return second
    known = [claim.id for claim in ledger.claims]
    for index, item in enumerate(items):
        at = str(index)
        fields, faults = fit(RealClaimFields, item if isinstance(item, dict) else {})
        for one in faults:
            second.problem(one.message, one.fix, at, *one.path)
        identity = str(fields.get("id", ""))
        claim = ledger.claim(identity)
        if identity and claim is None:
            second.problem(f"There is no claim '{identity}'.", nearest(identity, known), at, "id")
        if claim and claim.status == "theorem":  # a miss would say that the test is a bad one
            second.problem(f"{identity} is a theorem.", "Leave it out.", at, "id")
        if second.claim(identity):
            second.problem(f"{identity} is here twice.", "Leave one out.", at, "id")
        demo = None if faults else _demo(second, fields["demo"], at)
        if claim and demo:
            second.claims.append(replace(claim, demo=demo))
    return second


def _demo(second: Ledger, written: dict[str, Any], at: str) -> Demo | None:
    def tell(message: str, fix: str, *path: str) -> None:
        second.problem(message, fix, at, "demo", *path)

    demo = read_demo(written, tell)
    if demo and demo.params.get("model") != "real":
        tell("This demo does not run the real model.", "Write params: {model: real, …}.", "params")
    return demo
