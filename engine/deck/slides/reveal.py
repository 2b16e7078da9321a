"""Incremental reveals: `<!-- step -->` marks and `animate`, on a tree of Markdown blocks.

What follows a step mark (up to the next mark or the end of its container) becomes one reveal.
`animate: bullets` makes each list item one, and each block after the list; `blocks` each block.
Reveals carry `data-step="<secret>"` until `number` counts them over the whole slide.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from markdown_it.token import Token

from engine.deck.markup import markdown
from engine.deck.markup.sanitise import STEP
from engine.deck.markup.state import State

_DEEPEST = 40  # containers in containers; deeper ones hold no reveals of their own
_CONTAINERS = ("bullet_list", "ordered_list", "list_item", "blockquote")
_TAG = re.compile(r"<(/?)([a-zA-Z][\w-]*+)((?:\"[^\"]*\"|'[^']*'|[^'\"<>])*+)>")
_VOID = {"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
_BLOCK = re.compile(r"<(h[1-6]|p|ul|ol|pre|blockquote|table|figure|div)[\s>]|\ue000")
_ITEM = re.compile(r"<li(?![\w-])([^<>]*)")
_SPACER = re.compile(r"<div[^>]*class=[\"'][^\"']*colloquium-spacer-[^>]*>\s*</div>")
_OPEN = f'<div class="fragment" data-step="{STEP}">'


@dataclass
class BlockNode:
    """A block: its own tokens, or an opening token, blocks inside it, and a closing token."""

    tokens: list[Token] = field(default_factory=list)
    kids: list["BlockNode"] | None = None
    close: list[Token] = field(default_factory=list)

    @property
    def is_step(self) -> bool:
        first = self.tokens[0]
        return first.type == "html_block" and first.content.strip() == "<!-- step -->"


def html_of(tokens: Sequence[Token], state: State, animate: str) -> str:
    """HTML of one container (a slide's content, a column, a row) with its reveals marked."""
    nodes = _tree(tokens)
    if not animate and not any(token.type == "html_block" for token in tokens):
        return markdown.render(tokens, state)
    parts: list[str] = []
    for index, group in enumerate(_split(nodes)):
        blocks = [html for node in group if (html := _render(node, state).strip())]
        if animate in ("bullets", "items"):
            blocks = _animate_items(blocks)
        elif animate == "blocks":
            blocks = [_wrap(html) if _is_block(html) else html for html in blocks]
        if index and blocks:
            if any(STEP in html for html in blocks):
                blocks = [_wrap(html) if _needs_wrap(html) else html for html in blocks]
            else:
                blocks = [_OPEN + "\n".join(blocks) + "</div>"]
        parts += blocks
    return "\n".join(parts)


def number(html: str) -> tuple[str, int]:
    """Give the marked reveals of a slide the numbers 1, 2, …; return how many there are."""
    parts = html.split(f'data-step="{STEP}"')
    out = [parts[0]]
    for index, part in enumerate(parts[1:], start=1):
        out += [f'data-step="{index}"', part]
    return "".join(out), len(parts) - 1


def _tree(tokens: Sequence[Token]) -> list[BlockNode]:
    """Blocks with the blocks inside them; raw HTML that opens a tag holds what follows."""
    root: list[BlockNode] = []
    stack: list[tuple[list[BlockNode], BlockNode | None]] = [(root, None)]
    at = 0
    while at < len(tokens):
        token = tokens[at]
        balance = _balance(token.content) if token.type == "html_block" else token.nesting
        kids, parent = stack[-1]
        if token.type == "html_block" or token.type.rsplit("_", 1)[0] in _CONTAINERS:
            if balance > 0 and len(stack) <= _DEEPEST:
                inside: list[BlockNode] = []
                node = BlockNode([token], inside)
                kids.append(node)
                stack.append((inside, node))
            elif balance < 0 and parent and _closes(parent.tokens[0], token):
                parent.close.append(token)
                stack.pop()
            else:
                kids.append(BlockNode([token]))
            at += 1
        else:
            end = _end(tokens, at)
            kids.append(BlockNode(list(tokens[at:end])))
            at = end
    return root


def _closes(opened: Token, token: Token) -> bool:
    return (opened.type == "html_block") == (token.type == "html_block")


def _end(tokens: Sequence[Token], at: int) -> int:
    depth = 0
    for index in range(at, len(tokens)):
        depth += tokens[index].nesting
        if depth <= 0:
            return index + 1
    return len(tokens)


def _balance(html: str) -> int:
    """How many more tags a piece of raw HTML opens than it closes."""
    balance = 0
    html = _without_comments(html)
    for match in _TAG.finditer(html):
        if match[2].lower() not in _VOID and not match[3].endswith("/"):
            balance += -1 if match[1] else 1
    return balance


def _without_comments(html: str) -> str:
    parts, at = [], 0
    while (start := html.find("<!--", at)) >= 0 and (end := html.find("-->", start)) >= 0:
        parts.append(html[at:start])
        at = end + 3
    return "".join([*parts, html[at:]])


def _split(nodes: list[BlockNode]) -> list[list[BlockNode]]:
    groups: list[list[BlockNode]] = [[]]
    for node in nodes:
        if node.is_step:
            groups.append([])
        else:
            groups[-1].append(node)
    return groups


def _render(node: BlockNode, state: State) -> str:
    if node.kids is None:
        return markdown.render(node.tokens, state)
    parts = [markdown.render(node.tokens, state)]
    for index, group in enumerate(_split(node.kids)):
        inner = "".join(_render(kid, state) for kid in group)
        parts.append(f"{_OPEN}{inner}</div>" if index and inner.strip() else inner)
    return "".join(parts) + markdown.render(node.close, state)


def _animate_items(blocks: list[str]) -> list[str]:
    """Mark every list item, and wrap the blocks that follow the first list."""
    out, listed = [], False
    for html in blocks:
        marked = _ITEM.sub(_marked, html)
        if marked.startswith(("<ul", "<ol")) and STEP in marked:
            listed = True
            out.append(marked)
        else:
            out.append(_wrap(marked) if listed and _is_block(marked) else marked)
    return out


def _marked(match: re.Match[str]) -> str:
    is_step = " data-step=" in match[1]
    return match[0] if is_step else f'<li data-step="{STEP}"{match[1]}'


def _is_block(html: str) -> bool:
    return bool(_BLOCK.match(html)) and not (len(html) < 1000 and _SPACER.fullmatch(html))


def _needs_wrap(html: str) -> bool:
    """In a step, whatever is not wholly made of reveals yet must stay hidden until its turn."""
    if not _is_block(html) or html.startswith(_OPEN):
        return False
    if not html.startswith(("<ul", "<ol")) or STEP not in html:
        return True
    return not all(" data-step=" in match[1] for match in _ITEM.finditer(html))


def _wrap(html: str) -> str:
    return f"{_OPEN}{html}</div>"
