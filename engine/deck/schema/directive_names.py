"""Every directive: what it means, what it may be, and an example."""

from dataclasses import dataclass

LAYOUTS = (
    "title", "title-left", "title-sidebar", "title-banner", "content", "section-break",
    "two-column", "image-left", "image-right", "code",
)  # fmt: skip
_SIDES = ("left", "center", "right")
_HEIGHTS = ("top", "center", "bottom")
_FLAGS = ("true", "false")


@dataclass(frozen=True)
class Directive:
    """A `<!-- key: value -->` comment. With `values` it is one of these words; with `stem` they
    become a class of the slide, `stem-value`; `is_repeated` may stand more than once."""

    about: str
    example: str
    values: tuple[str, ...] = ()
    stem: str = ""
    is_repeated: bool = False


DIRECTIVES: dict[str, Directive] = {
    "id": Directive("name of the slide in addresses; made from its title else", "baseline"),
    "alias": Directive("a former name, which still leads here", "old-name", is_repeated=True),
    "layout": Directive("how the slide is built", "section-break", LAYOUTS),
    "columns": Directive("shares of the columns, which a line `|||` separates", "45/55"),
    "rows": Directive("shares of the rows, which a line `===` separates", "35/65"),
    "row-columns": Directive(
        "columns of the row that contains it, separated by `|||`", "50/50", is_repeated=True
    ),
    "title": Directive(
        "where the title is; hidden: not at all", "center", ("top", "center", "hidden"), "title"
    ),
    "eyebrow": Directive("a line above the title", "Part 2"),
    "align": Directive("of the text", "center", _SIDES, "align"),
    "valign": Directive("of the content in its height", "center", _HEIGHTS, "valign"),
    "size": Directive("of the text", "small", ("small", "normal", "large"), "size"),
    "padding": Directive(
        "space at the borders of the slide", "compact", ("compact", "normal", "wide"), "pad"
    ),
    "img-align": Directive("of the images", "center", _SIDES, "img-align"),
    "img-valign": Directive("of the images in their height", "top", _HEIGHTS, "img-valign"),
    "img-fill": Directive("images fill their column", "true", _FLAGS),
    "img-overflow": Directive("images may reach over their column", "true", _FLAGS),
    "figure-title": Directive(
        "the heading of the slide becomes the title inside its SVG figure", "heading", ("heading",)
    ),
    "class": Directive("classes of the slide, for `custom_css`", "wide-table", is_repeated=True),
    "style": Directive("inline style of the slide", "--colloquium-accent: brown"),
    "animate": Directive(
        "reveals list items, their parts or blocks one by one", "bullets",
        ("bullets", "items", "blocks"),
    ),
    "notes": Directive(
        "for the presenter; they end with the planned time of the slide",
        "Ask the class first. 1.5 minutes.", is_repeated=True,
    ),
    "minutes": Directive("planned for the slide, if the notes do not give it", "1.5"),
    "talk": Directive("belongs to talks of so many minutes and of longer ones", "20"),
    "aside": Directive("belongs to the slide before it, off the main path", "true", _FLAGS),
    "cite": Directive("works named at its foot", "ouyang2022training", is_repeated=True),
    "cite-left": Directive("the same, on the left", "ouyang2022training", is_repeated=True),
    "cite-right": Directive(
        "the same, on the right", "ouyang2022training, bai2022hh", is_repeated=True
    ),
    "footnote": Directive("a text at the foot of the slide", "Measured over ten seeds."),
    "footnote-right": Directive("the same, on the right", "See [@ouyang2022training]."),
    "footnotes": Directive("side of the notes written as `^[…]`", "left", ("left", "right")),
    "chapter": Directive("begins a chapter of this name", "Policy gradients"),
    "chapter-short": Directive("its name in the chapter bar", "PG"),
    "chapter-bar": Directive(
        "of this slide: hide, labels, bars, slides or chapters", "hide"
    ),
    "after": Directive("the slide comes behind the references", "references", ("references",)),
    "only": Directive("where the slide is shown: here (html) or in colloquium's pptx", "html",
                      ("html", "pptx")),
    "no-terms": Directive("terms of the glossary that are not marked on the slide", "temperature"),
    "defines": Directive("terms that the slide explains", "RLHF, reward model", is_repeated=True),
    "keywords": Directive("names that a search finds it by", "LIMA, less", is_repeated=True),
}  # fmt: skip
NAMES = tuple(DIRECTIVES)
