"""Terms and symbols are defined before they are used, on the path that a talk walks.

A slide says what it defines: `<!-- defines: policy, \\pi, \\mathrm{KL} -->`. A name of the glossary
stands for all names of that term; what begins with a backslash is TeX, sought in math only. Asides
are left out of both: who skips them must understand the rest.
"""

import re
from collections.abc import Iterator
from itertools import islice

from engine.deck.markup import terms
from engine.deck.model import Deck, Glossary, Problem, Slide

_READ = ("quiz", "box", "conversation")  # fences whose text is read on the slide
_MOST_NAMES = 200  # that one deck can define: each is sought in the whole path
_MOST = 400  # characters of a link, a formula: what is longer is none, so that time stays linear
_HIDDEN = re.compile(
    rf"!?\[[^\]\n]{{0,{_MOST}}}\]\([^)\n]{{0,{_MOST}}}\)|\[[^\]\n]{{0,{_MOST}}}@[^\]\n]{{0,{_MOST}}}\]"
    rf"|`[^`\n]{{0,{_MOST}}}`"
)
_MATH = re.compile(rf"\$\$([^$]{{1,{_MOST}}})\$\$|\$([^$]{{1,{_MOST}}})\$")


def undefined(deck: Deck) -> list[Problem]:
    """Each name that a slide of the main path uses before the slide that defines it."""
    path = [one for one in deck.slides if not one.is_aside and not one.is_hidden]
    places = {one.id: number for number, one in enumerate(path)}
    names = list(islice(_defined(deck), _MOST_NAMES))
    # a title announces, before anything can be defined
    read = [read_text(one) if names and not one.layout.startswith("title") else "" for one in path]
    words, math = [_MATH.sub(" ", text) for text in read], [_math(text) for text in read]
    found: list[Problem] = []
    for name, definer in names:
        last = places.get(definer.id, len(path))
        sought = _pattern(name, deck.glossary)
        texts = (math if name.startswith("\\") else words)[:last]
        user = next((place for place, text in enumerate(texts) if sought.search(text)), None)
        if user is not None:
            found.append(_problem(name, path[user], definer, deck))
    return found


def _problem(name: str, user: Slide, definer: Slide, deck: Deck) -> Problem:
    where = f"in the aside '{definer.id}'" if definer.is_aside else f"later, on '{definer.id}'"
    message = f"'{name}' is used on '{user.id}' and defined only {where}."
    fix = "Define it before, or put the slide that defines it earlier on the main path."
    return Problem(message, fix, user.line, file=str(deck.path), rule="order")


def _defined(deck: Deck) -> Iterator[tuple[str, Slide]]:
    """Every name with the first slide that says it defines it; the main path's before asides'."""
    seen: set[str] = set()
    for one in sorted(deck.slides, key=lambda slide: slide.is_aside):
        for name in one.defines:
            if name not in seen:
                seen.add(name)
                yield name, one


def _pattern(name: str, glossary: Glossary) -> re.Pattern[str]:
    if name.startswith("\\"):
        end = r"(?![A-Za-z])" if name[-1].isalpha() else ""
        return re.compile(re.escape(name) + end)
    identity = glossary.names.get(name)
    names = {other: "" for other, term in glossary.names.items() if term == identity}
    sought = terms.pattern(names | {name: ""})
    assert sought is not None  # there is one name at least
    return sought


def read_text(one: Slide) -> str:
    """What is read on a slide: without comments, code, live blocks, pictures and citations."""
    return _HIDDEN.sub(" ", _without_comments(_unfenced(one.source, _READ)))


def _unfenced(source: str, kept: tuple[str, ...]) -> str:
    """The source without its fences, but for those of the kinds `kept`."""
    lines, mark, is_kept = [], "", True
    for line in source.splitlines():
        start = line.lstrip()
        if not mark and start.startswith(("```", "~~~")):
            mark = start[: len(start) - len(start.lstrip(start[0]))]
            is_kept = start.strip(start[0]).strip() in kept
        elif mark and start.startswith(mark):
            mark, is_kept = "", True
        elif is_kept:
            lines.append(line)
    return "\n".join(lines)


def _without_comments(text: str) -> str:
    first, *rest = text.split("<!--")
    return " ".join([first, *(part.partition("-->")[2] for part in rest)])


def _math(text: str) -> str:
    # in the double quotes of a quiz a backslash is written twice
    return " ".join(a or b for a, b in _MATH.findall(text)).replace("\\\\", "\\")
