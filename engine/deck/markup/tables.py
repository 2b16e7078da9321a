r"""Tables as GitHub reads them, where a bar that stands in code or in a formula is not lost.

`\|` is a bar of the cell's content: `|` in text and code, and TeX's own `\|` (‖) in a formula. A
bar without the backslash parts cells wherever it stands; where that cuts code or a formula in two,
or a row has more cells than the head, the rest would be dropped without a word, so it is reported.
"""

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block import table as github_table
from markdown_it.token import Token

from engine.deck.markup.state import State

_BAR = re.compile(r"(?<!\\)\|")
_DASHES = re.compile(r"[ \t]*+\|?[ \t]*+:?-++:?[ \t]*+(?:\|[ \t]*+:?-++:?[ \t]*+)*+\|?[ \t]*+")
_INSIDE = re.compile(r"(?:[-*+]|\d{1,9}[.)]|>)\s")  # a table in a list or quote is tried later
# Code, an escaped character, or a formula by pandoc's rule (see `engine.deck.markup.markdown`).
# Their lengths are limited: else each mark without a partner is looked for to the end of the row.
_SPAN = re.compile(
    r"(?<!`)(?P<marks>`+)(?!`).{1,2000}?(?<!`)(?P=marks)(?!`)"
    r"|\\."
    r"|(?P<math>\$\$.{1,5000}?\$\$|\$(?!\s)(?:\\.|[^$\\])*?(?<!\s)\$(?!\d))"
)


def plugin(md: MarkdownIt) -> None:
    """Have `md` read tables by the rule of this module."""
    md.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})


def _table(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    start = len(state.tokens)
    if not github_table(state, first, last, silent):
        _check_head(state, first, last, silent=silent)
        return False
    if not silent:
        made = state.tokens[start:]
        num_columns = sum(token.type == "th_open" for token in made)
        for row, inlines in _rows(made):
            cells = _cells(_line(state, row))
            _check_row(_line(state, row), row, (len(cells), num_columns), state.env["slide"])
            for token, cell in zip(inlines, cells, strict=False):
                token.content = _content(cell.strip())
        _without_empty_heads(made)
    return True


def _without_empty_heads(tokens: list[Token]) -> None:
    """A column without a name has an empty cell above it: an empty heading says nothing to those
    who hear the table, and WCAG counts it as a fault."""
    for opening, inline, closing in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if opening.type == "th_open" and not inline.content:
            opening.tag = closing.tag = "td"


def _rows(tokens: list[Token]) -> Iterator[tuple[int, list[Token]]]:
    """(line, the tokens of its cells) of each row of a table."""
    inlines: list[Token] = []
    for token in tokens:
        if token.type == "inline":
            inlines.append(token)
        elif token.type == "tr_close" and inlines:
            yield (inlines[0].map or [0])[0], inlines
            inlines = []


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].strip()


def _cells(row: str) -> list[str]:
    cells = _BAR.split(row)
    cells = cells[1:] if cells[0] == "" else cells
    return cells[:-1] if cells and cells[-1] == "" else cells


def _content(cell: str) -> str:
    r"""A cell with `\|` as the bar that it stands for."""
    if "\\|" not in cell:
        return cell
    out, at = [], 0
    for match in _SPAN.finditer(cell):
        if match["math"]:
            out += [cell[at : match.start()].replace("\\|", "|"), match[0]]
            at = match.end()
    return "".join([*out, cell[at:].replace("\\|", "|")])


def _check_row(row: str, line: int, counts: tuple[int, int], slide: State) -> None:
    cut = [one for one in _SPAN.finditer(row) if one[0][0] in "`$" and _BAR.search(one[0])]
    for match in cut:
        fix = "Write \\vert, \\mid or \\Vert." if match["math"] else "Write \\| for it."
        message = f"The bar in '{match[0][:60]}' parts two cells of the table."
        slide.problem(message, fix, *slide.place(match[0], line), warning=True)
    if not cut and counts[0] > counts[1]:
        message = f"This row has {counts[0]} cells, but its table has {counts[1]} in the head."
        fix = "Add cells to the head, or write \\| for a bar; what is too much is not shown."
        slide.problem(message, fix, *slide.place(row, line), warning=True)


def _check_head(state: StateBlock, first: int, last: int, *, silent: bool) -> None:
    """Say of what looks like a table why it is none: its head and its dashes differ, or it has
    no line of dashes."""
    if first + 1 >= last or state.is_code_block(first):
        return
    head, dashes = _line(state, first), _line(state, first + 1)
    if "|" not in head or "|" not in dashes or _INSIDE.match(head):
        return
    slide: State = state.env["slide"]
    message = fix = ""
    if _DASHES.fullmatch(dashes):
        counts = len(_cells(head)), len(_cells(dashes))
        cells = f"{counts[0]} cell{'' if counts[0] == 1 else 's'}"
        if counts[0] != counts[1]:
            message = f"The head of this table has {cells}, but the dashes below it {counts[1]}."
            fix = "Write as many; until then it is shown as text."
    elif not silent and _is_row(head) and _is_row(dashes):
        message = "This looks like a table, but no line of hyphens is below its head."
        fix = "Write one such as |---|---|; until then it is shown as text."
    if message:
        slide.problem(message, fix, *slide.place(head, first), warning=True)


def _is_row(line: str) -> bool:
    return line.count("|") > 2 and line[0] == line[-1] == "|"
