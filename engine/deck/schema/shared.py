"""Types of fields that several models share."""

from typing import Annotated, Any, Literal, get_args

from engine.deck.schema.fields import Text, means

ID = Annotated[Text, means("the block's own name, for links and votes; made from the slide else")]
Title = Annotated[Text, means("the heading of the block")]
Height = Annotated[
    float, means("in pixels of a slide of 1280 x 720", fix="Write a number like 430.", gt=0)
]
Name = Annotated[str, means("", "{value!r} in '{key}' is not text.", "Write a name.")]
Names = str | list[Name]
Claims = Annotated[Names, means("claims of content/claims.yaml that the block shows")]
Params = Annotated[dict[str, Any], means("values of the simulation's parameters", is_own=True)]
Simulation = Annotated[str, means("name of the simulation", is_own=True)]
Source = Annotated[str, means("NAME of the file", is_own=True)]
Size = Annotated[Any, means("factor of the size of its text, such as 0.9", is_own=True)]
Ignored = Annotated[Any, means("of colloquium; it changes nothing here")]

# Colours of a series, tokens of assets/theme.css.
Named = Literal[
    "policy", "reference", "proxy", "gold", "chosen", "rejected", "accent", "ink", "soft"
]  # fmt: skip
NAMED: tuple[str, ...] = get_args(Named)
Colour = str | list[str]  # a name of these, or a CSS colour; Chart.js takes a list too
