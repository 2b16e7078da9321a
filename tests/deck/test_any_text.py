"""Any text is a deck: `parse` never raises, and what comes of it fits together."""

import json
import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.deck.document import document
from engine.deck.parse import parse
from tests import fuzzing
from tests.deck.test_parse import DECKS, TRICKY

_PIECES = [
    "---\n",
    "```",
    "~~~\n",
    "<!--",
    "-->",
    "$$",
    "$",
    "[@",
    "^[",
    "]",
    "{",
    "}",
    '"',
    "'",
    "\\",
    "\x00",
    "\ue000",
    "\ue001",
    "|||\n",
    "===\n",
    "<!-- step -->\n",
    "# ",
    "## ",
    "```box\n",
    "```sim\n",
    "- " * 30,
    "> " * 30,
    "&#xE000;",
    "<!-- columns: 99999999999 -->\n",
    "<div>",
    "</div>",
    "*",
    "_",
    "`",
    "\u2028",
    "\ud800",
    "\t",
    "    ",
    "![](",
    "](x)",
    "<!-- id: a -->",
    "title: [",
    "y: {a: &b 1, c: *b}\n",
    "<li>",
    "\\begin{x}",
    "\\frac{",
    "<!-- animate: blocks -->\n",
    ".nan",
    "2026-13-45",
    "![a](a\x00b.png)\n",
    "```chart\ndata: {datasets: [{data: [.nan, 1]}]}\n```\n",
    "```timeline\nsource: ../../x\n```\n",
    "```iframe\nsrc: http://[x\n```\n",
    "```conversation\nmessages: [1, {role: 2}]\n```\n",
    "{" * 600,
    "```timeline\nsource: [1]\n```\n",
    "<!-- footnotes: left -->",
    "[a](javascript:1)",
    "\\end{a: b}$",
]


def mutated(rng: random.Random, text: str) -> str:
    """A piece of a deck with some cuts, copies and insertions of what breaks parsers."""
    at = rng.randrange(len(text))
    text = text[max(0, at - 1200) : at + 1200]
    for _ in range(rng.randint(1, 10)):
        at, kind = rng.randrange(len(text) + 1), rng.random()
        if kind < 0.5:
            text = text[:at] + rng.choice(_PIECES) + text[at:]
        elif kind < 0.8:
            text = text[:at] + text[at + rng.randint(1, 40) :]
        else:
            start = rng.randrange(len(text) + 1)
            text = text[:at] + text[start : start + rng.randint(1, 60)] + text[at:]
    return text


@pytest.mark.parametrize("seed", range(12))
def test_mutated_decks_never_raise(seed: int) -> None:
    texts = [(DECKS / f"{name}.md").read_text() for name in ("layouts", "reveals", "elements")]
    rng = random.Random(seed)
    for _ in range(100):
        assert_holds_for_any(mutated(rng, rng.choice([*texts, TRICKY])))


@pytest.mark.parametrize(
    "text",
    [
        "<div>\n\na\n\n" * 3000,
        "> - " * 400 + "a",
        "[" * 900 + "a" + "](b)" * 900,
        "![" * 400 + "a" + "](b)" * 400,
        "**a " * 3000 + "**" * 3000,
        "^[" * 5000,
        "<!-- " * 5000,
        "{" * 5000,
        "x" * 250_000,
        "- a\n" + "".join("  " * depth + "- a\n" for depth in range(300)),
    ],
)
def test_deep_and_long_decks_never_raise(text: str) -> None:
    assert_holds_for_any(f"<!-- animate: bullets -->\n## T\n\n{text}\n\n<!-- step -->\n\nb\n")


# Text of any letters, lone halves of surrogate pairs too, between what means something to a parser.
_TEXTS = st.lists(
    st.sampled_from(_PIECES) | st.text(max_size=30) | st.sampled_from(["\ud800", "\x00", "\n"]),
    max_size=12,
).map("".join)


@pytest.mark.fuzz
@fuzzing.examples(150)
@given(_TEXTS)
@example("\ud800$\udfff$")
def test_any_text_is_a_deck(text: str) -> None:
    assert_holds_for_any(text)


def assert_holds_for_any(text: str) -> None:
    """What must be true of every text: it is a document, and its parts fit together."""
    deck = parse(text, DECKS / "any.md")
    found = document(deck)
    json.dumps(found, allow_nan=False).encode()
    ids = [slide["id"] for slide in found["slides"]]
    assert len(ids) == len(set(ids))
    for slide in found["slides"]:
        assert "\ue000" not in slide["html"]
        for step in range(1, slide["steps"] + 1):
            assert slide["html"].count(f'data-step="{step}"') == 1
    for one in found["problems"]:
        assert one["line"] >= 1
        assert one["column"] >= 1
        assert one["message"]
