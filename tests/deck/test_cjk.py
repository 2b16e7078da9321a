"""Emphasis beside Chinese, Japanese and Korean characters (commonmark-spec#650)."""

from collections.abc import Callable
from typing import Any

import pytest
from markdown_it import MarkdownIt

from engine.deck.markup import cjk

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
PLAIN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
cjk.friendly(READER)

BOLD = [  # what stands in < > is bold; the text is written with ** for each of them
    "这是<“重点”>的内容",
    "这是<「重点」>的内容",
    "这个<星号不会被识别，而是直接显示。>这是因为",
    "<このアスタリスクは強調記号として認識されず、そのまま表示されます。>この文のせいで",
    "これは<「重要」>です",
    "これは<重要（じゅうよう）>です",
    "全角<Ｈｅｌｌｏ！>です",
    "半角<ﾊﾝｶｸ｡>です",
    "패키지를 발행하려면 <`npm publish`>를 실행하십시오.",
    "<이 별표(괄호)>이 문장 때문에",
    "한글<(옛글)>ᄒᆞᆫ글",
    "<https://a.example/>へ",
    "中文<(English)>中文",
    "中文<English.>中文",
    "a<「b」>c",
    "<〱>です",
    "葛\U000e0100<(城)>です",  # an ideograph and its variation selector
    "。\ufe00<(城)>です",
    "これは<\u201c重要\u201d\ufe01>です",
    "𠮷<(野)>家",
    "注音<ㄅ，>ㄆ",
    "<b\u201d\ufe01>c",  # a quotation mark in its full-width form
    "\u1112\u1161\u11ab<(b)>\u1112",  # Hangul in parts, as macOS writes it
]


def marked(text: str, mark: str) -> str:
    return text.replace("<", mark, 1).replace(">", mark, 1)


@pytest.mark.parametrize("text", BOLD)
@pytest.mark.parametrize(("mark", "tag"), [("*", "em"), ("**", "strong"), ("~~", "s")])
def test_the_text_between_the_marks_is_emphasised(text: str, mark: str, tag: str) -> None:
    shown = READER.renderInline(marked(text, mark))
    inner = PLAIN.renderInline(text[text.index("<") + 1 : text.index(">")])
    assert f"<{tag}>{inner}</{tag}>" in shown
    assert mark[0] not in shown


AS_BEFORE = [
    "a **b** c", "a**b**c", "**(a)**b", "a**(b)**", "x * y * z", "2*3*4", "*a*b*", "**a **b",
    "snake_case_name", "_(a)_b", "é**(a)**é", "a**“b”**c", "**“b”**", "— **b** —", "a* b*", "**",
    "😀**(a)**b", "a**(b)**😀", "naïve*(x)*", "中 ** 文 **", "中_「文」_字", "** 「文」**",
    "⊙**(a)**b", "a**😀b** c", "x \ufe00**(a)** b", "\ufe00**(a)** b",
    "**Gruß:** x", "“**a**”", "***a** b*", "…**a**…",
]  # fmt: skip


@pytest.mark.parametrize("text", AS_BEFORE)
def test_everything_else_is_as_commonmark_has_it(text: str) -> None:
    assert READER.renderInline(text) == PLAIN.renderInline(text)


PLACES = {
    "heading": "## One\n\n### これは**「重要」**です\n",
    "title": "## これは**「重要」**です\n",
    "list": "## One\n\n- これは**「重要」**です\n",
    "table": "## One\n\n| a |\n|---|\n| これは**「重要」**です |\n",
    "quote": "## One\n\n> これは**「重要」**です\n",
    "note": "## One\n\nText^[これは**「重要」**です]\n",
    "box": "## One\n\n```box\ntitle: これは**「重要」**です\ncontent: a\n```\n",
    "caption": "---\nfigure_captions: true\n---\n\n## One\n\n"
    "![これは**「重要」**です](../assets/plot.svg)\n",
}


@pytest.mark.parametrize("place", PLACES)
def test_in_every_place_of_a_slide(build: Callable[[str], dict[str, Any]], place: str) -> None:
    made = build(PLACES[place])
    assert "<strong>「重要」</strong>" in made["slides"][0]["html"]
    assert made["problems"] == []
    if place == "title":
        assert made["slides"][0]["title"] == "これは「重要」です"
