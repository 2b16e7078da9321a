"""The Deck JSON: its shape, and what surrounds the slides."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.deck.document import load
from engine.deck.schema.deck_json import DeckJson, ReferenceJson, SlideJson
from engine.deck.slides import slide as slides
from engine.publish.check import check

Build = Callable[[str], dict[str, Any]]

SLIDE_KEYS = {
    "id",
    "title",
    "number",
    "is_aside",
    "layout",
    "classes",
    "style",
    "line",
    "steps",
    "citations",
    "notes",
    "minutes",
    "talk",
    "defines",
    "keywords",
    "terms",
    "aliases",
    "section",
    "blocks",
    "html",
}


def test_shape(build: Build) -> None:
    deck = build(
        "---\ntitle: T\ndate: 2026-01-05\n---\n<!-- notes: one -->\n<!-- notes: two -->\n## A\n\n"
        "[@bradley1952rank]\n\n```play\nplay: cartpole\n```\n"
    )
    assert set(deck) == {
        "title",
        "slides",
        "references",
        "problems",
        "meta",
        "css",
        "glossary",
    }
    for slide in deck["slides"]:
        assert set(slide) == SLIDE_KEYS == set(SlideJson.__annotations__)
    assert set(deck["slides"][0]["blocks"][0]) == {"kind", "id", "line", "data", "text"}
    assert set(deck["references"][0]) == {
        "key",
        "label",
        "number",
        "authors",
        "title",
        "year",
        "venue",
        "url",
        "html",
    }
    assert deck["slides"][0]["notes"] == "one\n\ntwo"
    assert deck["meta"] == {"title": "T", "date": "2026-01-05"}
    assert set(deck) == DeckJson.__required_keys__
    assert set(deck["references"][0]) == set(ReferenceJson.__annotations__)
    json.dumps(deck, allow_nan=False)


@pytest.mark.parametrize(
    "head",
    [
        "footer: 3",
        "footer: {left: {a: 1}, right: [2], center: 5}",
        "footer: {logo_scale: big, left: a.png}",
        "fonts: Inter",
        "chapters: 7",
        "chapter_bar: {labels: 3, slides: [1]}",
        "chapter_bar: [x]",
        "title: [a]",
        "title: {a: b}",
        "custom_css: 5",
        "custom_css: [a]",
        "bibliography: 7",
        "bibliography: [a]",
        "citation_style: [a]",
        "citation_style: nmueric",
        "citation_order: 3",
        "figure_captions: maybe",
        "aspect_ratio: {}",
        "author: [a, b]",
        "pptx: 3",
        "3: 4",
        "tilte: x",
        "? {a: b}\n: c",
        "date: 2026-99-99",
        "bibliography: ''",
        "custom_css: 'x.css\\0'",
    ],
)
def test_odd_frontmatter_never_raises(build: Build, head: str) -> None:
    deck = build(f"---\n{head}\n---\n<!-- layout: section-break -->\n## A\n\n[@bradley1952rank]\n")
    assert deck["slides"][0]["title"] == "A"
    json.dumps(deck, allow_nan=False)


@pytest.mark.parametrize(
    ("head", "message", "fix"),
    [
        ("citation_style: nmueric", "'nmueric' is not a value of 'citation_style'", "'numeric'"),
        ("bibliograhpy: x.bib", "no field 'bibliograhpy'", "'bibliography'"),
        ("footer: x", "'footer' holds 'name: value' lines", ""),
        ("bibliography: [x]", "one .bib file", ""),
    ],
)
def test_slips_in_the_frontmatter(build: Build, head: str, message: str, fix: str) -> None:
    [problem] = build(f"---\ntitle: x\n{head}\n---\n## A\n")["problems"]
    assert (problem["line"], problem["column"]) == (3, 1)
    assert message in problem["message"]
    assert fix in problem["fix"]


def test_footers(build: Build) -> None:
    deck = build(
        "---\nfooter:\n  left: logo.png\n  center: '<b>x</b> {n} of {N}'\n"
        "  section_break: {left: white.png}\n---\n"
        "## A\n\n---\n\n<!-- layout: section-break -->\n## B\n\n---\n\n"
        "<!-- after: references -->\n## C\n"
    )
    a, b, c = (
        slide["html"].split('<footer class="colloquium-footer">')[1] for slide in deck["slides"]
    )
    assert 'src="logo.png"' in a
    assert "<b>x</b> 1 of 2" in a
    assert 'src="white.png"' in b
    assert "3 of 2" in c, "slides after the references do not count"


def test_the_page_number_finds_a_free_zone(build: Build) -> None:
    html = build("---\nfooter: {left: a, right: b}\n---\n## A\n")["slides"][0]["html"]
    assert (
        '<div class="colloquium-footer-center"><span class="colloquium-counter">1 / 1</span>'
        in html
    )


def test_chapters_name_the_sections(build: Build) -> None:
    deck = build(
        "# T\n\n---\n\n<!-- layout: section-break -->\n## One\n\n---\n\n"
        "## A [@bradley1952rank]\n\n```toc\n```\n\n---\n\n"
        "<!-- chapter: Two *really* -->\n<!-- chapter-short: 2 -->\n## B\n"
    )
    sections = [slide["section"] for slide in deck["slides"]]
    assert sections == ["", "One", "One", "Two really", "References"]
    html = deck["slides"][2]["html"]
    assert '<ol class="colloquium-toc colloquium-toc--has-current">' in html
    assert '<li class="colloquium-toc-item current"><a href="#one">One</a></li>' in html
    assert '<li class="colloquium-toc-item upcoming"><a href="#b">Two really</a></li>' in html


def test_the_chapter_bar(build: Build) -> None:
    body = (
        "# T\n\n---\n\n<!-- layout: section-break -->\n## One\n\n---\n\n## A\n\n---\n\n"
        "<!-- chapter: Two -->\n## B\n"
    )
    deck = build(f"---\nchapter_bar: true\n---\n{body}")
    bars = ["colloquium-chapter-bar" in slide["html"] for slide in deck["slides"]]
    assert bars == [False, True, True, True]
    assert deck["slides"][1]["classes"] == ["has-chapter-bar"]
    assert "--chapter-progress: 50%" in deck["slides"][1]["html"]
    assert "--chapter-progress: 100%" in deck["slides"][2]["html"]
    deck = build(f"---\nchapter_bar: {{slides: section-breaks, progress: chapters}}\n---\n{body}")
    assert ["colloquium-chapter-bar" in slide["html"] for slide in deck["slides"]] == [
        False,
        True,
        False,
        False,
    ]
    deck = build(body.replace("## A", "<!-- chapter-bar: bars -->\n## A"))
    assert ["colloquium-chapter-bar--bars" in slide["html"] for slide in deck["slides"]] == [
        False,
        False,
        True,
        False,
    ]


def test_figures_are_numbered_over_the_deck(build: Build) -> None:
    one = "![A *plot* of $x$ [@bradley1952rank]](../assets/plot.svg)"
    deck = build(
        f"---\nfigure_captions: true\n---\n## A\n\n{one}\n\n---\n\n## B\n\n{one}\n\n"
        "![](../assets/plot.svg)\n"
    )
    assert 'Figure 1:</span> A <em>plot</em> of <span class="katex">' in deck["slides"][0]["html"]
    assert "Figure 2:</span>" in deck["slides"][1]["html"]
    assert deck["slides"][1]["html"].count("<figure") == 1, "an image without words stays an image"
    html = build(f"## A\n\n{one}\n")["slides"][0]["html"]
    assert "<figure" not in html
    assert 'alt="A plot of x"' in html


def test_the_heading_may_retitle_a_figure(build: Build) -> None:
    deck = build(
        "<!-- figure-title: heading -->\n## Costs & gains\n\n![a plot](../assets/plot.svg)\n"
    )
    assert "title-hidden" in deck["slides"][0]["classes"]
    data = deck["slides"][0]["html"].split("base64,")[1].split('"')[0]
    svg = base64.b64decode(data).decode()
    assert 'data-role="title" x="1" y="5">Costs &amp; gains</text>' in svg
    assert "Old" not in svg


def test_images(build: Build) -> None:
    deck = build("## A\n\n![](../assets/plto.svg)\n\n![far](https://example.org/a.png)\n")
    warning, error, far = sorted(deck["problems"], key=lambda one: one["severity"], reverse=True)
    assert (far["severity"], far["line"]) == ("error", 5)
    assert "is on the web" in far["message"]
    assert (warning["severity"], warning["line"]) == ("warning", 3)
    assert "no alternative text" in warning["message"]
    assert error["fix"] == "Did you mean 'plot.svg'?"


def test_columns_and_rows_that_do_not_fit_are_told(build: Build) -> None:
    texts = {
        "<!-- columns: 2 -->\n## A\n\nx\n": "asks for 2 columns, but there are 1",
        (
            "<!-- columns: 2 -->\n## A\n\nx\n\n|||\n\ny\n\n|||\n\nz\n"
        ): "asks for 2 columns, but there are 3",
        "<!-- rows: 2 -->\n## A\n\nx\n": "asks for 2 rows, but there are 1",
        "## A\n\nx\n\n|||\n\ny\n": "nothing asks for columns",
        (
            "<!-- columns: 2 -->\n<!-- rows: 2 -->\n## A\n\nx\n\n===\n\ny\n"
        ): "columns or rows, not both",
        "## A\n\n<!-- row-columns: 2 -->\nx\n": "works inside a row only",
        "## A\n\n- x <!-- step -->\n": "text beside it",
    }
    for text, message in texts.items():
        assert message in build(text)["problems"][0]["message"]


def test_code_is_coloured_and_escaped(build: Build) -> None:
    html = build("## A\n\n```python\nif x < 1: pass\n```\n\n```nosuchlanguage\n<b>\n```\n")[
        "slides"
    ][0]["html"]
    assert '<span class="k">if</span>' in html
    assert "&lt;b&gt;" in html


def test_load_is_cached_and_follows_the_disk(folder: Any) -> None:
    path = folder / "01-a.md"
    path.write_text("## A\n")
    first = load(path)
    assert load(path) is first
    path.write_text("## B\n")
    assert load(path)["slides"][0]["title"] == "B"
    with pytest.raises(OSError, match="nosuch"):
        load(folder / "nosuch.md")


def test_a_hidden_slide_is_in_no_page(build: Build) -> None:
    deck = build("## A\n\n---\n\n<!-- only: pptx -->\n## B\n\n---\n\n<!-- only: html -->\n## C\n")
    assert [slide["title"] for slide in deck["slides"]] == ["A", "C"]


def test_each_slide_is_rendered_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rendered: list[str] = []
    render = slides.render

    def counted(source: str, *rest: Any) -> slides.Rendered:
        rendered.append(source)
        return render(source, *rest)

    monkeypatch.setattr(slides, "render", counted)
    (folder / "a.md").write_text("## A\n\n$x$\n\n---\n\n## B\n\n---\n\n## C\n")
    assert check([folder / "a.md"]) == []  # parses, makes the document, and follows the links
    assert len(rendered) == len(set(rendered)) == 3
