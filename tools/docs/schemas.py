"""JSON Schemas of what authors write, for editors that complete and check YAML."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from engine.deck import kinds
from engine.deck.schema.content_models import FILES, LISTED
from engine.deck.schema.deck_models import DeckFields

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "schemas"
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def texts() -> dict[Path, str]:
    """File -> the schema in it: the frontmatter of a deck, each fence, each file of content/."""
    files = {name: list[one] if name in LISTED else one for name, one in FILES.items()}
    fences = {name: kinds.kind(name).model for name in kinds.NAMES}
    wanted: Mapping[str, Any] = {"frontmatter": DeckFields, **fences, **files}
    return {FOLDER / f"{name}.json": _text(kind) for name, kind in wanted.items()}


def _text(kind: Any) -> str:
    schema = {"$schema": DIALECT, **msgspec.json.schema(kind)}
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"
