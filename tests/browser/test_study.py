"""What helps a reader to learn from the slides: quizzes, explained terms and the glossary."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

pytestmark = pytest.mark.warm_cache

GLOSSARY = """
- term: policy
  also: [policies, actor]
  text: Gives each action its chance.
  ref: sutton2018rl
- {term: KL, text: How far apart two distributions are.}
"""
BIB = """@book{sutton2018rl, title={Reinforcement Learning}, author={Sutton, Richard S. and Barto,
Andrew G.}, year={2018}, url={https://example.org/rl}}"""
DECK = """---
title: A quiz
bibliography: ../content/references.bib
---

## Terms

The policy is near by KL, says the policy.

---

## A question

```quiz
question: Which one?
choices: [This, That, Neither]
answer: B
why: Because that is right.
```

---

## The end

A policy again.
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, serve: Callable) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("house")
    (folder / "lectures").mkdir()
    (folder / "content").mkdir()
    (folder / "lectures" / "01-quiz.md").write_text(DECK)
    (folder / "content" / "glossary.yaml").write_text(GLOSSARY)
    (folder / "content" / "references.bib").write_text(BIB)
    with serve(folder / "lectures") as address:
        yield f"{address}/quiz"


def open_at(page: Page, address: str, slide: str) -> Locator:
    page.goto(f"{address}?slide={slide}")
    shown = page.locator("section[data-slide][aria-current='true']")
    expect(shown).to_have_attribute("data-slide", slide)
    return shown


def colour(choice: Locator) -> str:
    return choice.evaluate("e => getComputedStyle(e).borderTopColor")


def test_a_presenter_reveals_the_answer_with_the_next_step(page: Page, address: str) -> None:
    shown = open_at(page, address, "a-question")
    right, other = (
        shown.get_by_role("button", name="That"),
        shown.get_by_role("button", name="This"),
    )
    expect(shown.get_by_text("Because that is right.")).to_be_hidden()
    assert colour(right) == colour(other), "nothing tells which is right"
    page.keyboard.press("ArrowRight")
    expect(shown.get_by_text("Because that is right.")).to_be_visible()
    expect(shown.locator(".quiz-verdict")).to_have_count(0)
    assert colour(right) != colour(other)
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("slide=the-end"))


def test_the_overview_gives_no_answer_away(page: Page, address: str) -> None:
    open_at(page, address, "a-question")
    page.keyboard.press("o")
    thumb = page.locator(".thumb[aria-current='page']")
    expect(thumb.get_by_text("That", exact=True)).to_be_visible()
    expect(thumb.get_by_text("Because that is right.")).to_be_hidden()
    assert colour(thumb.locator("[data-right]")) == colour(thumb.locator(".quiz-choice").first)


@pytest.mark.parametrize(("name", "verdict"), [("B That", "Right."), ("C Neither", "Not quite.")])
def test_a_viewer_picks_and_learns_why(page: Page, address: str, name: str, verdict: str) -> None:
    shown = open_at(page, address, "a-question")
    choice = shown.get_by_role("button", name=name)
    choice.click()
    expect(choice).to_have_attribute("aria-pressed", "true")
    expect(shown.locator(".quiz-why")).to_have_text(f"{verdict} B. Because that is right.")
    expect(page).to_have_url(re.compile("step=1"))
    expect(page.locator(".chrome [aria-live]")).to_have_text(f"{verdict} B. Because that is right.")
    page.keyboard.press("ArrowLeft")
    expect(shown.locator(".quiz-why")).to_be_hidden()
    assert "rgb(179, 54, 74)" not in colour(choice), "a step back takes the verdict away"


def test_a_quiz_works_by_keyboard(page: Page, address: str) -> None:
    shown = open_at(page, address, "a-question")
    shown.get_by_role("button", name="That").focus()
    page.keyboard.press("Space")
    expect(shown.locator(".quiz-why")).to_contain_text("Right.")
    expect(page).to_have_url(re.compile("slide=a-question"))


def test_a_term_shows_its_card_to_pointer_and_keyboard(page: Page, address: str) -> None:
    shown = open_at(page, address, "terms")
    expect(shown.locator("a.term")).to_have_text(["policy", "KL"])
    card = page.get_by_role("tooltip")
    shown.locator("a.term", has_text="policy").hover()
    expect(card).to_contain_text("Gives each action its chance.")
    expect(card.get_by_role("link", name="Reinforcement Learning")).to_be_visible()
    expect(card).to_contain_text("2018")
    page.mouse.move(5, 5)
    expect(card).to_be_hidden()
    shown.locator("a.term", has_text="KL").focus()
    expect(card).to_contain_text("How far apart")
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("slide=a-question"))
    expect(card).to_be_hidden()


def test_a_term_shows_its_card_to_a_tap(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    shown = open_at(page, address, "terms")
    shown.locator("a.term", has_text="policy").tap()
    expect(page.get_by_role("tooltip")).to_contain_text("Gives each action its chance.")
    box = page.get_by_role("tooltip").bounding_box()
    context.close()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390


def test_the_glossary_is_a_drawer_with_search(page: Page, address: str) -> None:
    open_at(page, address, "terms")
    page.keyboard.press("g")
    drawer = page.get_by_role("complementary", name="Glossary")
    expect(drawer.locator("dt")).to_have_text([re.compile("KL"), re.compile("policy actor")])
    search = drawer.get_by_role("searchbox", name="search the glossary")
    search.fill("chance action")
    expect(drawer.locator("dt")).to_have_text([re.compile("policy")])
    search.fill("zebra")
    expect(drawer.get_by_text("No term contains “zebra”.")).to_be_visible()
    search.fill("actor")
    drawer.get_by_role("link", name="The end").click()
    expect(page).to_have_url(re.compile("slide=the-end"))
    expect(search).to_have_value("actor")
