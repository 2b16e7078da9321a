"""What the fuzzing tests share: how many examples, and values that nobody sends in good faith.

`make fuzz` runs those that are marked so with many examples; PRACTICUM_EXAMPLES says how many.
"""

import json
import os
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as some

ANY_LETTER = some.characters(exclude_categories=[])  # halves of surrogate pairs, too
anything = some.recursive(
    some.none()
    | some.booleans()
    | some.integers()
    | some.integers(min_value=-(10**400), max_value=10**400)
    | some.floats()
    | some.text(ANY_LETTER, max_size=20),
    lambda inner: (
        some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
# JSON that Python does not write, or not in a moment.
RAW = (
    "NaN", "-Infinity", "1e999", "-0.0", "1" * 5_000, "9" * 60_000, "[" * 3_000 + "]" * 3_000,
    '{"a":' * 2_000 + "1" + "}" * 2_000, '"\\ud800"', '"\\u0000"', '"' + "a" * 60_000 + '"',
)  # fmt: skip
SLOT = "a value that is put in as text"


def examples(usual: int) -> settings:
    """Settings of a test with so many examples in `make test`."""
    return settings(
        max_examples=int(os.environ.get("PRACTICUM_EXAMPLES", usual)),
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


def as_text(message: Any, raw: str) -> str:
    """The message as JSON, with `raw` wherever SLOT stands."""
    return json.dumps(message).replace(json.dumps(SLOT), raw)
