"""The models of what authors write: each example is right, and each fault has its path."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Annotated, ClassVar, Literal

import msgspec
import pytest
import yaml

from engine.claims.ledger import load
from engine.deck import kinds
from engine.deck.schema.content_models import FILES, LISTED
from engine.deck.schema.deck_models import DeckFields
from engine.deck.schema.directive_names import DIRECTIVES
from engine.deck.schema.fields import Filled, Model, Text, means
from engine.deck.schema.validation import Fault, fields_of, fit
from engine.deck.source.directives import Directives, interpret
from engine.deck.source.scan import Comment
from engine.paths import CONTENT
from engine.publish.check import check
from tools.docs.__main__ import DOCS
from tools.docs.schemas import FOLDER as SCHEMAS

FENCES = {name: kinds.kind(name).model for name in kinds.NAMES}


class Part(Model):
    unknown: ClassVar[str] = "A part has no field '{key}'."
    size: Annotated[int, means("how large", "The size is {value!r}.", "Write 1 to 9.", ge=1, le=9)]
    scale: Annotated[Literal["linear", "log"], means("of it", is_folded=True)] = "linear"


class Whole(Model):
    unknown: ClassVar[str] = "The whole has no field '{key}'."
    title: Annotated[Filled, means("its name", "It needs a title.", "Write one.")]
    parts: Annotated[list[Part], means("its parts", min_length=1)] = msgspec.field(
        default_factory=list
    )
    names: dict[str, Text] = msgspec.field(default_factory=dict)
    flag: Annotated[bool, means("whether")] = False


@pytest.mark.parametrize(
    ("written", "faults"),
    [
        ({"title": "a", "parts": [{"size": 3}], "flag": True}, []),
        ({"title": 7, "flag": None}, []),  # an empty field is not written
        ({}, [Fault(("title",), "It needs a title.", "Write one.")]),
        ({"title": " "}, [Fault(("title",), "It needs a title.", "Write one.")]),
        (
            {"titel": "a", "title": "a"},
            [Fault(("titel",), "The whole has no field 'titel'.", "Did you mean 'title'?")],
        ),
        (
            {"title": "a", "flag": "yes"},
            [Fault(("flag",), "'flag' is 'yes'.", "Write true or false.")],
        ),
        ({"title": "a", "parts": []}, [Fault(("parts",), "'parts' is [].", "Write a list.")]),
        (
            {"title": "a", "names": {"b": [1]}},
            [Fault(("names", "b"), "'b' is [1].", "Write one line of text.")],
        ),
        (
            {
                "title": "a",
                "parts": [{"size": 0}, {"size": 2, "scale": "LOG"}, {"scale": "lag"}, 3],
            },
            [
                Fault(("parts", "0", "size"), "The size is 0.", "Write 1 to 9."),
                Fault(
                    ("parts", "2", "scale"),
                    "'lag' is not a value of 'scale'.",
                    "Did you mean 'log'?",
                ),
                Fault(("parts", "2", "size"), "'size' is missing.", "Write 1 to 9."),
                Fault(("parts", "3"), "'parts' is 3.", "Write 'name: value' lines."),
            ],
        ),
    ],
)
def test_every_fault_is_found_with_its_path(written: dict, faults: list[Fault]) -> None:
    assert fit(Whole, written)[1] == faults


def test_what_is_right_is_kept_as_it_is_written() -> None:
    written = {"title": 7, "flag": 3, "parts": [{"size": 2, "scale": " Log"}, {"size": "x"}, 3]}
    fitting = {"title": 7, "parts": [{"size": 2, "scale": "log"}, {}]}
    assert fit(Whole, written)[0] == fitting
    assert written["parts"][0]["scale"] == " Log"  # type: ignore[index]


@pytest.mark.parametrize("kind", FENCES)
def test_the_examples_of_a_fence_hold_every_field_and_no_fault(kind: str, tmp_path: Path) -> None:
    _content(tmp_path / "content")
    (tmp_path / "lectures").mkdir()
    deck = tmp_path / "lectures" / "01-talk.md"
    slides = [f"## T\n\n```{kind}\n{text}```\n" for text in FENCES[kind].examples]
    # What a sim block of the examples learns from.
    slides.append("## U\n\n```label\nid: which-answer\npairs: [{a: yes, b: no}]\n```\n")
    deck.write_text("---\ntitle: T\n---\n\n" + "\n---\n\n".join(slides))
    assert [one.message for one in check([deck])] == []
    assert not _without_example(
        FENCES[kind], [yaml.safe_load(one) for one in FENCES[kind].examples]
    )


def _content(folder: Path) -> None:
    """The project's content, and a timeline file with two lists."""
    (folder / "timelines").mkdir(parents=True)
    for path in CONTENT.iterdir():
        if path.name != "timelines":
            (folder / path.name).symlink_to(path)
    shutil.copytree(CONTENT / "timelines", folder / "timelines", dirs_exist_ok=True)
    entries = "- {year: 2012, title: AlexNet}\n"
    (folder / "timelines" / "two_fields.yaml").write_text(f"vision:\n{entries}text:\n{entries}")


def _without_example(model: type[Model], values: list[dict]) -> list[str]:
    """Fields of a model, and of the models in it, that no value has."""
    missing = []
    for name, (kind, _) in fields_of(model).items():
        found = [value[name] for value in values if name in value]
        parts = [one for one in kind.kinds if isinstance(one, type) and issubclass(one, Model)]
        for part in parts:
            missing += _without_example(part, found)
        missing += [] if found else [name]
        assert kind.about, f"{model.__name__}.{name} does not say what it means"
    return missing


def test_the_example_of_the_frontmatter_holds_every_field_and_no_fault(tmp_path: Path) -> None:
    _content(tmp_path / "content")
    (tmp_path / "lectures").mkdir()
    deck = tmp_path / "lectures" / "01-talk.md"
    deck.write_text(f"---\n{DeckFields.examples[0]}---\n\n# T\n")
    assert [one.message for one in check([deck])] == []
    assert not _without_example(DeckFields, [yaml.safe_load(DeckFields.examples[0])])


@pytest.mark.parametrize("name", FILES)
def test_the_examples_of_a_file_hold_every_field_and_no_fault(name: str) -> None:
    model = FILES[name]
    found = yaml.safe_load(model.examples[0])
    assert isinstance(found, list) == (name in LISTED)
    items = found if isinstance(found, list) else [found]
    assert [fault for item in items for fault in fit(model, item)[1]] == []
    assert not _without_example(model, items)


def test_the_example_of_a_claim_is_sound(tmp_path: Path) -> None:
    (tmp_path / "claims.yaml").write_text(FILES["claims"].examples[0])
    assert load(tmp_path / "claims.yaml").problems == []


@pytest.mark.parametrize("name", DIRECTIVES)
def test_the_example_of_a_directive_is_obeyed(name: str) -> None:
    one = DIRECTIVES[name]
    for value in (one.example, *one.values):
        found = interpret([Comment(f"{name}: {value}", 0, 0, 0, 9)])
        assert found.problems == []
        assert found != replace(Directives(), lines=found.lines) or value in ("false", "content")
    assert one.about
    assert one.example in one.values or not one.values


def test_every_directive_field_and_fence_is_in_the_guide() -> None:
    guide = (DOCS / "authors-guide.md").read_text(encoding="utf-8")
    for name in (*DIRECTIVES, "step"):
        assert f"`<!-- {name}" in guide
    for kind, model in FENCES.items():
        section = guide.split(f"\n### {kind}\n")[1].split("\n### ")[0]
        assert all(f"| `{name}` |" in section for name in fields_of(model))
        assert all(example in section for example in model.examples)
    assert all(f"| `{name}` |" in guide.split("## Directives")[0] for name in fields_of(DeckFields))


@pytest.mark.parametrize("name", ["frontmatter", *FENCES])
def test_schemas_hold_the_examples(name: str) -> None:
    schema = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
    [top] = [part for part in schema["$defs"].values() if part["title"] == _title(name)]
    model = DeckFields if name == "frontmatter" else FENCES[name]
    assert set(top["properties"]) == set(fields_of(model))
    assert set(top["required"]) == {key for key, (_, must) in fields_of(model).items() if must}


def _title(name: str) -> str:
    return (DeckFields if name == "frontmatter" else FENCES[name]).__name__
