"""On paper a slide's rows have the heights that they have on the wall."""

import io
from pathlib import Path
from typing import Any

import pypdf
import pytest

from tests.publish.printing import export

ROWS = """# Rows

---

<!-- rows: 40/60 -->

## Curves

![Six curves](wide.svg)

===

<!-- row-columns: 56/44 -->

Below the picture.

|||

```vote
id: again
question: And now? It teaches mostly …
options: [a style, to reach what it knows, something new]
```

---

<!-- rows: 40/60 -->

## Second

![Six curves](wide.svg)

===

Under it.
"""
WIDE = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1154 316" width="1154" height="316">
<rect width="1154" height="316" fill="#9ac"/></svg>"""


def heights(page: Any) -> dict[str, float]:
    """How far from the top of a page each piece of its text begins, in points."""
    found: dict[str, float] = {}

    def visit(text: str, matrix: Any, place: Any, *_font: object) -> None:
        y = place[4] * matrix[1] + place[5] * matrix[3] + matrix[5]
        found.setdefault(text.strip(), float(page.mediabox.height) - y)

    page.extract_text(visitor_text=visit)
    return found


def test_a_picture_keeps_to_its_row_on_paper(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A browser that may break a page lets a row grow to the height of its picture."""
    deck = tmp_path / "rows.md"
    deck.write_text(ROWS)
    (tmp_path / "wide.svg").write_text(WIDE)
    page = pypdf.PdfReader(io.BytesIO(export(monkeypatch, deck, "pdf"))).pages[1]
    below = next(y for text, y in heights(page).items() if text.startswith("Below"))
    # 540 points: a title of at most 90, then 40 of 100 parts of what is left for the picture
    assert 90 + 0.3 * 450 < below < 90 + 0.5 * 450
