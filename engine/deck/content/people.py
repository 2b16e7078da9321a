"""Who wrote a work: the persons of a BibTeX entry, read as their author meant them.

BibTeX parts people by the word "and" alone. A list with commas, semicolons or "&" is one odd
person to it; such a field is shown as it was read, and a note says so.
"""

import re
from collections.abc import Iterable, Sequence

from pybtex.database import Person

from engine.deck.content.latex import plain

_MOST_AUTHORS = 5  # of a reference; more become "et al."
_AND_OTHERS = re.compile(r"others\.?|et\.?\s*al\.?", re.IGNORECASE)
_SEVERAL = re.compile(r";|&|\bet\.?\s+al\b|^and\b|\band$", re.IGNORECASE)
_LINEAGE = re.compile(r"(?:jr|sr|[ivx]+|\d(?:nd|rd|th))\.?", re.IGNORECASE)
_LAST_LINEAGE = re.compile(r"[JS]r\.?|II|III|IV")
_PART = re.compile(r"\b(given|family|prefix)\s*=\s*\"?([^,\"]+)")  # as biblatex has them


def people(persons: Iterable[Person]) -> tuple[list[Person], bool, list[str]]:
    """(persons, whether there are more than the field names, notes on what is odd)."""
    found = [_with_lineage(_by_parts(one)) for one in persons]
    more = bool(found) and _AND_OTHERS.fullmatch(surname(found[-1])) is not None
    found = found[:-1] if more else found
    odd = next((one for one in found if _is_several(one)), None)
    if odd is None:
        return found, more, []
    what = plain(str(odd))[:60]
    return found, more, [f"'{what}' is read as one person|Write 'and' between people."]


def _is_several(person: Person) -> bool:
    outside = re.sub(r"\{[^{}]*\}", "", str(person))
    return _SEVERAL.search(outside) is not None or any(
        not _LINEAGE.fullmatch(plain(name)) for name in person.lineage_names or ()
    )


def _by_parts(person: Person) -> Person:
    """`family=Mill, given=John` as the person that it is."""
    parts = dict(_PART.findall(str(person)))
    if "family" not in parts:
        return person
    first, _, middle = parts.get("given", "").strip().partition(" ")
    last = f"{{{parts['family'].strip()}}}"
    return Person(first=first, middle=middle, prelast=parts.get("prefix", ""), last=last)


def _with_lineage(person: Person) -> Person:
    """`Sammy Davis Jr.` as `Davis, Jr., Sammy`, and `Davis, S.,` as `Davis, S.`."""
    first, middle, prelast, last, lineage = (
        [str(name) for name in names or ()]
        for names in (
            person.first_names,
            person.middle_names,
            person.prelast_names,
            person.last_names,
            person.lineage_names,
        )
    )
    if lineage and not first and not _LINEAGE.fullmatch(plain(" ".join(lineage))):
        first, middle, lineage = lineage[:1], lineage[1:], []
    elif middle and _LAST_LINEAGE.fullmatch(plain(" ".join(last))):
        middle, last, lineage = middle[:-1], middle[-1:], last
    else:
        return person
    return Person("", *(" ".join(names) for names in (first, middle, prelast, last, lineage)))


def surname(person: Person) -> str:
    """The name that a citation shows."""
    names = [*(person.prelast_names or ()), *(person.last_names or ())]
    return plain(" ".join(names)) if names else plain(str(person))


def author_line(persons: Sequence[Person], more: bool) -> str:
    """All names as a list of references shows them."""
    names = []
    for person in persons:
        initials = " ".join(
            f"{plain(name)[0]}."
            for name in person.first_names or ()
            if plain(name) and person.last_names
        )
        names.append(f"{surname(person)}, {initials}" if initials else surname(person))
    if len(names) > _MOST_AUTHORS or (more and names):
        return ", ".join(names[:_MOST_AUTHORS]) + ", et al."
    if len(names) > 1:
        return ", ".join(names[:-1]) + ", and " + names[-1]
    return names[0] if names else ""
