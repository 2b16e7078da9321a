"""YAML that JSON, Python or a browser cannot carry, in every place where a deck reads YAML."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from engine import cli
from engine.deck.source import yamltext
from engine.deck.source.yamltext import read
from engine.publish.check import check

HUGE = "9" * 4301
REFUSED = {
    HUGE: "too large",
    f"0x{'f' * 5000}": "too large",
    f"0b{'1' * 20000}": "too large",
    "9007199254740992": "too large",
    "-9007199254740992": "too large",
    "!!python/object/apply:os.system [ls]": "tags",
    "!!binary aGk=": "tags",
    "!!set {a, b}": "tags",
    "!!timestamp 2026-01-05": "tags",
    "!mine x": "tags",
    "&a [1]": "anchors",
}
KEPT = {
    "12:30": "12:30",
    "1:30.5": "1:30.5",
    "007": "007",
    "2026-13-45": "2026-13-45",
    "2026-1-5": "2026-1-5",
    "2026-01-05 10:00:00": "2026-01-05 10:00:00",
    "0x1F": 31,
    "0b101": 5,
    "1_000": 1000,
    "9007199254740991": 2**53 - 1,
    "0x": "0x",
    "0x_": "0x_",
    "=": "=",
    ".nan": "nan",
    "-.inf": "-inf",
    "1.0e+999": "inf",
    '"\\uD83D x"': None,  # half a character: refused or replaced, never carried
}


@pytest.mark.parametrize("value", REFUSED)
def test_a_value_that_cannot_be_carried_is_a_fault_at_its_place(value: str) -> None:
    for text, line in ((f"ok: 1\na: {value}", 1), (f"ok:\n  - 1\n  - {value}", 2)):
        fault = read(text).fault
        assert fault is not None
        assert REFUSED[value] in fault.message
        assert fault.line == line
        assert len(fault.message) < 160


@pytest.mark.parametrize("key", ["9007199254740992", f"0x{'f' * 65}", "!!binary aGk=", "!mine x"])
def test_a_key_is_refused_too(key: str) -> None:
    fault = read(f"ok: 1\n{key}: 2").fault
    assert fault is not None
    assert REFUSED.get(key, "too large") in fault.message
    assert fault.line == 1


def test_half_a_character_is_replaced_where_pyyaml_has_no_c_library(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(yamltext, "_LOADER", yaml.SafeLoader)
    assert read('half: ["\\uD83D x"]').value == {"half": ["? x"]}


@pytest.mark.parametrize("value", KEPT)
def test_a_value_is_kept_as_it_stands(value: str) -> None:
    found = read(f"a: {value}")
    json.dumps(found.value, allow_nan=False, ensure_ascii=False).encode()
    if KEPT[value] is not None:
        assert found.value == {"a": KEPT[value]}


# where a deck, or a file that it draws on, holds YAML
PLACES = {
    "frontmatter": "---\ntitle: T\nx: {v}\n---\n\n## One\n",
    "sim": "## One\n\n```sim\nsim: cartpole\nparams: {{seed: {v}}}\n```\n",
    "sim field": "## One\n\n```sim\nsim: cartpole\nheight: {v}\n```\n",
    "box": "## One\n\n```box\ntone: accent\ncontent: {v}\n```\n",
    "chart": "## One\n\n```chart\ndata:\n  datasets:\n    - data: [1, {v}]\n```\n",
    "conversation": "## One\n\n```conversation\nmessages:\n  - role: user\n    content: {v}\n```\n",
    "quiz": "## One\n\n```quiz\nquestion: {v}\nchoices: [a, b]\nanswer: A\nwhy: c\n```\n",
    "vote": "## One\n\n```vote\nquestion: q\noptions: [a, {v}]\n```\n",
    "label": "## One\n\n```label\npairs:\n  - {{a: {v}, b: y}}\n```\n",
    "timeline": "## One\n\n```timeline\nsource: models\nfrom: {v}\n```\n",
    "play": "## One\n\n```play\nseed: {v}\n```\n",
    "builtwith": "## One\n\n```builtwith\nstars: {v}\n```\n",
    "iframe": "## One\n\n```iframe\nsrc: https://x.org\nheight: {v}\n```\n",
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("value", [HUGE, "!!binary aGk=", "&a [1]"])
def test_check_is_red_and_the_deck_is_json(
    folder: Path, capsys: pytest.CaptureFixture[str], place: str, value: str
) -> None:
    path = folder / "a.md"
    path.write_text(PLACES[place].format(v=value))
    line = next(n for n, text in enumerate(path.read_text().split("\n"), 1) if value in text)
    errors = [one for one in check([path]) if one.severity == "error"]
    assert [(one.line, one.file) for one in errors] == [(line, str(path))]
    assert cli.main(["deck", "--json", str(path)]) == 0
    printed = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert printed["slides"][-1]["id"] == "one"


@pytest.mark.parametrize("value", [".nan", ".inf", "-.inf", "1.0e+999"])
@pytest.mark.parametrize("place", PLACES)
def test_numbers_that_are_none_never_reach_json(
    folder: Path, capsys: pytest.CaptureFixture[str], place: str, value: str
) -> None:
    path = folder / "a.md"
    path.write_text(PLACES[place].format(v=value))
    assert cli.main(["deck", "--json", str(path)]) == 0
    json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    if place in ("sim", "chart"):
        assert any(one.severity == "error" for one in check([path]))


FILES = {
    "timelines/models.yaml": ("- {{year: 2017, title: {v}, refs: []}}\n", "timeline", "models"),
    "published/p.yaml": ("source: {v}\n", "published", "p"),
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("value", [HUGE, "!!binary aGk="])
def test_files_that_a_block_draws_on(folder: Path, name: str, value: str) -> None:
    text, kind, source = FILES[name]
    file = folder.parent / "content" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(text.format(v=value))
    (file.parent / f"{source}.csv").write_text("series,x,y\na,1,2\n")
    path = folder / "a.md"
    path.write_text(f"## One\n\n```{kind}\nsource: {source}\n```\n")
    assert [one for one in check([path]) if one.severity == "error"]


@pytest.mark.parametrize("name", ["glossary.yaml", "transcript.yaml", "timelines/models.yaml"])
def test_a_data_file_that_is_not_utf_8_is_said(folder: Path, name: str) -> None:
    (folder.parent / "content" / name).write_bytes(b"- term: a\n  text: Gru\xdf\n")
    path = folder / "a.md"
    path.write_text("## One\n\n```timeline\nsource: models\n```\n")
    said = [one.message for one in check([path])]
    assert any("not UTF-8" in one for one in said)


WRITTEN: dict[str, Any] = {
    "Yes": "Yes",
    "no": "no",
    "1.10": "1.10",
    "12:30": "12:30",
    "0x1F": "0x1F",
}


@pytest.mark.parametrize("value", WRITTEN)
def test_what_an_author_writes_is_shown(folder: Path, value: str) -> None:
    from engine.deck.document import load

    path = folder / "a.md"
    path.write_text(
        f"---\ntitle: {value}\n---\n\n## One\n\n```vote\nquestion: q\noptions: [{value}, b]\n```\n"
        f"\n```quiz\nquestion: q\nchoices: [{value}, other]\nanswer: {value}\nwhy: c\n```\n"
    )
    made = load(path)
    assert made["title"] == WRITTEN[value]
    assert made["slides"][0]["blocks"][0]["data"]["options"][0] == WRITTEN[value]
    assert f"<span>{WRITTEN[value]}</span>" in made["slides"][0]["html"]
    assert made["problems"] == []
