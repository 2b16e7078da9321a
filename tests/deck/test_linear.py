"""Twice the text takes twice the time: each special piece of a deck, repeated n and 2n times.

Processor time of this process is measured, the best of a few; what takes less than `NOISE` at
twice a long text is linear enough. Where a library of others is slower, a limit of ours cuts in.
"""

import gc
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.app import pictures, svg_fonts
from engine.deck.content import bibliography, bibtex, latex
from engine.deck.document import document
from engine.deck.markup import math
from engine.deck.parse import parse
from engine.deck.search.entries import of_document
from engine.deck.slides import stylesheet, svg_titles
from engine.deck.source import yamltext

NOISE = 0.03  # seconds
FIRST, LAST = 4_000, 32_000  # characters: doubled until it takes more than noise
RATIO, OUTPUT, ALLOWED = 2.5, 20, 1_000_000  # of time, of output, and bytes that a deck may have

Read = Callable[[str], int]  # reads a text and returns the length of what it makes
Make = Callable[[int], str]  # a text of about n characters


def repeated(piece: str, before: str = "", after: str = "") -> Make:
    return lambda n: before + (piece * (n // len(piece) + 1))[:n] + after


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lectures") / "talk.md"


@pytest.fixture(autouse=True)
def _without_collection() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


def read_sheet(text: str) -> int:
    return len(stylesheet.scoped(text, ".a", "p")[0])


def read_yaml(text: str) -> int:
    return len(repr(yamltext.read(text).value))


def read_works(text: str) -> int:
    known = bibliography.Bibliography(Path("x.bib"), bibtex.cut(text), ())
    return sum(len(repr(known.work(key))) for key in known.keys())  # noqa: SIM118


def read_latex(text: str) -> int:
    return len(latex.plain(text))


def _forget() -> None:
    """Empty every cache of ours."""
    for name, module in list(sys.modules.items()):
        if name.startswith("engine.deck"):
            for one in vars(module).values():
                if hasattr(one, "cache_clear"):
                    one.cache_clear()
    math._known.clear()


def _took(read: Read, text: str) -> tuple[float, int]:
    _forget()
    start = time.process_time()
    made = read(text)
    return time.process_time() - start, made


def doubled(read: Read, make: Make) -> tuple[float, float, float]:
    """Times of n and 2n, and the output over the input."""
    num = FIRST
    once, _ = _took(read, make(num))
    while once < NOISE and num < LAST:
        num *= 2 if once > NOISE / 3 else 4
        num = min(num, LAST)
        once, _ = _took(read, make(num))
    text = make(2 * num)
    twice, made = _took(read, text)
    for _ in range(3):  # a busy machine adds to either time
        if twice <= max(RATIO * once, NOISE):
            break
        once, twice = _took(read, make(num))[0], min(twice, _took(read, text)[0])
    return once, twice, max(made - ALLOWED, 0) / len(text)


def check(read: Read, make: Make) -> None:
    once, twice, output = doubled(read, make)
    assert twice <= max(RATIO * once, NOISE), f"{once:.3f} s, then {twice:.3f} s"
    assert output <= OUTPUT


DIALECT = [
    "<li ", "<aaaa", "<", "[", "](", "![", "[@a] ", "[@", "^[", "^[a]", "$", "$a$", "\\", "`", "*_",
    "<!--", "<!-- -->", "<!-- step -->", "<!-- step -->\n", "<!-- a: b -->", "<!-- a: b -->\n",
    "<!--\n", "`<!--`\n", "<!--a-->`", "```a\n", "~~~\n", "---\n", "---\n\na\n\n", "```a\n\n---\n",
    "<!--\n\n---\n", "## a\n", "|||\n", "===\n", "- a\n", "> ", "<x>\n", "<x>\n\n", "<div>", "<ul>",
    "<b>", "<div>\n\n", "</div>\n", '<a href="', '<img src="a" ', "<?", "&", "\"a' ", "'a\" ",
    "(c)", "\\(^", "$$a ",
    "[a](b c)", "[a]: b\n", "<a onclick=1>", "\\(", "$$\na\n$$\n",
    "---\n\n<!-- id: a -->\n\n## a\n\n",
    "---\n\n<!-- layout: section-break -->\n\n## a\n\n", "```box\ntitle: a\n```\n", "[a](#b) ",
    "![a](b.png)\n", "<!-- cite-left: a -->\n", "<!-- notes: a -->\n", "—\n\n# ", "| a |\n",
]  # fmt: skip
SHAPES: dict[str, Make] = {
    **{
        f"more and more {mark}": lambda n, mark=mark: " x".join(
            mark * k for k in range(1, int((2 * n) ** 0.5))
        )
        for mark in "`*~<>["
    },
    "footnotes in footnotes": lambda n: "^[" * (n // 3) + "a" + "]" * (n // 3),
    "links in links": lambda n: "[" * (n // 6) + "a" + "](b)" * (n // 6),
    "other citations": lambda n: "".join(f"[@k{k}] " for k in range(n // 8)),
    "other tags": lambda n: "".join(f"<x{k}>\n" for k in range(n // 8)),
    "tags on lines": repeated("<x>\n", "<div>\n"),
    "pictures on lines": repeated("<img src=a>\n", "<div>\n"),
    "a name of an attribute": repeated("a", "<div>\n<img ", ">"),
    "comments after a comment": repeated("<!--", "<div>\n<!-- -->"),
    "<b a=1> and paragraphs": lambda n: "".join(f"<b a={k}>" for k in range(90)) + "<p>" * (n // 3),
    "short rows": lambda n: "|a" * (n // 8) + "\n" + "|-" * (n // 8) + "\n" + "|\n" * (n // 4),
    "short datasets": lambda n: (
        "```chart\ndata: {datasets: [{data: [" + "1," * (n // 4) + "]}"
        ",{data: []}" * (n // 20) + "]}\n```\n"
    ),
    "spaces in a box": repeated(" ", "```box\ntitle: a: ", "b\n```\n"),
    "controls": repeated("a,", "```sim\nsim: bandit\ncontrols: [", "]\n```\n"),
    "a conversation": repeated("- {x: 1}\n", "```conversation\nmessages:\n", "```\n"),
    "animated items": repeated("<li ", "<!-- animate: bullets -->\n\n"),
    "no title": repeated("<"),
    "spaces for dashes": repeated(" ", "| a |\n|", "x|\n"),
    "rows of backticks": lambda n: "| a |\n|--|\n| " + SHAPES["more and more `"](n) + " |\n",
    "spoken minutes": repeated("! 5 minutes, ", "<!-- notes: ", ". x -->\n"),
}
# What works on decks, and on files beside them, outside of the parser.
OTHERS: dict[str, tuple[Read, Make]] = {
    "a word in a block that is searched": (lambda text: read_search(text), repeated("a-")),
    "a class of ours": (
        lambda text: read_search(text),
        repeated('<span class="katex-mathml">'),
    ),
    "tags of drawings": (lambda text: read_drawing(text), repeated("<svg", "Source Sans")),
    "titles of drawings": (
        lambda text: len(svg_titles._with_title(text, "a") or ""),
        repeated('<text data-role="title">'),
    ),
    "titles of drawings without an end": (
        lambda text: len(svg_titles._with_title(text, "a") or ""),
        repeated("<text "),
    ),
    "addresses of pictures": (lambda text: len(pictures.sources([text])), repeated("<img ")),
}
FENCES = {
    "perl": ["m{", "<<a"], "cpp": ['R"('], "lua": ["[=["], "xml": ["<!--", "<?"], "html": ["<?"],
    "javascript": ["a.", "`"], "yaml": ["! ", "&a "], "python": ['"""', "("], "bash": ["<<a"],
    "ruby": ["%q{"], "latex": ["$", "{"], "rust": ['r#"'], "php": ["<<<a"], "css": ["a{"],
}  # fmt: skip
SHEETS = [
    "url(", " ", "url( ", "a{", "{", "}", "(", "[", '"', "/*", "@media ", "@media a{",
    '@import "a";',
    "@keyframes a{", "a:b;", "a,", ":not(", "\\", "-->", "a{b:url(", "a{position:x}\n", "--a:b(",
    ":root ",
]  # fmt: skip
YAML = [
    "a: b\n", "- ", "[", "{", "a: ", "&a a\n", "- *a\n", '"', "? a\n", "!!a ", "[a,", "{a: ",
    "|\n", " ",
    "1_", "- 1.0\n", "- - ", "...\n", "a: &a [*b, *b]\n",
]  # fmt: skip
WORKS = [
    "@", "@a{", "@a(", "@article{a,\n", '@string{a="b"}\n', "{", "}", '"', "@article{a, b={",
    "@a{b}\n",
    "@comment{}", "\\", "@ ", "\n", "@string{a = a # a}\n", "@article{a, xdata={a, b}}\n",
]  # fmt: skip
MANY_WORKS: dict[str, Make] = {
    "keys": lambda n: "".join(f"@a{{k{k}, title={{a}}}}\n" for k in range(n // 22)),
    "strings": lambda n: "".join(f'@string{{k{k}="a"}}\n' for k in range(n // 17)),
    "strings in strings": lambda n: '@string{a0="x"}\n' + "".join(
        f"@string{{a{k + 1}=a{k} # a{k}}}\n" for k in range(n // 24)
    ),
    "parents": lambda n: "@a{a, xdata={" + "a, b, " * (n // 12) + "}}@a{b, xdata={"
    + "b, a, " * (n // 12) + "}}",
    "parents in parents": lambda n: "".join(
        f"@a{{k{k}, xdata={{k{k + 1},k{k + 2}}}}}\n" for k in range(n // 25)
    ),
}  # fmt: skip


@pytest.mark.parametrize("piece", DIALECT)
def test_pieces_of_the_dialect(place: Path, piece: str) -> None:
    check(lambda text: read_deck(text, place), repeated(piece, "## T\n\n"))


@pytest.mark.parametrize("shape", SHAPES)
def test_shapes_of_a_slide(place: Path, shape: str) -> None:
    check(lambda text: read_deck(text, place), SHAPES[shape])


@pytest.mark.parametrize("language", FENCES)
def test_coloured_code(place: Path, language: str) -> None:
    """From the length on at which it has no colours; shorter code is a constant."""
    for piece in FENCES[language]:
        make = repeated(piece, f"## T\n\n```{language}\n", "\n```\n")
        check(lambda text: read_deck(text, place), lambda n, make=make: make(2 * n))


@pytest.mark.parametrize("piece", SHEETS)
def test_style_sheets(piece: str) -> None:
    check(read_sheet, repeated(piece))
    check(read_sheet, repeated(piece, "a{"))


@pytest.mark.parametrize("piece", YAML)
def test_yaml(piece: str) -> None:
    check(read_yaml, repeated(piece))


@pytest.mark.parametrize("piece", WORKS)
def test_works(piece: str) -> None:
    check(read_works, repeated(piece))


@pytest.mark.parametrize("shape", MANY_WORKS)
def test_many_works(shape: str) -> None:
    check(read_works, MANY_WORKS[shape])


@pytest.mark.parametrize(
    "piece", ["{", "$a ", "\\", "\\url{", "\\href{", "&amp;", "<i", "a and ", "~ ", '\\"', "--"]
)
def test_text_of_works(piece: str) -> None:
    check(read_latex, repeated(piece))


def read_deck(text: str, place: Path) -> int:
    return len(json.dumps(document(parse(text, place))))


@pytest.mark.parametrize("what", OTHERS)
def test_what_works_on_decks_and_drawings(what: str) -> None:
    check(*OTHERS[what])


def read_search(text: str) -> int:
    block = {"kind": "sim", "data": {"text": text}}
    slide = {"id": "a", "is_aside": False, "title": "", "html": text, "notes": text}
    slide |= {"citations": [], "blocks": [block], "defines": [], "keywords": []}
    document = {"slides": [slide], "glossary": [], "references": []}
    entries = of_document("one", document, {})
    return sum(len(part) for one in entries for part in one.texts.values())


def read_drawing(text: str) -> int:
    with tempfile.NamedTemporaryFile(suffix=".svg") as file:
        path = Path(file.name)
        path.write_text(text, encoding="utf-8")
        return len(svg_fonts.with_fonts.__wrapped__(path, 0))


def test_strings_that_double_are_refused() -> None:
    text = '@string{a0="aaaaaaaaaa"}\n'
    text += "".join(f"@string{{a{k + 1} = a{k} # a{k}}}\n" for k in range(24))
    cut = bibtex.cut(text + "@misc{a, title=a24}")
    assert max(map(len, cut.macros.values())) <= 1_000
    assert "is longer than 1000 characters" in cut.problems[0].message
    work = bibliography.Bibliography(Path("x.bib"), cut, ()).work("a")
    assert len(repr(work)) < 2_000


def test_aliases_that_double_are_refused() -> None:
    # 4,096 leaves and not 2**30: without the refusal this test is to fail, and not to fill memory.
    text = "a0: &a0 [x]\n" + "".join(f"a{k + 1}: &a{k + 1} [*a{k}, *a{k}]\n" for k in range(12))
    found = yamltext.read(text)
    assert found.fault
    assert "aliases are not allowed" in found.fault.message
