"""What the ledger of claims holds, content/claims.yaml, and that of a real model."""

from typing import Annotated, Any, ClassVar, Literal

import msgspec

from engine.deck.schema.expect_models import Expect
from engine.deck.schema.fields import FilledText, Model, Text, means

_REFERENCES = ("'references' is not a list of keys.", "Write [key, key] of content/references.bib.")


class CorrectionFields(Model):
    """What the lecture that we follow says wrongly."""

    unknown: ClassVar[str] = "A correction has no field '{key}'."
    text: Annotated[
        FilledText,
        means("what is right", "'correction' has a text and a source.", "Write 'text: …'."),
    ]
    source: Annotated[Text, means("key of content/references.bib")] = ""


class NullFields(Model):
    """The demonstration without what is claimed; it must not hold."""

    unknown: ClassVar[str] = "A null has no '{key}'."
    without: Annotated[Text, means("what is taken away, in words")] = ""
    params: Annotated[Any, means("parameters that take it away, in every run", is_own=True)] = None
    columns: Annotated[
        dict[str, str],
        means("a column, and the one to read in its place", fix="Write {{column: other}}."),
    ] = msgspec.field(default_factory=dict)
    axis: Annotated[
        Literal["linear"] | None, means("linear, in place of the logarithm of a line")
    ] = None
    none: Annotated[Text, means("of a theorem: why nothing can be taken away")] = ""


class DemoFields(Model):
    """A simulation that bears on the claim, and what its frames must show."""

    unknown: ClassVar[str] = "A demo has no '{key}'."
    sim: Annotated[str, means("name of the simulation", is_own=True)]
    expect: Expect
    params: Annotated[Any, means("values of its parameters", is_own=True)] = None
    vary: Annotated[Any, means("a list of values for each parameter that varies", is_own=True)] = (
        None
    )
    seeds: Annotated[
        int, means("so many", "'{value}' is not a count of seeds.", "Write 1 to 100.", ge=1, le=100)
    ] = 10
    figure: Annotated[Text, means("the measured figure in words, {} for the number")] = ""
    null: Annotated[
        NullFields | None,
        means(
            "the same without what is claimed",
            "'null' is not a mapping.",
            "Write {{without: …, params: …}}.",
        ),
    ] = None


class ClaimFields(Model):
    """A sentence of a lecture and where it stands."""

    unknown: ClassVar[str] = "A claim has no field '{key}'."
    examples: ClassVar[tuple[str, ...]] = (
        """\
- id: C300
  sentence: Exploring at a fixed rate loses at a fixed rate.
  slide: explore
  references: [sutton2018rl]
  status: corrected
  correction: {text: It loses in the long run., source: sutton2018rl}
  demo:
    sim: bandit
    params: {num_pulls: 1000}
    vary: {epsilon: [0.1, 0.5]}
    seeds: 5
    expect: {regret: {where: {method: epsilon_greedy}, rises: true}}
    figure: it loses {} wins
    "null": {without: exploring, params: {epsilon: 0}}
- id: C301
  sentence: k1 and k3 have one mean, the KL, and so do all that are built like them.
  slide: kl-estimators
  references: [schulman2020kl]
  status: shown in part
  part: k1 and k3 have one mean, the KL.
  demo:
    sim: kl_estimators
    expect: {k3_mean: {ends_near: {column: kl, within: 0.000001}}}
    "null": {without: the ratio the right way up, columns: {k3_mean: k3_flipped}}
- id: C302
  sentence: Each step of value iteration brings all values nearer to the truth.
  slide: mdp
  references: [sutton2018rl]
  status: theorem
  demo:
    sim: markov_chain
    params: {show: sweeps}
    expect: {error: never_rises}
    "null": {none: it is a contraction for every chain}
- id: C303
  sentence: Accuracy lies on a line in the logarithm of the compute.
  slide: rl-compute-live
  status: contested
  demo:
    sim: rl_scaling
    expect: {accuracy: {line_in: {column: num_rollouts, x: log, r2_at_least: 0.9}}}
    "null": {without: the logarithm, axis: linear}
""",
    )
    id: Annotated[FilledText, means("C and a number", "A claim has no {key}.")]
    sentence: Annotated[FilledText, means("what is claimed", "A claim has no {key}.")]
    slide: Annotated[FilledText, means("id of the slide that claims it", "A claim has no {key}.")]
    status: Annotated[
        Literal[
            "theorem",
            "shown here",
            "shown in part",
            "cited",
            "opinion",
            "contested",
            "unsourced",
            "corrected",
        ],
        means("how it stands", "There is no status '{value}'.", missing="A claim has no {key}."),
    ]
    references: Annotated[
        list[Annotated[str, means("", *_REFERENCES)]], means("works that say it", *_REFERENCES)
    ] = msgspec.field(default_factory=list)
    correction: Annotated[
        CorrectionFields | None,
        means(
            "of the lecture that we follow",
            "'correction' has a text and a source.",
            "Write {{text: …, source: …}}.",
        ),
    ] = None
    part: Annotated[
        Text, means("what the run shows, as a sentence, where that is not the whole claim")
    ] = ""
    demo: Annotated[
        DemoFields | None,
        means("what shows it", "'demo' is not a mapping.", "Write sim, params and expect."),
    ] = None


class RealClaimFields(Model):
    """A claim that is tried a second time, on a real language model."""

    unknown: ClassVar[str] = "A second demonstration has no field '{key}'."
    id: Annotated[FilledText, means("the claim's", "A second demonstration has no {key}.")]
    demo: Annotated[
        DemoFields,
        means(
            "what bears on it",
            "'demo' is not a mapping.",
            "Write sim, params and expect.",
            missing="A second demonstration has no {key}.",
        ),
    ]
