"""What `practicum.toml` holds: the settings of one course."""

from typing import Annotated, ClassVar, Literal

import msgspec

from engine.deck.schema.fields import Model, means

# What `practicum check` looks for, and what each finding is unless a course says otherwise. A
# finding of `deck` means that something cannot be shown: it is always as severe as it is said.
CHECKS: dict[str, str] = {
    "citation": "a cited work that the bibliography does not have",
    "bibliography": "an entry that is broken or there twice",
    "unused-work": "an entry that no slide cites",
    "link": "a link to a slide, lecture or page that is not there",
    "image": "a picture that cannot be shown",
    "alt-text": "a picture without a description",
    "no-title": "a slide without a title",
    "sentence-case": "a title With Capitals On Every Word",
    "spelling": "a term of the glossary that is written in another way",
    "order": "a term that is used before it is defined",
    "notes": "a slide without speaker notes, or a live one whose notes name no key",
    "minutes": "a slide without a planned time",
    "budget": "a live block that may take longer than its slide is planned to last",
    "claim": "a claim that does not meet its slide, work or simulation",
    "fit": "a slide whose content does not fit",
    "overlap": "two parts of a slide that overlap",
    "contrast": "text that is hard to read on its background",
    "glyph": "a character that no font of the page has",
}
Severity = Literal["error", "warning", "off"]


class Colours(Model):
    """Colours of the slides by their names in assets/theme.css; what is not named stays."""

    unknown: ClassVar[str] = "There is no table '{key}' of colours."
    light: Annotated[dict[str, str], means("on light slides", "'{key}' is not a colour.")] = (
        msgspec.field(default_factory=dict)
    )
    dark: Annotated[dict[str, str], means("on dark slides", "'{key}' is not a colour.")] = (
        msgspec.field(default_factory=dict)
    )


_TEXT = ("'{key}' is {value!r}.", "Write text in quotes.")
_URL = r"^(https?://[\w.~:/?#@!$&*+,;=%-]+)?$"
_NO_URL = (
    "'{value}' is not an address.",
    'Write an address such as "https://github.com/OWNER/NAME".',
)


class CourseFields(Model):
    """The settings of a course, in `practicum.toml` beside its decks or in the folder above."""

    unknown: ClassVar[str] = "practicum.toml has no setting '{key}'."
    title: Annotated[str, means("of the course, on the list of its lectures", *_TEXT)] = ""
    description: Annotated[str, means("one or two sentences below the title", *_TEXT)] = ""
    repository: Annotated[
        str, means("where the course is developed: slides link to it", *_NO_URL, pattern=_URL)
    ] = ""
    branch: Annotated[
        str, means("that changes of readers are made to", *_TEXT, pattern=r"^[\w./-]*$")
    ] = "main"
    base_url: Annotated[
        str, means("where the exported site is published", *_NO_URL, pattern=_URL)
    ] = ""
    bibliography: Annotated[str, means("the .bib file of decks that name none", *_TEXT)] = ""
    theme: Annotated[
        Colours, means("colours of the slides", fix="Write [theme.light] and its colours.")
    ] = msgspec.field(default_factory=Colours)
    check: Annotated[
        dict[
            str,
            Annotated[
                Severity,
                means("", "'{key}' is '{value}'.", 'Write "error", "warning" or "off".'),
            ],
        ],
        means("how severe each finding of `practicum check` is", fix="Write [check]."),
    ] = msgspec.field(default_factory=dict)
