"""What a course asks of its slides beyond that they can be shown: titles, words, notes and times.

Only decks of a course that has a `practicum.toml` are held to it; there each finding can be made an
error or left out. `practicum check` names a fault once for each slide.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from engine.deck.model import Deck, Glossary, Problem, Slide
from engine.publish.order import read_text

LIVE = ("sim", "play", "label", "vote")  # kinds of block that somebody operates
LONGEST_ACRONYM = 5  # letters; a longer name in capitals may be a word in small ones
SECONDS = 10  # what a block may take that declares no budget
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_TOKEN = re.compile(r"(?<![\w@/\\&.-])[^\W_]+(?:-[^\W_]+)*(?![\w-]|\.\w)")
# What notes tell a speaker to do with a live block.
_DOES = re.compile(
    r"\b(?:press|click|drag|choose|run|start|move|set|switch|turn|type|pick|drive|label|vote|play|"
    r"try|open|change|slide|raise|lower)\b|\*\*\w",
    re.IGNORECASE,
)


def style(deck: Deck) -> list[Problem]:
    """Every finding in the slides of a deck, each a warning with its rule and place."""
    found: list[Problem] = []
    for one in deck.slides:
        if one.is_hidden or one.is_after_references:
            continue
        found += [*_title(one), *_notes(one), *_times(one), *_words(one, deck.glossary)]
    return [replace(one, file=str(deck.path)) for one in found]


def _title(one: Slide) -> Iterator[Problem]:
    """A title in which every word begins with a capital; names and abbreviations do not count."""
    words = _WORD.findall(one.title)[1:]
    plain = [word for word in words if len(word) > 3 and word[1:] == word[1:].lower()]
    if len(plain) >= 3 and all(word[0].isupper() for word in plain):
        message = f"The title '{one.title}' has a capital on every word."
        fix = "Write it as a sentence: capitals for its first word and for names."
        yield _finding("sentence-case", message, fix, _line(one, one.title.split()[0]))


def _notes(one: Slide) -> Iterator[Problem]:
    live = next((block for block in one.blocks if block.kind in LIVE), None)
    if not one.notes.strip():
        fix = "Write <!-- notes: what to say. 1 minute. -->."
        yield _finding("notes", "This slide has no speaker notes.", fix, one.line)
    elif live and not live.data.get("autorun") and not _DOES.search(one.notes):
        message = f"The notes do not say what to press in the {live.kind} block."
        fix = "Say which key or slider to use and what will be seen."
        yield _finding("notes", message, fix, live.line)


def _times(one: Slide) -> Iterator[Problem]:
    """Slides of the main path have a time, and what runs on them ends within it."""
    if one.minutes is None:
        if one.notes.strip() and not one.is_aside:
            fix = "End the notes with the time, such as '1.5 minutes.'"
            yield _finding("minutes", "This slide has no planned time.", fix, one.line)
        return
    for block in one.blocks:
        seconds = (block.data.get("budget") or {}).get("seconds", SECONDS)
        if block.kind == "sim" and seconds > 60 * one.minutes:
            message = f"The block may take {seconds} s, its slide {60 * one.minutes:g} s."
            fix = "Plan more time for the slide, or make the run shorter and lower its budget."
            yield _finding("budget", message, fix, block.line)


def _words(one: Slide, glossary: Glossary) -> Iterator[Problem]:
    """Terms of the glossary with other hyphens, spaces or capitals than it has."""
    if not glossary.terms:
        return
    known = _spellings(glossary)
    said: set[str] = set()
    for token in _TOKEN.findall(read_text(one)):
        name = known.get(_key(token))
        if name is None or token in said or _is_spelt(token, glossary):
            continue
        said.add(token)
        message = f"'{token}' is '{name}' in the glossary."
        yield _finding("spelling", message, f"Write '{name}'.", _line(one, token))


def _spellings(glossary: Glossary) -> dict[str, str]:
    """Letters of each name without hyphens and spaces -> the name, where these can go wrong."""
    return {
        _key(name): name
        for name in glossary.names
        if "-" in name or " " in name or name[1:] != name[1:].lower() or len(name) > 5
    }


def _key(text: str) -> str:
    return re.sub(r"[-\s]", "", text).casefold()


def _is_spelt(token: str, glossary: Glossary) -> bool:
    """As the glossary has it; also at the start of a sentence, and in a heading of capitals."""
    lowered = token[0].lower() + token[1:]
    same = [name for name in glossary.names if _key(name) == _key(token)]
    if any(name.isupper() for name in same):  # REINFORCE is a method, to reinforce is a word
        return token in same or (token.islower() and len(token) > LONGEST_ACRONYM)
    return token in same or lowered in same or token.isupper()


def _line(one: Slide, word: str) -> int:
    """The line of the deck on which a slide writes a word first."""
    lines = one.source.splitlines()
    sought = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
    at = next((at for at, line in enumerate(lines) if sought.search(line)), 0)
    return one.line + at


def _finding(rule: str, message: str, fix: str, line: int) -> Problem:
    return Problem(message, fix, line, 1, "warning", rule=rule)
