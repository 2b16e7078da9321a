"""What colloquium 0.3 makes of a deck, and what we make of it: the structure must agree.

Looks only at what can be seen from outside: its own parser's slides and the finished HTML.
"""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from colloquium.build import build_deck
from colloquium.parse import parse_file

from engine.deck.document import document
from engine.deck.parse import parse

DECKS = Path(__file__).parent / "decks"

# One slide for each row of the table of what real decks use; `[@…]` keys are in refs.bib.
ROWS = {
    "columns": "<!-- columns: 45/55 -->\n## T\n\na\n\n|||\n\nb",
    "columns before text": "<!-- columns: 1/2/1 -->\na\n\n|||\n\nb\n\n|||\n\nc",
    "rows": "<!-- rows: 35/65 -->\n## T\n\na\n\n===\n\nb",
    "row columns": (
        "<!-- rows: 2 -->\n## T\n\n<!-- row-columns: 50/50 -->\na\n\n|||\n\nb\n\n===\n\nc"
    ),
    "section break": "<!-- layout: section-break -->\n## T",
    "title layouts": "<!-- layout: title-sidebar -->\n# T\n\nby me",
    "title": "# T\n\nby me",
    "title on two lines": "## One\n## Two\n\ntext",
    "title after text": "some text\n\n## T\n\nmore",
    "heading in the text": "## T\n\ntext\n\n## Not a title\n\n### Sub",
    "cite-right": "<!-- cite-right: ouyang2022training, bradley1952rank -->\n## T\n\na",
    "cite-left": (
        "<!-- cite-left: ouyang2022training -->\n<!-- cite: bradley1952rank -->\n## T\n\na"
    ),
    "inline": "## T\n\na [@ouyang2022training] b [@bradley1952rank; @williams1992simple]",
    "in a table": "## T\n\n| a | b |\n|---|---|\n| [@ouyang2022training] | 2 |",
    "link": "## T\n\n[@handle on a site](https://example.org) [@williams1992simple]",
    "footnotes": "<!-- footnote-right: See [@ouyang2022training]. -->\n## T\n\n[@bradley1952rank]",
    "inline footnote": "## T\n\ntext^[note [@ouyang2022training] \\[x\\]] [@bradley1952rank]",
    "valign": "<!-- valign: bottom -->\n<!-- align: right -->\n## T\n\na",
    "title directive": "<!-- title: hidden -->\n## T\n\na",
    "step": "## T\n\na\n\n<!-- step -->\n\nb\n\n<!-- step -->\n\nc",
    "step first": "## T\n\n<!-- step -->\n\nb",
    "step after list": "## T\n\n- a\n- b\n\n<!-- step -->\n- c",
    "step without blank lines": "## T\n\na\n<!-- step -->\nb",
    "bullets": "<!-- animate: bullets -->\n## T\n\nx\n\n- a\n  - b\n- c\n\ny\n\n> z",
    "items": "<!-- animate: items -->\n## T\n\n1. a\n2. b\n\n---x",
    "blocks": "<!-- animate: blocks -->\n## T\n\na\n\n- b\n- c\n\n> d\n\n```text\ne\n```\n\n### f",
    "blocks with math": "<!-- animate: blocks -->\n## T\n\na $x$\n\n$$\ny\n$$\n\nb",
    "bullets with steps": "<!-- animate: bullets -->\n## T\n\n- a\n\n<!-- step -->\n\nb\n\n- c",
    "bullets in a box": "<!-- animate: bullets -->\n## T\n\n```box\ncontent: |\n  - a\n  - b\n```",
    "box after bullets": "<!-- animate: bullets -->\n## T\n\n- a\n\n```box\ntitle: x\n```",
    "steps in columns": (
        "<!-- columns: 2 -->\n## T\n\na\n\n<!-- step -->\n\nb\n\n|||\n\n<!-- step -->\n\nc"
    ),
    "images": (
        "<!-- img-align: center -->\n<!-- img-valign: top -->\n"
        "<!-- img-fill: true -->\n## T\n\n![](assets/plot.svg)"
    ),
    "image overflow": "<!-- img-overflow: true -->\n## T\n\n![](assets/plot.svg)",
    "class": "<!-- class: one two -->\n<!-- size: small -->\n<!-- padding: compact -->\n## T\n\na",
    "notes": "<!-- notes: say [@ouyang2022training] -->\n## T\n\na",
    "eyebrow": "<!-- eyebrow: Part 1 -->\n## T\n\na",
    "figure title": "<!-- figure-title: heading -->\n## T\n\n![](assets/plot.svg)",
    "html": '## T\n\n<div class="text-sm">\n\n- a [@ouyang2022training]\n\n</div>\n\n<p>b</p>',
    "html with citation": (
        '## T\n\n<div class="colloquium-footnote">\n[@ouyang2022training]\n</div>'
    ),
    "box": "## T\n\n```box\ntitle: a\ncontent: b\n```",
    "conversation": "## T\n\n```conversation\nmessages:\n  - role: user\n    content: hi\n```",
    "only": "<!-- only: pptx -->\n## T\n\na\n\n---\n\n## U",
    "after": "<!-- after: references -->\n## T\n\na\n\n---\n\n## U [@ouyang2022training]",
    "blanks around parts": "\n\n## T\n\n\n---   \n\n   \n\n## U\n\n---\n",
    "no space after dashes": "## T\n\na\n---\n## U\n\n----\n\n - - -\n",
}


def theirs(path: Path) -> list[dict[str, Any]]:
    page = build_deck(parse_file(str(path)))
    found = []
    for attributes, inner in re.findall(r"<section ([^>]*)>(.*?)</section>", page, re.DOTALL):
        steps = re.search(r'data-fragment-count="(\d+)"', attributes)
        classes = re.search(r'class="([^"]*)"', attributes)
        assert classes
        heading = re.search(r"<h([12])>(.*?)</h\1>", inner, re.DOTALL)
        found.append(
            {
                "title": words(heading[2] if heading else ""),
                "classes": [name for name in classes[1].split() if name not in ("slide", "active")],
                "steps": int(steps[1]) if steps else 0,
                "citations": sorted(set(re.findall(r'href="#colloquium-ref-([^"]+)"', inner))),
                "columns": len(re.findall(r'<div class="col">', inner)),
                "rows": len(re.findall(r'<div class="colloquium-row[ "]', inner)),
            }
        )
    return found


def ours(path: Path) -> list[dict[str, Any]]:
    deck = document(parse(path.read_text(encoding="utf-8"), path))
    found = []
    for slide in deck["slides"]:
        heading = re.search(r"<h([12]) class=\"slide-title\">(.*?)</h\1>", slide["html"], re.DOTALL)
        cited = sorted(set(re.findall(r'data-cite="([^"]+)"', slide["html"])))
        assert set(cited) <= {*slide["citations"]}
        found.append(
            {
                "title": words(heading[2] if heading else ""),
                "classes": [f"slide--{slide['layout']}", *slide["classes"]],
                "steps": slide["steps"],
                "citations": cited,
                "columns": slide["html"].count('class="colloquium-column'),
                "rows": slide["html"].count('class="colloquium-row"'),
            }
        )
    return found


def words(html: str) -> str:
    text: list[str] = []
    parser = HTMLParser()
    parser.handle_data = text.append
    parser.handle_startendtag = parser.handle_starttag = lambda tag, attrs: (
        text.append(" ") if tag == "br" else None
    )
    parser.feed(html)
    parser.close()
    return " ".join("".join(text).split())


@pytest.mark.parametrize("name", ["layouts", "reveals", "elements"])
def test_whole_decks_agree(name: str) -> None:
    path = DECKS / f"{name}.md"
    assert ours(path) == theirs(path)


@pytest.mark.parametrize("row", ROWS)
@pytest.mark.parametrize("style", ["numeric", "author-year", "title-year"])
def test_each_row_of_the_usage_table_agrees(row: str, style: str, tmp_path: Path) -> None:
    (tmp_path / "refs.bib").write_text((DECKS / "refs.bib").read_text(encoding="utf-8"))
    path = tmp_path / "deck.md"
    head = f"---\ntitle: Deck\nbibliography: refs.bib\ncitation_style: {style}\n---\n"
    path.write_text(f"{head}\n{ROWS[row]}\n", encoding="utf-8")
    assert ours(path) == theirs(path)


def test_labels_of_citations_agree(tmp_path: Path) -> None:
    (tmp_path / "refs.bib").write_text((DECKS / "refs.bib").read_text(encoding="utf-8"))
    path = tmp_path / "deck.md"
    body = "[@ouyang2022training] [@bradley1952rank] [@williams1992simple]"
    for style in ("numeric", "author-year", "title-year"):
        head = f"---\nbibliography: refs.bib\ncitation_style: {style}\n---\n"
        path.write_text(f"{head}\n## T\n\n{body}\n", encoding="utf-8")
        page = build_deck(parse_file(str(path)))
        deck = document(parse(path.read_text(encoding="utf-8"), path))
        pattern = r'<a [^>]*class="colloquium-cite"[^>]*>(.*?)</a>'
        assert re.findall(pattern, deck["slides"][0]["html"]) == re.findall(pattern, page)
        listed = re.findall(r'id="colloquium-ref-([^"]+)"', page)
        assert [work["key"] for work in deck["references"]] == listed


def test_footers_count_alike(tmp_path: Path) -> None:
    path = tmp_path / "deck.md"
    head = '---\nfooter: {left: "a", center: "{n} of {N}", right: auto}\n---\n'
    path.write_text(f"{head}\n## A\n\n---\n\n## B\n", encoding="utf-8")
    page = build_deck(parse_file(str(path)))
    deck = document(parse(path.read_text(encoding="utf-8"), path))
    pattern = r'<span class="colloquium-counter">(.*?)</span>'
    mine = [re.findall(pattern, slide["html"]) for slide in deck["slides"]]
    assert [one for slide in mine for one in slide] == re.findall(pattern, page)
    assert mine == [["1 of 2", "1 / 2"], ["2 of 2", "2 / 2"]]
