"""Names and colours as the slides have them: what engine/app/web/lib/format.js does, for Python."""

import re

from engine.palette import colours

INITIALS = {
    "ppo", "dpo", "ipo", "kto", "grpo", "rloo", "sft", "kl", "rl", "rm", "gae", "lqr", "reinforce",
    "rlvr",
}  # fmt: skip
_MEANINGS = (
    ("proxy", r"proxy"),
    ("gold", r"gold|true[ _]reward"),
    ("chosen", r"chosen"),
    ("rejected", r"rejected"),
    ("reference", r"(^|[^a-z])(reference|ref([ _]|$)|base model)"),
)


def words(name: str) -> str:
    """`reinforce_baseline` as words: "REINFORCE baseline"."""
    return " ".join(word.upper() if word in INITIALS else word for word in name.split("_"))


def meaning(name: str) -> str:
    """The palette name that a series has in every lecture, judged by its name."""
    text = name.lower()
    return next((colour for colour, sign in _MEANINGS if re.search(sign, text)), "policy")


def colour_in(colour: str, dark: bool) -> str:
    """A name of the palette as CSS writes it; any other colour as it is."""
    return colours(dark=dark).get(colour, colour)


def faded(colour: str, alpha: float) -> str:
    """A colour `#rrggbb` with an alpha; any other notation as it is."""
    parts = re.fullmatch(r"#(..)(..)(..)", colour)
    if not parts:
        return colour
    red, green, blue = (int(part, 16) for part in parts.groups())
    return f"rgba({red}, {green}, {blue}, {alpha:g})"


def escaped(text: object) -> str:
    """Text that is safe inside Plotly's little HTML."""
    return str(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
