"""The frontmatter of a deck: its fields.

What colloquium takes and ignores is a warning at most, so the types are wide.
"""

from typing import Annotated, Any, ClassVar, Literal

import msgspec

from engine.deck.schema.fields import Model, Text, means

_LINES = ("'{key}' holds 'name: value' lines.", "Indent them below it.")
Ignored = Annotated[Any, means("of colloquium; it changes nothing here")]


class _Part(Model):
    is_lenient: ClassVar[bool] = True


class Fonts(_Part):
    """Names of fonts that the reader's machine has."""

    unknown: ClassVar[str] = "'fonts' has no field '{key}', so it does nothing."
    heading: Annotated[Any, means("of the headings")] = ""
    body: Annotated[Any, means("of the text")] = ""


class Zones(_Part):
    """The three zones of the footer."""

    unknown: ClassVar[str] = "'footer' has no field '{key}', so it does nothing."
    left: Annotated[Any, means("text, or an image, on the left")] = ""
    center: Annotated[Any, means("in the middle")] = ""
    right: Annotated[Any, means("on the right; auto: the number, as {n} of {N} in a text")] = ""
    logo_scale: Annotated[Any, means("factor of the size of an image there")] = 1


class Footer(Zones):
    """The footer of every slide."""

    section_break: Annotated[
        Zones | Any, means("other zones for slides of the layout section-break")
    ] = None


class ChapterBar(_Part):
    """The bar with one part for each chapter."""

    unknown: ClassVar[str] = "'chapter_bar' has no field '{key}', so it does nothing."
    labels: Annotated[Any, means("false: without names")] = True
    slides: Annotated[Any, means("all, or section-breaks")] = "all"
    progress: Annotated[Any, means("slides: filled slide by slide; chapters: at once")] = "slides"


class DeckFields(Model):
    """The YAML between the first two lines of `---`."""

    unknown: ClassVar[str] = "The frontmatter has no field '{key}', so it does nothing."
    is_lenient: ClassVar[bool] = True
    cutoff: ClassVar[float] = 0.75
    examples: ClassVar[tuple[str, ...]] = (
        """\
title: Policy gradients
author: A. Teacher
date: 2026-01-05
description: From REINFORCE to PPO, with runs
lang: en
slug: policy-gradients
bibliography: ../content/references.bib
citation_style: author-year
citation_order: appearance
figure_captions: true
fonts: {heading: Georgia, body: Arial}
footer:
  left: My course
  center: Lecture 2
  right: auto
  logo_scale: 1
  section_break: {left: "", center: "", right: "", logo_scale: 2}
chapters: true
chapter_bar: {labels: true, slides: all, progress: slides}
custom_css: ".slide h2 { letter-spacing: 0; }"
theme: default
aspect_ratio: "16:9"
url: https://example.org/lecture
share_image: card.png
pptx: {footer: ""}
""",
    )
    title: Annotated[Text, means("of the lecture")] = ""
    author: Annotated[Text, means("of the lecture; kept in the JSON of the deck, not shown")] = ""
    date: Annotated[Text, means("of the lecture; likewise")] = ""
    description: Annotated[Text, means("of the lecture, one sentence; likewise")] = ""
    lang: Annotated[Any, means("language of the slides, such as en; likewise")] = "en"
    slug: Annotated[Text, means("address of the lecture; made from the name of its file else")] = ""
    bibliography: Annotated[
        str,
        means(
            "path of a .bib file; content/references.bib else",
            "'bibliography' is the path of one .bib file.",
            "Write a path, or nothing.",
        ),
    ] = ""
    citation_style: Annotated[
        Literal["author-year", "numeric", "title-year"], means("how works are cited")
    ] = "author-year"
    citation_order: Annotated[
        Literal["auto", "appearance", "alphabetical"], means("order of the references")
    ] = "auto"
    figure_captions: Annotated[Any, means("true: the text of a single image is below it")] = False
    fonts: Annotated[Fonts, means("names of fonts", *_LINES)] = msgspec.field(default_factory=Fonts)
    footer: Annotated[Footer, means("the text at the foot of every slide", *_LINES)] = (
        msgspec.field(default_factory=Footer)
    )
    chapters: Annotated[Any, means("false: no chapters, although there are section breaks")] = True
    chapter_bar: Annotated[
        ChapterBar | Any, means("true, labels, bars, or its fields: a bar with the chapters")
    ] = None
    custom_css: Annotated[Any, means("CSS for this deck, or a .css file beside it")] = ""
    theme: Ignored = None
    aspect_ratio: Ignored = None
    url: Ignored = None
    share_image: Ignored = None
    pptx: Annotated[dict[str, Any], means("of colloquium; it changes nothing here", *_LINES)] = (
        msgspec.field(default_factory=dict)
    )
