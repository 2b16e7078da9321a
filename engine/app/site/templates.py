"""The HTML of the pages around the lectures: templates that escape whatever is put into them."""

import functools
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

FOLDER = Path(__file__).parent / "templates"


def fill(template: str, macro: str, *given: Any) -> str:
    """The HTML of one macro of `templates/{template}.html`, filled with these arguments."""
    return str(getattr(_environment().get_template(f"{template}.html").module, macro)(*given))


@functools.cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    made.filters["in_address"] = quote
    return made
