"""A lecture on paper: every page, word, link and bookmark is there, and what is not is named."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pptx
import pypdf
import pytest
from PIL import Image
from playwright.sync_api import BrowserType, Error

from engine.deck.document import load
from engine.publish.paper.sheets import Sheet
from engine.publish.paper.verify import runs, squeezed, verify
from tests.publish.printing import export, pages_of, run

DECK = """---
title: Small
author: Ada
---

# Small

Of *three* words: $x^2$.

---

<!-- layout: section-break -->

# First part

---

## Learn

See [the site](https://example.org/a) and [the end](#end).

```sim
sim: cartpole
id: learn
params: {algorithm: reinforce_baseline}
controls: [learning_rate, gamma]
chart: {x: env_steps, y: [greedy_return]}
```

<!-- notes: Say this slowly. -->

---

<!-- aside: true -->

## Aside

```chart
type: bar
data: {labels: [ants, bees], datasets: [{label: wins, data: [3, 5]}]}
```

---

<!-- layout: section-break -->

# Second part

---

## Steps

First words.

<!-- step -->

Second words.

---

## End

All went well.
"""
TITLES = ["Small", "First part", "Learn", "Aside", "Second part", "Steps", "Steps", "End"]


@pytest.fixture(scope="module")
def deck(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("on paper") / "small.md"
    path.write_text(DECK, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def printed(deck: Path) -> bytes:
    with pytest.MonkeyPatch.context() as patch:
        return export(patch, deck, "pdf", "--steps", "--base-url", "https://me.example/course")


def test_a_page_a_step_has_the_words_settings_and_links_of_its_slide(printed: bytes) -> None:
    reader: Any = pypdf.PdfReader(io.BytesIO(printed))
    texts = pages_of(printed)
    assert [text.splitlines()[0] for text in texts] == TITLES
    assert {tuple(page.mediabox[2:]) for page in reader.pages} == {(960, 540)}
    assert "Second" not in texts[5]
    assert "Second words." in texts[6]
    # What the run was made with; a letter of another typeface has a gap beside it.
    assert "discount γ 0.98" in " ".join(texts[2].split())
    assert "greedy return" in texts[2]  # the title of its axis: the figure is drawn
    assert "bees" in texts[3]
    notes = [one.get_object() for one in reader.pages[2]["/Annots"]]
    assert [note["/A"]["/URI"] for note in notes if "/A" in note] == [
        "https://example.org/a", "https://me.example/course/small.html?slide=learn&run=learn",
    ]  # fmt: skip
    [inside] = [note["/Dest"] for note in notes if "/Dest" in note]
    assert reader.get_destination_page_number(reader.named_destinations[inside]) == 7


def test_the_pdf_has_bookmarks_labels_tags_and_an_author(printed: bytes) -> None:
    reader: Any = pypdf.PdfReader(io.BytesIO(printed))
    [small, first, in_first, second, in_second] = reader.outline
    assert [small.title, first.title, second.title] == ["Small", "First part", "Second part"]
    assert [(one.title, reader.get_destination_page_number(one)) for one in in_first] == [
        ("Learn", 2), ("Aside", 3),
    ]  # fmt: skip
    assert [reader.get_destination_page_number(one) for one in in_second] == [6, 7]
    assert reader.page_labels == ["1", "2", "3", "3a", "4", "5", "5", "6"]
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert (reader.metadata.title, reader.metadata.author) == ("Small", "Ada")


def test_notes_and_handouts_are_pages_of_a4(deck: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notes = pages_of(export(monkeypatch, deck, "pdf", "--notes", "--no-asides"))
    assert len(notes) == 6
    assert "Say this slowly." in notes[2]
    handout = export(monkeypatch, deck, "handout")
    texts = pages_of(handout)
    assert ["Steps" in text for text in texts] == [False, True, False]
    assert {tuple(round(side) for side in page.mediabox[2:])
            for page in pypdf.PdfReader(io.BytesIO(handout)).pages} == {(595, 842)}  # fmt: skip


def test_a_slide_show_has_pictures_and_notes(deck: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = deck.with_name("show.pptx")
    options = ("--output", str(out), "--pptx", "--no-asides")
    assert run(monkeypatch, "pdf", str(deck), *options) == 0
    show = pptx.Presentation(str(out))
    [learn] = [one for one in show.slides if one.shapes[0].name == "Learn"]
    assert len(show.slides) == 6
    notes: Any = learn.notes_slide.notes_text_frame
    assert notes.text == "Say this slowly."
    picture: Any = learn.shapes[0]
    assert (picture.width, picture.height) == (show.slide_width, show.slide_height)
    with Image.open(io.BytesIO(picture.image.blob)) as shown:
        assert shown.size == (2560, 1440)
    assert "See" in picture._element.nvPicPr.cNvPr.get("descr")


def test_a_chart_is_two_pictures_and_its_numbers(
    deck: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = deck.with_name("figures")
    assert run(monkeypatch, "figures", str(deck), "--output", str(out)) == 0
    names = {"index", "learn-learn", "aside-aside-chart"}
    assert {path.stem for path in out.iterdir()} == names
    assert (out / "aside-aside-chart.csv").read_text() == "series,x,y\nwins,ants,3\nwins,bees,5\n"
    with (out / "learn-learn.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 5
    assert [int(row["step"]) for row in rows] == list(range(len(rows)))
    assert float(rows[-1]["greedy_return"]) == 500  # the pole stands to the end of the episode
    drawing = (out / "learn-learn.svg").read_text()
    assert "greedy return" in drawing
    assert "font/woff2;base64" in drawing  # it brings its typeface
    with Image.open(out / "aside-aside-chart.png") as picture:
        assert picture.width == 2 * 1152  # twice the pixels of the slide
        assert len(set(picture.convert("L").resize((64, 64)).tobytes())) > 5  # and not blank
    assert run(monkeypatch, "figures", str(deck), "--output", str(out)) == 2  # it is not empty


def test_what_does_not_fit_is_named_and_is_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    deck, out = tmp_path / "long.md", tmp_path / "long.pdf"
    lines = "\n".join(f"- line {number}" for number in range(40))
    deck.write_text(f"# Long\n\n---\n\n## Too long\n\n{lines}\n")
    assert run(monkeypatch, "pdf", str(deck), "--output", str(out)) == 1
    said = capsys.readouterr().err
    assert "slide 'too-long': “" in said
    assert "px below the line of the footer. Say less" in said


@pytest.fixture
def lost(printed: bytes, deck: Path) -> Callable[..., list[str]]:
    """`lost(pdf, html={…}, sheets=…)`: what a PDF lacks of the deck with other HTML of slides."""
    slides: dict[str, Any] = {slide["id"]: slide for slide in load(deck)["slides"]}
    names = list(slides)
    whole = [Sheet(((name, slides[name]["steps"]),), "") for name in names]
    whole.insert(5, Sheet((("steps", 0),), ""))

    def lost(pdf: bytes = printed, sheets: list[Sheet] = whole, **html: str) -> list[str]:
        edited: dict[str, Any] = {name: {**slides[name], "html": html[name]} for name in html}
        return verify(pdf, sheets, slides | edited)

    return lost


def test_a_lost_page_word_or_link_is_found(lost: Callable[..., list[str]], printed: bytes) -> None:
    assert lost() == []
    assert lost(end="<p>All went well</p><p>for us.</p>") == [
        "Page 8: slide 'end' lost the words “for us.”."
    ]
    link = '<a href="https://example.org/b">All</a>'
    assert lost(end=link) == ["Page 8: slide 'end' lost the link to https://example.org/b."]
    fewer = pypdf.PdfWriter(clone_from=io.BytesIO(printed))
    fewer.remove_page(3)
    out = io.BytesIO()
    fewer.write(out)
    assert lost(out.getvalue()) == ["The PDF has 7 pages, but 8 were laid out."]


def test_the_words_of_a_step_are_those_that_are_shown() -> None:
    html = (
        '<p>Now <em>and<br></em></p><div data-step="2"><p>later</p></div>'
        '<span class="katex">x</span><div class="live live--sim"><p>table</p></div><p>always</p>'
    )
    assert [run.strip() for run in runs(html, 1)] == ["Now", "and", "always"]
    assert [run.strip() for run in runs(html, 2)] == ["Now", "and", "later", "always"]
    assert squeezed("ﬁrst, todayʼs “E³”") == squeezed("first: today’s e3")


def no_browser(*_words: object, **_options: object) -> None:
    raise Error("Executable doesn't exist")


def test_bad_input_is_one_sentence(
    deck: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out = tmp_path / "a.pdf"
    for options, words in (
        (["nothing"], "there is no lecture nothing. There are: overview"),
        ([str(deck), "--output", "a.doc"], "a.doc: name a file that ends in .pdf."),
        ([str(deck), "--output", str(tmp_path / "no" / "a.pdf")], "there is no folder"),
        ([str(deck), "--base-url", "me"], "--base-url is 'me', but must be the address"),
        ([str(deck), "--handout", "--notes"], "a handout has neither notes nor steps"),
    ):
        assert run(monkeypatch, "pdf", *options) == 2
        said = capsys.readouterr().err
        assert words in said
        assert said.count("\n") == 1
    monkeypatch.setattr(BrowserType, "launch", no_browser)
    assert run(monkeypatch, "pdf", str(deck), "--output", str(out)) == 2
    assert "no Chromium and no Chrome was found for" in capsys.readouterr().err
    assert not out.exists()
