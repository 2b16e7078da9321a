"""What authors may write, from the models that `practicum check` holds it to."""

import inspect
from collections.abc import Iterator
from typing import Any, get_origin

from engine.deck import kinds
from engine.deck.schema import expect_models
from engine.deck.schema.content_models import FILES
from engine.deck.schema.course_models import CHECKS, CourseFields
from engine.deck.schema.deck_models import DeckFields
from engine.deck.schema.directive_names import DIRECTIVES
from engine.deck.schema.fields import Model
from engine.deck.schema.validation import FieldType, fields_of, take_apart
from tools.docs.sections import cell

PLACES = {
    "glossary": "content/glossary.yaml",
    "timelines": "content/timelines/NAME.yaml",
    "transcript": "content/transcript.yaml",
    "published-header": "content/published/NAME.yaml",
    "claims": "content/claims.yaml",
}
_WORDS = {bool: "true, false", int: "whole number", float: "number", str: "text"}


def frontmatter() -> str:
    """The fields of the frontmatter, and an example that has them all."""
    example = f"```yaml\n---\n{DeckFields.examples[0]}---\n```"
    return f"{_table(DeckFields)}\n\n{example}"


def settings() -> str:
    """The settings of a course, and what a check may be called in its table `check`."""
    rows = ["| check | what it finds |", "|---|---|"]
    rows += [f"| `{name}` | {cell(about)} |" for name, about in CHECKS.items()]
    return f"{_table(CourseFields)}\n\n" + "\n".join(rows)


def directives() -> str:
    """A row for each directive."""
    rows = ["| directive | values | what it does |", "|---|---|---|"]
    for name, one in DIRECTIVES.items():
        values = ", ".join(f"`{value}`" for value in one.values)
        about = one.about + ("; may be repeated" if one.is_repeated else "")
        rows.append(f"| `<!-- {name}: {one.example} -->` | {values} | {cell(about)} |")
    return "\n".join(rows)


def fences() -> str:
    """A heading for each fence, its fields and its examples."""
    parts = []
    for name in kinds.NAMES:
        model = kinds.kind(name).model
        examples = "\n".join(f"```{name}\n{text}```\n" for text in model.examples)
        shown = f"````markdown\n{examples.strip()}\n````"
        parts.append(f"### {name}\n\n{inspect.getdoc(model)}\n\n{_table(model)}\n\n{shown}")
    return "\n\n".join(parts)


def content() -> str:
    """A heading for each kind of file in content/, its fields and an example."""
    parts = []
    for name, model in FILES.items():
        shown = f"```yaml\n{model.examples[0]}```"
        parts.append(f"### {PLACES[name]}\n\n{inspect.getdoc(model)}\n\n{_table(model)}\n\n{shown}")
    return "\n\n".join(parts)


def expectations() -> str:
    """Every test of `expect`, and what it is given."""
    parts = [_table(expect_models.Expectation)]
    for model in (expect_models.Relation, expect_models.Correlation, expect_models.StraightLine):
        parts.append(f"{inspect.getdoc(model)}\n\n{_table(model)}")
    return "\n\n".join(parts)


def _table(model: type[Model]) -> str:
    rows = ["| field | values | what it is |", "|---|---|---|"]
    rows += [f"| `{name}` | {values} | {cell(about)} |" for name, values, about in _rows(model, "")]
    return "\n".join(rows)


def _rows(model: type[Model], before: str) -> Iterator[tuple[str, str, str]]:
    for name, (kind, is_needed) in fields_of(model).items():
        needed = "" if not is_needed else " (needed)"
        yield f"{before}{name}", _values(kind), f"{kind.about}{needed}"
        for part in _models(kind) if model is not expect_models.Expectation else ():
            yield from _rows(part, f"{before}{name}.")


def _models(kind: FieldType) -> Iterator[type[Model]]:
    """The models that a field holds, itself or in a list."""
    for one in kind.kinds:
        if isinstance(one, type) and issubclass(one, Model):
            yield one
        elif get_origin(one) is list:
            yield from _models(take_apart(one.__args__[0]))


def _values(kind: FieldType) -> str:
    if kind.words:
        return ", ".join(f"`{word}`" for word in kind.words)
    if {str, int, float, bool} <= set(kind.kinds):
        return "text"
    return " or ".join(dict.fromkeys(filter(None, map(_kind, kind.kinds))))


def _kind(one: Any) -> str:
    if get_origin(one) in (list, dict):
        return "list" if get_origin(one) is list else "`name: value` lines"
    return _WORDS.get(one, "" if one is Any else "`name: value` lines")
