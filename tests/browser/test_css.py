"""A deck's CSS in the browser: whatever it says, nothing outside its stage changes."""

from itertools import product

import pytest
from playwright.sync_api import Page

from engine.deck.slides import css

PAGE = """
<div id="app" class="stApp" data-testid="stApp">
  <div class="before chrome">before</div>
  <div class="practicum">
    <div class="stage" data-deck="x"><section class="slide"><h2 class="a">Title</h2></section></div>
    <nav class="chrome"><button class="tools">Tools</button><p class="toast a">Toast</p></nav>
    <div class="card drawer">Card</div>
  </div>
  <div class="stage" data-deck="other"><h2 class="a">Another deck</h2></div>
</div>
"""
LOOK = """() => [...document.querySelectorAll("*")]
  .filter((one) => !one.closest('.stage[data-deck="x"]') && one.localName !== "style")
  .map((one) => {
    const style = getComputedStyle(one)
    return [one.localName, one.className, style.color, style.display, style.position,
            style.backgroundColor, style.outlineColor, style.getPropertyValue("--mark"),
            style.animationName, style.fontSize].join("|")
  })"""
STYLE = """(css) => document.head.append(
  Object.assign(document.createElement("style"), { textContent: css, id: "own" }))"""
INSIDE = "() => getComputedStyle(document.querySelector('.stage[data-deck=x] h2')).color"
HARM = "color: rgb(1, 2, 3) !important; --mark: harm"
SUBJECTS = ["*", ".tools", ".toast", ".chrome", ".drawer", "html", "body", ".a", ":root"]
SHAPES = [
    "{} {{ {} }}",
    ":has(&) {} {{ {} }}",
    "{}:has(&) {{ {} }}",
    ":not(&){} {{ {} }}",
    "{}:not(& *) {{ {} }}",
    "& + .chrome {} {{ {} }}",
    "& ~ {} {{ {} }}",
    ":is(&, {}) {{ {} }}",
    ":where({}):not(:scope) {{ {} }}",
    ":scope ~ {} {{ {} }}",
    ".slide {{ :root:has(&) {} {{ {} }} }}",
    "@media all {{ :not(&){} {{ {} }} }}",
    "@layer z {{ :has(&) ~ {} {{ {} }} }}",
    "@supports (color: red) {{ & ~ * {} {{ {} }} }}",
    "@container (width > 0) {{ {} {{ {} }} }}",
    "}}}} {} {{ {} }}",
    "a{{background:url(data:image/png,{{)}} {} {{ {} }}",
    "a{{b:'\\\n}} {} {{ {} }}",
    "@scope (html) {{ {} {{ {} }} }}",
    "@scope {{ {} {{ {} }} }}",
    "@nest {} {{ {} }}",
    "--x: {{}}}} {} {{ {} }}",
    ".a {{ b: ( }} {} {{ {} }}",
    "\\7d {} {{ {} }}",
    "<!-- {} {{ {} }} -->",
]
WHOLE_PAGE = [
    "@property --mark { syntax: '*'; inherits: false; initial-value: harm }",
    "@keyframes own { from { color: rgb(1, 2, 3) } }",
    "@font-face { font-family: 'Own Font'; src: url(data:font/woff2,) } * { font-size: 3px }",
    "@page { margin: 0 } @view-transition { navigation: auto }",
]


def test_no_rule_reaches_outside(page: Page) -> None:
    page.set_content(PAGE)
    page.add_style_tag(
        content="@keyframes own { from { color: red } } .card { animation: own 1s paused }"
    )
    before = page.evaluate(LOOK)
    page.evaluate("document.head.append(document.createElement('style'))")
    texts = [shape.format(subject, HARM) for shape, subject in product(SHAPES, SUBJECTS)]
    for text in [*texts, *WHOLE_PAGE]:
        safe, _ = css.scoped(text, "x")
        after = page.evaluate(
            f"(css) => {{ document.head.lastChild.textContent = css; return ({LOOK})() }}", safe
        )
        assert after == before, text


def test_a_rule_works_inside_with_the_weight_that_it_had(page: Page) -> None:
    page.set_content(PAGE)
    page.add_style_tag(content=".stage .slide h2 { color: rgb(9, 9, 9) }")
    for text in ("h2 { color: rgb(1, 2, 3) }", ":root h2 { & { color: rgb(1, 2, 3) } }"):
        safe, faults = css.scoped(text, "x")
        assert faults == []
        page.evaluate(STYLE, safe)
        assert page.evaluate(INSIDE) == "rgb(1, 2, 3)"
        page.evaluate("document.getElementById('own').remove()")


@pytest.mark.parametrize(
    "text",
    [
        "h2 { position: fixed; inset: 0 }",
        "h2 { POSITION: FIXED }",
        "h2 { position: f\\69xed }",
        "h2 { --p: fixed; position: var(--p) }",
        ".slide { h2 { position: fixed !important } }",
    ],
)
def test_nothing_is_fixed_to_the_window(page: Page, text: str) -> None:
    page.set_content(PAGE)
    safe, faults = css.scoped(text, "x")
    page.evaluate(STYLE, safe)
    shown = "() => getComputedStyle(document.querySelector('.stage[data-deck=x] h2')).position"
    assert page.evaluate(shown) == "static"
    assert "'position' may be" in faults[0]
