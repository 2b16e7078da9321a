"""What can be found: slides, terms, works and experiments, each with the texts to look in."""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.deck.schema.deck_json import DeckJson, ReferenceJson, SlideJson, TermJson
from engine.deck.slide_json import is_list_of_works

_TEX = re.compile(r'<annotation encoding="application/x-tex">(.*?)</annotation>', re.DOTALL)
_MACHINERY = (("<footer", "</footer>"), ('<span class="katex-mathml">', "</math></span>"))
_KEY = re.compile(r"[^\W\d_]+|\d+")
_TITLE = re.compile(r'<h([12]) class="slide-title">[^\n]*?</h\1>')
# Of a live block, what a viewer reads: names of fields and of columns would be noise.
_SHOWN = (
    "title",
    "x_label",
    "y_label",
    "labels",
    "prompt",
    "question",
    "choices",
    "text",
    "events",
)

KINDS = ("slide", "term", "experiment", "work")  # in the order in which they are shown
FIELDS = ("title", "also", "text", "math", "notes", "recording", "works")


@dataclass(frozen=True)
class SearchEntry:
    """One thing to find: where it leads, and its texts by the names of FIELDS."""

    kind: str
    slug: str  # of the lecture
    slide: str  # where it is shown; "" for a term or a work that no slide shows
    key: str  # the slide's or term's id, the work's key, the simulation's name
    title: str
    texts: Mapping[str, str] = field(default_factory=dict)


def of_document(slug: str, document: DeckJson, spoken: Mapping[str, str]) -> Iterator[SearchEntry]:
    """Everything that a lecture holds; `spoken` is what its recording says, by slide."""
    terms = {term["id"]: term for term in document["glossary"]}
    works = {work["key"]: work for work in document["references"]}
    defined: dict[str, str] = {}
    shown: dict[str, list[SlideJson]] = {}
    for one in sorted(document["slides"], key=lambda slide: slide["is_aside"]):
        for identity in one["defines"]:
            defined.setdefault(identity, one["id"])
        for block in one["blocks"]:
            if block["kind"] == "sim" and block["data"].get("sim"):
                shown.setdefault(block["data"]["sim"], []).append(one)
    for one in document["slides"]:
        if not is_list_of_works(one):
            yield _slide(slug, one, terms, works, spoken.get(one["id"], ""))
    for identity, term in terms.items():
        text = {
            "title": term["term"],
            "also": " ; ".join([*term["also"], *term["search"]]),
            "text": plain(term["html"]),
        }
        yield SearchEntry("term", slug, defined.get(identity, ""), identity, term["term"], text)
    for name, slides in shown.items():
        yield _experiment(slug, name, slides)
    cited = {key: one["id"] for one in reversed(document["slides"]) for key in one["citations"]}
    for key, work in works.items():
        # A key such as ouyang2022instructgpt has the name by which the work is known.
        names = f"{work['authors']} {' '.join(_KEY.findall(key))}"
        text = {"title": work["title"], "also": names, "text": _place(work)}
        yield SearchEntry("work", slug, cited.get(key, ""), key, work["title"], text)


def plain(markup: str) -> str:
    """The text of HTML, without footers and without the copies of formulas for screen readers."""
    for opening, closing in _MACHINERY:
        parts, at = [], 0
        while (start := markup.find(opening, at)) >= 0 and (
            end := markup.find(closing, start)
        ) >= 0:
            parts.append(markup[at:start])
            at = end + len(closing)
        markup = " ".join([*parts, markup[at:]])
    return " ".join(html.unescape(re.sub(r"<[^<>]*>", " ", markup)).split())


def _slide(
    slug: str,
    one: SlideJson,
    terms: Mapping[str, TermJson],
    works: Mapping[str, ReferenceJson],
    spoken: str,
) -> SearchEntry:
    names = [terms[name] for name in one["defines"] if name in terms]
    cited = [works[key] for key in one["citations"] if key in works]
    blocks = " ".join(" ".join(_strings(block["data"])) for block in one["blocks"])
    return SearchEntry(
        "slide",
        slug,
        one["id"],
        one["id"],
        one["title"],
        {
            "title": one["title"],
            "also": " ; ".join(
                [
                    *one["keywords"],
                    *(
                        name
                        for term in names
                        for name in (term["term"], *term["also"], *term["search"])
                    ),
                ]
            ),
            "text": f"{plain(_TITLE.sub(' ', one['html'], count=1))} {plain(blocks)}".strip(),
            "math": html.unescape(" ; ".join(_TEX.findall(one["html"]))),
            "notes": one["notes"],
            "recording": spoken,
            "works": " ; ".join(f"{work['authors']} {work['title']}" for work in cited),
        },
    )


def _experiment(slug: str, name: str, slides: list[SlideJson]) -> SearchEntry:
    """A simulation with its parameters and columns; it leads to the first slide that runs it."""
    blocks = [
        block for one in slides for block in one["blocks"] if block["data"].get("sim") == name
    ]
    fields = blocks[0]["data"].get("fields", [])
    columns = blocks[0]["data"].get("columns", {})
    said = [f"{one['label']}: {one['help']}" for one in fields if one.get("help")]
    said += [f"{key.replace('_', ' ')}: {one['meaning']}" for key, one in columns.items()]
    text = {
        "title": name.replace("_", " "),
        "also": " ; ".join(one["title"] for one in slides),
        "text": " ; ".join(said),
    }
    return SearchEntry("experiment", slug, slides[0]["id"], name, name.replace("_", " "), text)


def _place(work: ReferenceJson) -> str:
    return f"{work['authors']} · {work['year']} · {work['venue']}"


def _strings(data: Any, is_shown: bool = False) -> Iterator[str]:
    """The words of a block's data that a viewer reads on the slide."""
    if isinstance(data, Mapping):
        for key, value in data.items():
            yield from _strings(value, is_shown or key in _SHOWN)
    elif isinstance(data, list):
        for value in data:
            yield from _strings(value, is_shown)
    elif isinstance(data, str) and is_shown:
        yield data
