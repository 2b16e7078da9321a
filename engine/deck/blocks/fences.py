"""Code fences: the ones that mean something, and plain code.

A fence of `engine.deck.kinds` is drawn as HTML, or leaves a place where the app mounts something;
any other is code. The name of a fence nearly like one of ours is a slip.
"""

import re

from markdown_it.token import Token

from engine.deck import kinds
from engine.deck.markup import code
from engine.deck.markup.state import Raw, State
from engine.deck.model import Problem
from engine.deck.source import yamltext
from engine.deck.source.yamltext import Yaml
from sims.nearest import nearest

_DRAW = {name: kinds.kind(name).draw for name in kinds.NAMES}
# Languages whose names look like ours and are not slips.
_LANGUAGES = {"c", "toml", "do", "text", "tcl", "r", "boo", "char", "plain", "clay", "lable"}
_SIMPLE = re.compile(r"^(title|tone|align|size|compact):[ \t]*+(\S.*)$", re.MULTILINE)


def render(token: Token, state: State) -> str:
    """HTML of one fence (with slots)."""
    words = token.info.strip().split(maxsplit=1)
    name = words[0].strip("{}.") if words else ""
    line = state.base + (token.map[0] if token.map else 0)
    if name not in _DRAW:
        _check_name(name, line, state)
        if code.is_too_long(token.content, name):
            message = f"Code of more than {code.LONGEST} characters is shown without colours."
            state.problem(message, "Show less of it.", line, warning=True)
        return state.slot(code.render(token.content, name)) + "\n"
    if line in state.unclosed:  # named already; what follows in it is anything
        return state.slot(code.render(token.content, "yaml")) + "\n"
    raw = Raw(name, line, _read(name, token.content), token.content)
    if raw.yaml.fault is not None:
        return _fault(raw, raw.yaml.fault.message, state)
    if raw.yaml.value is not None and not isinstance(raw.yaml.value, dict):
        return _fault(raw, f"A {name} block holds 'name: value' lines.", state)
    state.notes += [(line + 1, note) for note in raw.yaml.notes]
    draw = _DRAW[name]
    return (state.block(raw) if draw is None else draw(raw, state)) + "\n"


def _read(name: str, text: str) -> Yaml:
    found = yamltext.read(text)
    if found.fault is not None and name == "box":
        # Authors write `title: Popular because it is:`; colloquium forgives that, so do we.
        quoted = yamltext.read(_SIMPLE.sub(_quote, text))
        return found if quoted.fault is not None else quoted
    return found


def _quote(match: re.Match[str]) -> str:
    value = match[2].rstrip(" \t")
    if value[0] in "\"'[{&*!|>":
        return match[0]
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'{match[1]}: "{escaped}"'


def _fault(raw: Raw, message: str, state: State) -> str:
    fault = raw.yaml.fault
    line, column = (fault.line, fault.column) if fault else (0, 0)
    fix = f"Fix the {raw.kind} block; the slide shows it as code."
    at = min(raw.line + 1 + line, max(len(state.lines) - 1, 0))
    state.problems.append(Problem(message, fix, at + 1, column + 1))
    return state.slot(code.render(raw.text, "yaml")) + "\n"


def _check_name(name: str, line: int, state: State) -> None:
    lower = name.lower()
    if not lower or lower in _LANGUAGES:
        return
    fix = nearest(lower, kinds.NAMES, "", cutoff=0.75)
    if fix and not code.is_language(lower):
        _, column = state.place(name, line - state.base)
        message = f"'{name}' is neither a block nor a language we know; it is shown as code."
        state.problem(message, fix, line, column, warning=True)
