"""Decks of colloquium open unchanged: what it accepts and ignores is never an error."""

from pathlib import Path

import pytest

from engine.publish.check import check

HEAD = "---\ntitle: T\n"
DECKS = {
    "frontmatter": HEAD + "author: A\ndate: 2026-01-05\ntheme: default\naspect_ratio: '16:9'\n"
    "fonts:\n  heading: Inter\n  body: Inter\nfooter:\n  left: A\n  center: '{n} / {N}'\n"
    "  right: auto\ncitation_style: numeric\ncitation_order: appearance\nfigure_captions: true\n"
    "chapters: true\nchapter_bar: bars\n---\n\n# T\n",
    "dark theme": HEAD + "theme: dark\n---\n\n# T\n",
    "aspect ratio": HEAD + "aspect_ratio: 4:3\n---\n\n# T\n",
    "empty values": HEAD + "author:\nbibliography:\nfooter:\nfonts:\ncustom_css:\n---\n\n# T\n",
    "no chapters": HEAD + "chapters: false\nchapter_bar: false\n---\n\n# T\n",
    "chapter bar": HEAD + "chapter_bar:\n  labels: false\n  slides: section-breaks\n"
    "  progress: chapters\n---\n\n# T\n",
    "pptx": HEAD + "pptx:\n  template: a.pptx\n---\n\n# T\n",
    "styles": HEAD + "custom_css: |\n  .a { color: red }\n---\n\n# T\n",
    "layouts": "".join(
        f"## A\n\n<!-- layout: {name} -->\n\nText\n\n---\n\n"
        for name in ("content", "section-break", "title-sidebar", "title-banner", "title-left")
    ),
    "align": "## A\n\n<!-- align: center -->\n<!-- valign: bottom -->\n<!-- padding: compact -->\n"
    "<!-- size: large -->\n<!-- class: a b -->\n<!-- style: color: red -->\n\nText\n",
    "titles": "## A\n\n<!-- title: hidden -->\n\nText\n\n---\n\n## B\n\n"
    "<!-- title: top -->\n\nText\n",
    "images": "## A\n\n<!-- img-align: center -->\n<!-- img-valign: top -->\n"
    "<!-- img-fill: true -->\n"
    "<!-- img-overflow: true -->\n\n![plot](../assets/plot.svg){width=60%}\n",
    "columns": "## A\n\n<!-- columns: 45/55 -->\n\nL\n\n|||\n\nR\n",
    "columns by number": "## A\n\n<!-- columns: 2 -->\n\nL\n\n|||\n\nR\n",
    "rows": "## A\n\n<!-- rows: 35/65 -->\n\nL\n\n===\n\n<!-- row-columns: 50/50 -->\n\n"
    "a\n\n|||\n\nb\n",
    "steps": "## A\n\nText\n\n<!-- step -->\n\nMore\n\n---\n\n## B\n\n"
    "<!-- animate: bullets -->\n\n- a\n",
    "notes": "## A\n\n<!-- notes: say it -->\n<!-- footnote: a [b](https://x.org) -->\n\n"
    "Text^[a]\n",
    "chapter": "## A\n\n<!-- chapter: One -->\n<!-- chapter-short: 1 -->\n"
    "<!-- eyebrow: E -->\n\nText\n",
    "only": "## A\n\n<!-- only: pptx -->\n\nText\n\n---\n\n## B\n\n<!-- only: html -->\n\nText\n",
    "cites": "## A\n\n<!-- cite-right: ouyang2022training -->\n\nText [@bradley1952rank]\n",
    "box": "## A\n\n```box\ntitle: Popular because it is:\ntone: muted\ncontent: |\n  - a\n```\n",
    "conversation": "## A\n\n```conversation\nsize: 0.9\nmessages:\n  - role: user\n"
    "    content: a\n"
    "  - role: assistant\n    model: m\n    content: b\n```\n",
    "chart": "## A\n\n```chart\ntype: line\ndata:\n  labels: [a, b]\n  datasets:\n    - label: x\n"
    "      data: [1, 2]\n```\n",
    "iframe": "## A\n\n```iframe\nsrc: https://x.org\nheight: 300\n```\n",
    "iframe with all": "## A\n\n```iframe\nsrc: https://x.org\nwidth: 80%\nheight: 300\ntitle: t\n"
    "loading: lazy\nallowfullscreen: true\npreserve_keyboard: true\nscrolling: no\n"
    "frameborder: 0\nstyle: \"border: 0\"\n```\n",
    "chart with all": "## A\n\n```chart\ntype: bar\ntitle: t\noptions: {}\ndata:\n  labels: [a]\n"
    "  datasets:\n    - data: [1]\n      color: red\n```\n",
    "builtwith with all": "## A\n\n```builtwith\nrepo: a/b\nurl: https://x.org\nlabel: l\n"
    "stars: auto\n"
    "icon: false\n```\n",
    "toc": "## A\n\n```toc\n```\n",
    "builtwith": "## A\n\n```builtwith\nrepo: a/b\n```\n",
    "code": "## A\n\n```python\nx = 1\n```\n\n```\nplain\n```\n\n```mermaid\ngraph\n```\n",
    "html": '## A\n\n<div class="colloquium-title-note" style="color: red">a<br>b</div>\n',
    "math": "## A\n\n$x$ and\n\n$$\n\\begin{aligned} a &= b \\end{aligned}\n$$\n",
    "handle": "## A\n\n[@someone on a site](https://x.org)\n",
    "lines": "# T\n\n---\n\n---\n\n## A\n\nText\n",
    "a comment": "## A\n\n<!-- TODO: rewrite this -->\n\nText\n",
    "plain comment": "## A\n\n<!-- just a remark -->\n\nText\n",
}  # fmt: skip


@pytest.mark.parametrize("name", DECKS)
def test_a_deck_of_colloquium_has_no_error(folder: Path, name: str) -> None:
    (folder / "a.md").write_text(DECKS[name])
    assert [one for one in check([folder / "a.md"]) if one.severity == "error"] == []
