"""A deck's `custom_css` and fonts, held inside that deck's stage.

The author's rules are nested under `.stage[data-deck="…"]`. What could reach outside (an unmatched
brace, `@import`, an address on the network, a closing style tag) is taken out.
"""

import re

from engine.deck import names, textfile
from engine.deck.model import Deck, Problem

_TOKEN = re.compile(
    r"""/\*.*?(?:\*/|\Z)|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|[{}"']""", re.DOTALL
)
_URL = re.compile(
    r"""\b(?:url|src|image)\((?:\s*(?:"([^"]*)"|'([^']*)'|([^()"'\s]*))\s*\))?""", re.IGNORECASE
)
_AT_RULE = re.compile(r"@(?:import|charset|namespace)\b[^;{}]*;?", re.IGNORECASE)
_REMOTE = re.compile(r"(['\"])\s*(?:[a-z][a-z0-9+.-]*:)?//[^'\"]*\1", re.IGNORECASE)
_ESCAPE = re.compile(r"\\(?:[0-9a-fA-F]{1,6}\s?|(?=[A-Za-z]))")
_ROOT = re.compile(r"(?<![\w.#-])(?::root|html|body)(?![\w-])")
_TOP_LEVEL = re.compile(r"@(?:-webkit-)?(?:keyframes|font-face|property)\b", re.IGNORECASE)
_NETWORK = "CSS cannot load from the network."
_NAME = re.compile(r"[\w .-]{1,60}")


def of_deck(deck: Deck) -> tuple[str, list[Problem]]:
    """The CSS of a deck, ready for a style element, and what is wrong with it."""
    problems: list[Problem] = []
    value = deck.meta.get("custom_css")
    text = value if isinstance(value, str) else ""
    if re.fullmatch(r"[^\n{}]+\.css\s*", text, re.IGNORECASE):
        try:
            text, odd = textfile.data(deck.path.parent / text.strip())
            problems += [odd] if odd else []
        except (OSError, ValueError):
            message = f"The stylesheet '{text.strip()}' cannot be read."
            problems.append(Problem(message, "Fix 'custom_css'.", file=str(deck.path)))
            text = ""
    safe, faults = scoped(text, names.slug_of(deck.path))
    fix = "Keep fonts and images in the deck's folder."
    problems += [Problem(fault, fix, 1, 1, "warning", str(deck.path)) for fault in faults]
    return _fonts(deck) + safe, problems


def scoped(text: str, deck: str) -> tuple[str, list[str]]:
    """`text` so that it holds inside the stage of `deck` only, and what was taken out of it."""
    faults: list[str] = []

    def out(sentence: str, instead: str) -> str:
        if sentence not in faults:
            faults.append(sentence)
        return instead

    text = re.sub(r"/\*.*?(?:\*/|\Z)", " ", text, flags=re.DOTALL)
    text = re.sub(r"<!--|-->", " ", text.replace("\x00", ""))
    text = _hide_escapes(text)
    text = _AT_RULE.sub(lambda _: out("CSS cannot import other sheets.", ""), text)

    def address(match: re.Match[str]) -> str:
        inner = next((part for part in match.groups() if part), "").strip()
        if re.match(r"data:(?:image|font)/", inner, re.IGNORECASE):
            return match[0]
        if re.match(r"[\w./%-]+(?:[?#][\w=&.-]*)?\Z", inner) and not inner.startswith("//"):
            return match[0]
        # An address that does not end would swallow what follows: then it is none.
        return out(_NETWORK, "url(data:,)" if match[0].endswith(")") else "none(")

    text = _URL.sub(address, text)
    text = _REMOTE.sub(lambda _: out(_NETWORK, '""'), text)
    text = _ROOT.sub("&", text.replace("</", "<\\/"))
    rules = _balanced(text)
    inner = "".join(rule for rule in rules if not _TOP_LEVEL.match(rule.lstrip()))
    outer = "".join(rule for rule in rules if _TOP_LEVEL.match(rule.lstrip()))
    if not inner.strip() and not outer.strip():
        return "", faults
    name = re.sub(r"[^\w-]", "-", deck)
    return f'{outer}\n.stage[data-deck="{name}"] {{\n{inner.strip()}\n}}\n', faults


def _hide_escapes(text: str) -> str:
    """Escapes spell letters, so `\\75rl(` is `url(`: outside a short string they are taken out."""
    parts, at = [], 0
    for match in _TOKEN.finditer(text):
        if (
            match[0][0] in "\"'"
            and len(match[0]) <= 40
            and text[: match.start()].rstrip()[-1:] == ":"
        ):
            parts += [_ESCAPE.sub("", text[at : match.start()]), match[0]]
            at = match.end()
    return "".join([*parts, _ESCAPE.sub("", text[at:])])


def _balanced(text: str) -> list[str]:
    """The top-level rules; a brace too many is left out and a missing one is put in."""
    rules, current, depth, at = [], [], 0, 0
    for match in _TOKEN.finditer(text):
        current.append(text[at : match.start()])
        at = match.end()
        if match[0] in "\"'":
            continue  # a quote without its partner would hide the braces that follow
        if match[0] == "{":
            depth += 1
        elif match[0] == "}":
            if depth == 0:
                continue
            depth -= 1
        current.append(match[0])
        if match[0] == "}" and depth == 0:
            rules.append("".join(current))
            current = []
    rest = "".join([*current, text[at:]])
    if rest.strip():
        rules.append(rest + "}" * depth)
    return rules


def _fonts(deck: Deck) -> str:
    fonts = deck.meta.get("fonts")
    if not isinstance(fonts, dict):
        return ""
    lines = [
        f'--colloquium-font-{key}: "{fonts[key]}", sans-serif;'
        for key in ("heading", "body")
        if isinstance(fonts.get(key), str) and _NAME.fullmatch(fonts[key])
    ]
    return (
        f'.stage[data-deck="{names.slug_of(deck.path)}"] {{ {" ".join(lines)} }}\n' if lines else ""
    )
