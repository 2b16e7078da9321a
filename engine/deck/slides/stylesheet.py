"""A deck's CSS, read by a parser and written again so that it holds inside one element only.

The rules stand in `@scope (ROOT) { :scope:scope { … } }`: the browser itself then matches no
element outside the root, however a selector is written (`:has(&) .x`, `& + .x`), and nesting gives
the rules the weight of two classes. What has no scope in CSS is handled here: names of key frames
get a prefix, fonts of ours keep their names, `@import` and `@property` are left out, and so is what
loads from elsewhere or is fixed to the window.

Source: CSS Syntax 3, CSS Nesting 1 and CSS Cascade 6 (`@scope`), as tinycss2 parses them.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import tinycss2
from tinycss2 import ast

LONGEST = 200_000  # characters of one sheet
MOST_FAULTS = 50  # of one sheet
DEEPEST = 24  # rules or brackets inside one another
GROUPS = {"media", "supports", "container", "layer", "starting-style"}
KEYFRAMES = {"keyframes", "-webkit-keyframes"}
PLACES = {"static", "relative", "absolute", "sticky", "inherit", "initial", "unset", "revert"}
LOADERS = {"url", "src", "image", "image-set", "-webkit-image-set", "cross-fade", "element"}
UNSAFE_PROPERTIES = {"behavior", "-moz-binding"}
_OWN_FONT = re.compile(r"source |source$|katex", re.IGNORECASE)  # Streamlit's and KaTeX's
_OWN_DATA = re.compile(r"data:(?:image|font)/", re.IGNORECASE)
_BESIDE = re.compile(r"(?!//)[\w./%-]*(?:[?#][\w=&.-]*)?\Z")
_ADDRESS = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:|//|\\\\)", re.IGNORECASE)
NETWORK = "CSS cannot load from the network."


def scoped(text: str, root: str, prefix: str) -> tuple[str, list[str]]:
    """`text` so that it holds inside `root` (a selector) only, and what was left out of it.

    `prefix` (letters, digits, `-`) is put before the names of key frames. Never raises.
    """
    if len(text) > LONGEST:
        return "", [f"This CSS has {len(text)} characters; {LONGEST} are allowed."]
    sheet = _Sheet(prefix)
    try:
        rules = tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)
        sheet.frames = {name for rule in rules if (name := _frames_name(rule))}
        inner, outer = sheet.rules(rules, depth=0), "\n".join(sheet.outer)
    except RecursionError:
        return "", ["This CSS has too many brackets inside one another."]
    made = f"@scope ({root}) {{\n:scope:scope {{\n{inner}\n}}\n}}\n" if inner else ""
    # A style element ends at "</", also inside a string.
    return (f"{outer}\n{made}" if outer else made).replace("</", "<\\/"), list(sheet.faults)


@dataclass
class _Sheet:
    """What is gathered while one sheet is written."""

    prefix: str
    frames: set[str] = field(default_factory=set)  # names of its @keyframes
    outer: list[str] = field(default_factory=list)  # rules that cannot stand inside another
    faults: dict[str, None] = field(default_factory=dict)  # a set that keeps their order

    def fault(self, sentence: str) -> str:
        if len(self.faults) < MOST_FAULTS:
            self.faults[sentence] = None
        return ""

    def rules(self, nodes: Iterable[Any], depth: int) -> str:
        """Rules and declarations as they may stand inside the root."""
        if depth > DEEPEST:
            return self.fault("This CSS has too many rules inside one another.")
        return "\n".join(text for node in nodes if (text := self._node(node, depth)))

    def _node(self, node: Any, depth: int) -> str:
        if isinstance(node, ast.Declaration):
            return self._declaration(node)
        if isinstance(node, ast.QualifiedRule):
            if _is_broken(node.prelude):
                return self.fault(f"This CSS cannot be read at its line {node.source_line}.")
            inner = self.rules(_contents(node.content), depth + 1)
            return f"{self._selector(node.prelude)} {{ {inner} }}" if inner else ""
        if isinstance(node, ast.AtRule):
            return self._at_rule(node, depth)
        if isinstance(node, ast.ParseError):
            return self.fault(f"This CSS cannot be read at its line {node.source_line}.")
        return ""

    def _selector(self, prelude: list[Any]) -> str:
        """The selector; what names the page (`:root`, `html`, `body`) means the root here."""
        made: list[str] = []
        rest = list(reversed(prelude))
        while rest:
            node = rest.pop()
            text = tinycss2.serialize([node])
            is_part = bool(made) and made[-1].endswith((":", "."))  # of a class, say
            if text == ":" and rest and tinycss2.serialize(rest[-1:]).lower() == "root":
                rest.pop()
                text = "&"
            elif text.lower() in ("html", "body") and not is_part:
                text = "&"
            made.append(text)
        return "".join(made).strip()

    def _at_rule(self, node: ast.AtRule, depth: int) -> str:
        name = node.lower_at_keyword
        if _is_broken(node.prelude):
            return self.fault(f"This CSS cannot be read at its line {node.source_line}.")
        if name in GROUPS and node.content is not None:
            inner = self.rules(_contents(node.content), depth + 1)
            prelude = tinycss2.serialize(node.prelude).strip()
            return f"@{name} {prelude} {{ {inner} }}" if inner else ""
        if depth == 0 and name in KEYFRAMES and node.content is not None:
            frames = self.rules(_contents(node.content), depth + 1)
            self.outer.append(f"@{name} {self.prefix}-{_frames_name(node)} {{ {frames} }}")
            return ""
        if depth == 0 and name == "font-face" and node.content is not None:
            self._font(node)
            return ""
        if name == "import":
            return self.fault("CSS cannot import other sheets.")
        return self.fault(f"'@{name}' cannot be used here: it would hold for the whole page.")

    def _font(self, node: ast.AtRule) -> None:
        declared = [one for one in _contents(node.content) if isinstance(one, ast.Declaration)]
        for one in declared:
            family = tinycss2.serialize(one.value).strip().strip("\"'")
            if one.lower_name == "font-family" and _OWN_FONT.match(family):
                self.fault(f"The font name '{family}' is the app's: choose another one.")
                return
        lines = [text for one in declared if (text := self._declaration(one))]
        self.outer.append(f"@font-face {{ {' '.join(lines)} }}")

    def _declaration(self, node: ast.Declaration) -> str:
        name = node.name if node.name.startswith("--") else node.lower_name
        if name in UNSAFE_PROPERTIES:
            return self.fault(f"'{name}' cannot be used here.")
        if name == "position" and _words(node.value) - PLACES:
            return self.fault("'position' may be static, relative, absolute or sticky here.")
        is_custom = name.startswith("--")
        value = self._value(node.value, is_address=False, is_custom=is_custom, depth=0)
        if is_custom or name in ("animation", "animation-name"):
            value = self._renamed(value)
        if value is None:
            return ""
        important = " !important" if node.important else ""
        return f"{name}: {tinycss2.serialize(value).strip()}{important};"

    def _value(
        self, nodes: Iterable[Any], *, is_address: bool, is_custom: bool, depth: int
    ) -> list[Any] | None:
        """The nodes of a value, or None (and a fault) when one of them loads from elsewhere."""
        if depth > DEEPEST:
            self.fault("This CSS has too many brackets inside one another.")
            return None
        kept = list(nodes)
        for node in kept:
            if isinstance(node, ast.ParseError):
                self.fault(f"This CSS cannot be read at its line {node.source_line}.")
                return None
            if isinstance(node, ast.URLToken) and not _is_own(node.value):
                self.fault(NETWORK)
                return None
            # A custom property may become an address where it is used.
            if isinstance(node, ast.StringToken) and (
                (is_address and not _is_own(node.value))
                or (is_custom and _ADDRESS.match(node.value) and not _OWN_DATA.match(node.value))
            ):
                self.fault(NETWORK)
                return None
            inner = _inner(node)
            if inner is not None:
                loads = isinstance(node, ast.FunctionBlock) and node.lower_name in LOADERS
                found = self._value(
                    inner, is_address=is_address or loads, is_custom=is_custom, depth=depth + 1
                )
                if found is None:
                    return None
        return kept

    def _renamed(self, value: list[Any] | None) -> list[Any] | None:
        """The value, in which names of this sheet's key frames carry the prefix."""
        if value is None or not self.frames:
            return value
        made = []
        for node in value:
            if isinstance(node, ast.IdentToken | ast.StringToken) and node.value in self.frames:
                name = f"{self.prefix}-{node.value}"
                made += tinycss2.parse_component_value_list(name)
            else:
                made.append(node)
        return made


def _contents(nodes: Any) -> list[Any]:
    return tinycss2.parse_blocks_contents(nodes, skip_comments=True, skip_whitespace=True)


def _frames_name(rule: Any) -> str:
    """The name of an `@keyframes` rule; "" for any other rule."""
    if not (isinstance(rule, ast.AtRule) and rule.lower_at_keyword in KEYFRAMES):
        return ""
    named = [one for one in rule.prelude if isinstance(one, ast.IdentToken | ast.StringToken)]
    return re.sub(r"[^\w-]", "-", named[0].value) if named else "unnamed"


def _is_broken(nodes: Iterable[Any]) -> bool:
    """Whether a part cannot be read, such as a bracket without its partner."""
    return any(isinstance(node, ast.ParseError) or _is_broken(_inner(node) or ()) for node in nodes)


def _inner(node: Any) -> list[Any] | None:
    """What stands inside a function or a pair of brackets; None for any other node."""
    if isinstance(node, ast.FunctionBlock):
        return node.arguments
    if isinstance(node, ast.ParenthesesBlock | ast.SquareBracketsBlock | ast.CurlyBracketsBlock):
        return node.content
    return None


def _words(value: Iterable[Any]) -> set[str]:
    """The value as lower-case words; what is not a word (a function, `var()`) as itself."""
    return {
        node.lower_value if isinstance(node, ast.IdentToken) else tinycss2.serialize([node])
        for node in value
        if not isinstance(node, ast.WhitespaceToken | ast.Comment)
    }


def files(text: str) -> list[str]:
    """The addresses of files that a sheet asks for; those of data are none."""
    found: list[str] = []
    _gather(tinycss2.parse_component_value_list(text, skip_comments=True), found)
    return list(
        dict.fromkeys(one for one in found if one[:1] not in ("", "#") and not _OWN_DATA.match(one))
    )


def _gather(nodes: Iterable[Any], found: list[str], is_address: bool = False) -> None:
    for node in nodes:
        inner = _inner(node)
        if inner is not None:
            loads = isinstance(node, ast.FunctionBlock) and node.lower_name in LOADERS
            _gather(inner, found, is_address or loads)
        elif isinstance(node, ast.URLToken) or (is_address and isinstance(node, ast.StringToken)):
            found.append(node.value.strip())


def _is_own(address: str) -> bool:
    """Whether an address is data, or a file beside the deck."""
    bare = address.strip()
    return bool(_OWN_DATA.match(bare) or _BESIDE.match(bare))
