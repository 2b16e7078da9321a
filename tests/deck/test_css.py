"""A deck's CSS stays in its stage and loads nothing."""

import re
from pathlib import Path
from typing import Any

import pytest

from engine.deck.document import document
from engine.deck.parse import parse
from engine.deck.slides import css


def depths(text: str) -> list[tuple[int, str]]:
    """(depth before it, text) of each selector or at-rule, by a reading of our own."""
    found, depth, start, quote = [], 0, 0, ""
    for at, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote and text[at - 1] != "\\" else quote
        elif letter in "\"'":
            quote = letter
        elif letter == "{":
            found.append((depth, text[start:at].strip()))
            depth, start = depth + 1, at + 1
        elif letter == "}":
            depth, start = depth - 1, at + 1
            assert depth >= 0
        elif letter == ";":
            start = at + 1
    assert (depth, quote) == (0, "")
    return found


def test_rules_are_nested_under_the_stage_of_the_deck() -> None:
    safe, faults = css.scoped(":root { --colloquium-x: 1px }\n.slide h2 { color: red }", "overview")
    assert faults == []
    assert depths(safe) == [
        (0, '@scope (.stage[data-deck="overview"])'),
        (1, ":scope:scope"),
        (2, "&"),
        (2, ".slide h2"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        ".a { color: red } } body { display: none }",
        ".a { color: red",
        "}}}} * { display: none }",
        ".a { content: '}' } .b { color: red }",
        '.a { content: "} body {" }',
        "/* } */ .a { x: y }",
        ".a { content: '} body { color: red }",
        "/* never closed .a {",
        "@media (x) { .a { b: c }",
    ],
)
def test_no_rule_escapes_by_braces(text: str) -> None:
    safe, _ = css.scoped(text, "x")
    found = depths(safe)
    assert {text for depth, text in found if depth == 0} <= {'@scope (.stage[data-deck="x"])'}
    assert {text for depth, text in found if depth == 1} <= {":scope:scope"}


@pytest.mark.parametrize(
    "text",
    [
        "@import url(https://evil.example/x.css);",
        "@import '//evil.example/x.css';",
        '@IMPORT "x.css";',
        ".a { background: url(https://evil.example/x.png) }",
        ".a { background: url( '//evil.example' ) }",
        ".a { background: \\75rl(https://evil.example) }",
        ".a { background: u\\rl(http://evil.example) }",
        ".a { background: image-set('https://evil.example/x.png' 1x) }",
        "@font-face { src: url(http://evil.example) }",
        '.a { background: url("\\68ttp://evil.example") }',
        "@namespace url(http://evil.example);",
        ".a { background: url(/*x*/http://evil.example) }",
        ".a{background:url(ftp://evil.example)}",
        ".a { behavior: url(javascript:alert(1)) }",
        ".a { background: ur/**/l(http://evil.example) }",
        ".a { background: url(http://evil.example",
        ".a { background: url('http://evil.example",
        ".a { background: url(a url(http://evil.example) }",
    ],
)
def test_nothing_is_loaded_from_elsewhere(text: str) -> None:
    safe, _ = css.scoped(text, "x")
    bare = re.sub(r"\\", "", safe.lower())
    for address in re.findall(r"(?:url|src|image-set)\(([^)]*)\)", bare):
        assert "evil" not in address
    assert "@import" not in bare
    assert "@namespace" not in bare


def test_a_style_element_cannot_be_closed() -> None:
    safe, _ = css.scoped(".a { content: '</style><script>alert(1)</script>' }", "x")
    assert "</" not in safe


def test_files_of_the_deck_and_data_may_be_used() -> None:
    safe, faults = css.scoped(
        ".a { background: url(img/a.png) } .b { background: url(data:image/png;base64,AA==) }", "x"
    )
    assert faults == []
    assert "url(img/a.png)" in safe
    assert "url(data:image/png;base64,AA==)" in safe


def test_keyframes_stand_beside_the_stage() -> None:
    safe, _ = css.scoped("@keyframes pulse { from { opacity: 0 } } .a { animation: pulse 1s }", "x")
    assert [selector for depth, selector in depths(safe) if depth == 0] == [
        "@keyframes x-pulse",
        '@scope (.stage[data-deck="x"])',
    ]
    assert "animation: x-pulse 1s;" in safe


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("@property --p { syntax: '*' }", "'@property' cannot be used here"),
        ("@font-face { font-family: 'Source Sans' }", "'Source Sans' is the app's"),
        (".a { --u: 'https://evil.example/x'; background: image-set(var(--u) 1x) }", "network"),
        (".a { background: image-set('//evil.example/x' 1x) }", "network"),
        (".a { background: src('http://evil.example/x') }", "network"),
        ("x" * 200_001, "200000 are allowed"),
        (".a { b: " + "(" * 5000, "too many brackets"),
        (".a {" * 5000, "too many"),
        (".a { content: 'a\nb' }", "cannot be read at its line 1"),
    ],
)
def test_what_is_left_out_is_said(text: str, fault: str) -> None:
    safe, faults = css.scoped(text, "x")
    assert any(fault in one for one in faults)
    assert "evil" not in safe


def test_escapes_and_nesting_are_kept() -> None:
    safe, faults = css.scoped(r".a { content: '\2192'; &:hover { color: red } }", "x")
    assert faults == []
    assert 'content: "→";' in safe
    assert "&:hover { color: red; }" in safe


def test_css_from_a_file_and_fonts(folder: Path) -> None:
    (folder / "deck.css").write_text(".slide { color: red }")

    def styles(head: str) -> dict[str, Any]:
        return document(parse(f"---\n{head}\n---\n## A\n", folder / "02-my-talk.md"))

    assert ".slide { color: red; }" in styles("custom_css: deck.css")["css"]
    assert 'data-deck="my-talk"' in styles("custom_css: deck.css")["css"]
    [problem] = styles("custom_css: nosuch.css")["problems"]
    assert "'nosuch.css' cannot be read" in problem["message"]
    for rule, fix in (("a { b: 'c", "in another way."), ("a { b: url(//c) }", "url(data:…).")):
        [problem] = styles(f'title: A\ncustom_css: "{rule}"')["problems"]
        assert problem["line"] == 3
        assert problem["fix"].endswith(fix)
    assert '--colloquium-font-heading: "Inter"' in styles("fonts: {heading: Inter}")["css"]
    assert styles("fonts: {heading: 'x\"; } body { display: none'}")["css"] == ""
