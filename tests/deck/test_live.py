"""Live blocks are checked against the simulations and the data they name."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sims import spec

Build = Callable[[str], dict[str, Any]]
Faults = Callable[[str], list[tuple[int, int, str, str]]]

SIMULATION = """
from collections.abc import Iterator
from dataclasses import dataclass
from sims.spec import Frame, param

@dataclass(frozen=True)
class Params:
    beta: float = param(0.1, low=0.0, high=2.0, unit="nats", help="KL coefficient")
    algorithm: str = param("ppo", choices=("ppo", "reinforce"))
    num_steps: int = param(200, low=10, high=2000, step=10)
    seed: int = param(0, low=0, high=100)

def run(params: Params) -> Iterator[Frame]:
    yield {"step": 0}
"""

ASKING = """
class Params:
    rater: str = param("synthetic", choices=("synthetic", "viewer"))
    labels: str = param("")
    num_comparisons: int = param(4, low=4, high=8, step=4)
    seed: int = param(0, low=0, high=100)

def run(params): ...
"""


@pytest.fixture(autouse=True)
def _simulations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder `sims` with two simulations, so that these tests know its parameters."""
    sims = tmp_path / "sims"
    sims.mkdir()
    (sims / "toy.py").write_text(SIMULATION)
    (sims / "asks.py").write_text(ASKING)
    monkeypatch.setattr(spec, "HERE", sims)


def sim(text: str) -> str:
    return f"## T\n\n```sim\n{text}\n```\n"


def test_a_sim_block_is_filled_in(build: Build) -> None:
    text = (
        "sim: toy\nid: kl\nparams: {beta: 1}\ncontrols: [beta, seed]\n"
        "chart: {x: kl, y: reward}\nclaims: [C1]"
    )
    [block] = build(sim(text))["slides"][0]["blocks"]
    assert (block["kind"], block["id"], block["line"]) == ("sim", "kl", 3)
    data = block["data"]
    assert data["params"] == {"beta": 1.0, "algorithm": "ppo", "num_steps": 200, "seed": 0}
    assert data["controls"] == ["beta", "seed"]
    assert (data["chart"], data["claims"]) == ({"x": "kl", "y": ["reward"]}, ["C1"])
    first = data["fields"][0]
    assert (first["name"], first["low"], first["high"], first["unit"]) == ("beta", 0.0, 2.0, "nats")
    assert data["fields"][2]["label"] == "num steps"
    assert data["fields"][1]["choices"] == ["ppo", "reinforce"]


def test_a_vote_is_shown_beside_one_of_the_lecture(faults: Faults) -> None:
    vote = "```vote\nquestion: q\noptions: [a, b]\n"
    deck = f"## T\n\n{vote}before: frist\n```\n\n{vote}id: first\n```\n"
    [found] = faults(deck)
    assert (found[0], found[2]) == (6, "There is no vote block 'frist' in this lecture.")
    assert not faults(deck.replace("frist", "first"))


def test_its_place_is_in_the_slide(build: Build) -> None:
    html = build(sim("sim: toy"))["slides"][0]["html"]
    assert '<div class="live live--sim" data-block="t-sim" data-kind="sim"></div>' in html


@pytest.mark.parametrize(
    ("text", "line", "column", "message", "fix"),
    [
        ("sim: tyo", 4, 1, "no simulation 'tyo'", "'toy'"),
        ("params: {}", 4, 1, "needs 'sim: NAME'", "toy"),
        ("sim: toy\nparams: {bta: 1}", 5, 10, "no parameter 'bta'", "'beta'"),
        ("sim: toy\nparams:\n  beta: 3", 6, 3, "beta is 3.0, above its greatest value 2.0", ""),
        ("sim: toy\nparams: {beta: -1}", 5, 10, "below its least value 0.0", ""),
        ("sim: toy\nparams: {beta: much}", 5, 10, "must be a number", ""),
        ("sim: toy\nparams: {algorithm: pppo}", 5, 10, "not one of its choices", "'ppo'"),
        ("sim: toy\nparams: [1]", 5, 1, "'name: value'", ""),
        ("sim: toy\ncontrols: [beta, sede]", 5, 18, "no parameter 'sede' to control", "'seed'"),
        ("sim: toy\ncontrols: [1]", 5, 12, "is not text", ""),
        ("sim: toy\nroom: pairs", 5, 1, "toy learns from no room", "room_preferences"),
        ("sim: toy\nroom: 3", 5, 1, "not an id of a label block", "room: ID"),
        ("sim: toy\nchart: {x: 1}", 5, 9, "chart column 1 is not text", ""),
        ("sim: toy\nchart: {y: [a, 2]}", 5, 16, "chart column 2 is not text", ""),
        ("sim: toy\nchart: {x_scale: lag}", 5, 9, "'lag' is not a scale", "'log'"),
        ("sim: toy\nchart: {y_range: 3}", 5, 9, "range of the axis is 3", "two numbers"),
        ("sim: toy\nchart: {y_range: [1, 0]}", 5, 9, "range of the axis is [1", "two numbers"),
        ("sim: toy\nchart: {y_range: [1]}", 5, 9, "range of the axis is [1", "two numbers"),
        ("sim: toy\nchart: {y_scale: log, y_range: [0, 1]}", 5, 23, "of the axis is [0", "two"),
        ("sim: toy\nchart: {target: high}", 5, 9, "'high' is not a number", ""),
        ("sim: toy\nchart: {xlabel: a}", 5, 9, "no field 'xlabel'", "'x_label'"),
        ("sim: toy\nparam: {}", 5, 1, "no field 'param'", "'params'"),
        ("sim: toy\nseeds: many", 5, 1, "'many' is not a count", ""),
        ("sim: [toy", 4, 10, "not YAML", ""),
        ("- toy", 4, 1, "'name: value'", ""),
    ],
)
def test_slips_in_sim_blocks(
    faults: Faults, text: str, line: int, column: int, message: str, fix: str
) -> None:
    [found] = faults(sim(text))
    assert message in found[2]
    assert fix in found[3]
    assert found[0] == line
    if "YAML" not in message and text != "- toy":
        assert found[1] == column


COLUMNS = """
class Columns:
    kl: float = column("far", unit="nats")
    reward: float = column("earned")
    method: str = column("of learning")
    poses: list = column("for the scene")
    sharp: float = column("of the tip", when={"algorithm": ("reinforce",)})
"""


@pytest.fixture
def _columns(tmp_path: Path) -> None:
    text = SIMULATION.replace("Frame, param", "Frame, column, param")
    text = text.replace("def run", COLUMNS + "\ndef run")
    (tmp_path / "sims" / "toy.py").write_text(text)


@pytest.mark.usefixtures("_columns")
@pytest.mark.parametrize(
    ("chart", "column", "message", "fix"),
    [
        ("{x: kll, y: reward}", 9, "toy has no column 'kll'.", "Did you mean 'kl'?"),
        ("{x: kl, y: rewrad}", 16, "toy has no column 'rewrad'.", "'reward'"),
        ("{y: [kl, rewrad]}", 17, "toy has no column 'rewrad'.", "'reward'"),
        ("{y: kl, group: metod}", 16, "toy has no column 'metod'.", "'method'"),
        ("{y: zzz}", 9, "toy has no column 'zzz'.", "There are: kl, method, poses, progress"),
        ("{x: method, y: kl}", 9, "'method' holds texts, which have no place", "numbers"),
        ("{y: poses}", 9, "'poses' holds lists, which have no place", "numbers"),
        ("{y: kl, group: poses}", 16, "'poses' holds lists, which separate no", "or of texts"),
        ("{y: sharp}", 9, "no column 'sharp' where algorithm is 'ppo'.", "is reinforce"),
        ("{y: kl, labels: {klx: KL}}", 25, "no column 'klx' to label", "'kl'"),
    ],
)
def test_a_column_that_the_simulation_does_not_have(
    faults: Faults, chart: str, column: int, message: str, fix: str
) -> None:
    [found] = faults(sim(f"sim: toy\nchart: {chart}"))
    assert found[:2] == (5, column)
    assert message in found[2]
    assert fix in found[3]


@pytest.mark.usefixtures("_columns")
def test_a_chart_says_what_its_columns_mean(build: Build) -> None:
    text = "sim: toy\nparams: {algorithm: reinforce}\nchart: {y: [kl, sharp], group: method,"
    deck = build(sim(f"{text} labels: {{ppo: PPO}}}}"))
    assert deck["problems"] == []
    [block] = deck["slides"][0]["blocks"]
    assert block["data"]["columns"] == {
        "kl": {"unit": "nats", "meaning": "far"},
        "sharp": {"unit": "", "meaning": "of the tip"},
        "method": {"unit": "", "meaning": "of learning"},
    }


def test_a_near_miss_of_a_block_name_is_a_warning(build: Build) -> None:
    deck = build("## T\n\n```simm\nsim: toy\n```\n\n```python\nx\n```\n\n```mermaid\ny\n```\n")
    [problem] = deck["problems"]
    assert (problem["severity"], problem["line"], problem["column"]) == ("warning", 3, 4)
    assert problem["fix"] == "Did you mean 'sim'?"
    assert deck["slides"][0]["blocks"] == []


def test_a_changed_simulation_is_read_again(build: Build, tmp_path: Path) -> None:
    assert build(sim("sim: toy\nparams: {beta: 1}"))["problems"] == []
    changed = SIMULATION.replace("high=2.0", "high=0.5")
    (tmp_path / "sims" / "toy.py").write_text(changed)
    assert len(build(sim("sim: toy\nparams: {beta: 1}"))["problems"]) == 1


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        ("vote", "options: [a, b]", "needs a question"),
        ("vote", "question: q", "two options"),
        ("vote", "question: q\nanswer: number\nlow: 3\nhigh: 3", "least and its greatest"),
        ("vote", "question: q\nanswer: essay", "no answer 'essay'"),
        ("label", "question: q", "needs pairs"),
        ("label", "sim: toy", "toy asks nobody"),
        ("label", "sim: tyo", "no simulation 'tyo'"),
        ("label", "sim: asks\nparams: {num_comparisons: 9}", "above its greatest value 8"),
        ("label", "sim: asks\nagainst: {reward: written}", "asks has no parameter 'reward'"),
        ("play", "play: chess", "no game 'chess'"),
        ("published", "source: nosuch", "no file content/published/nosuch.yaml"),
    ],
)
def test_slips_in_other_blocks(faults: Faults, kind: str, text: str, message: str) -> None:
    [found] = faults(f"## T\n\n```{kind}\n{text}\n```\n")
    assert message in found[2]


def test_good_blocks_of_every_kind_have_no_problems(build: Build, folder: Path) -> None:
    published = folder.parent / "content" / "published"
    published.mkdir()
    (published / "gao.csv").write_text("series,x,y\ngold,0,1\n")
    (published / "gao.yaml").write_text(
        "source: bradley1952rank\nwhere: W\nhow_obtained: text\naccuracy: A\ny_label: Y\n"
    )
    text = (
        "```vote\nquestion: q\noptions: [a, b]\n```\n\n```label\npairs:\n"
        "- {prompt: p, a: x, b: y}\n```\n\n"
        "```play\nplay: cartpole\n```\n\n```published\nsource: gao\n```\n"
    )
    deck = build(f"## T\n\n{text}")
    assert deck["problems"] == []
    kinds = [block["kind"] for block in deck["slides"][0]["blocks"]]
    assert kinds == ["vote", "label", "play", "published"]
    content = deck["slides"][0]["blocks"][3]["data"]["content"]
    assert content["series"] == [{"label": "gold", "points": [[0, 1]]}]


def test_texts_are_what_the_author_wrote(build: Build) -> None:
    text = (
        "```label\ntitle: No\nquestion: 1.10\npairs:\n- {a: 007, b: 1e3, prompt: 2.50}\n"
        "- {a: yes, b: 0x10}\n```\n\n"
        "```vote\nquestion: q\ntitle: 2.0\noptions: [1.10, ~, no]\n```\n"
    )
    first, second = build(f"## T\n\n{text}")["slides"][0]["blocks"]
    assert (first["data"]["title"], first["data"]["question"]) == ("No", "1.10")
    assert first["data"]["pairs"] == [
        {"a": "007", "b": "1e3", "prompt": "2.50"},
        {"a": "yes", "b": "0x10"},
    ]
    assert (second["data"]["title"], second["data"]["options"]) == ("2.0", ["1.10", "no"])
    [chart] = build(sim("sim: toy\nchart: {target: 1.10, target_label: 1.10, labels: {no: 2.0}}"))[
        "slides"
    ][0]["blocks"]
    assert chart["data"]["chart"]["target"] == 1.1
    assert chart["data"]["chart"]["target_label"] == "1.10"
    assert (
        '<div class="colloquium-box-title">1.10<'
        in build("## T\n\n```box\ntitle: 1.10\n```\n")["slides"][0]["html"]
    )


def test_a_label_block_knows_both_of_its_runs(build: Build) -> None:
    text = "sim: asks\nparams: {num_comparisons: 8}\nagainst: {rater: viewer}\nclaims: [C57]"
    deck = build(f"## T\n\n```label\n{text}\n```\n")
    assert deck["problems"] == []
    data = deck["slides"][0]["blocks"][0]["data"]
    assert data["params"] == {"rater": "synthetic", "labels": "", "num_comparisons": 8, "seed": 0}
    assert data["against"] == {**data["params"], "rater": "viewer"}
    assert data["claims"] == ["C57"]
