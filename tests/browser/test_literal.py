"""What an address says is shown on a page as it is: no link, picture, heading or colour comes of it.

In a browser, because Streamlit makes some of them (links without a mark, emoji, arrows) only there.
"""

from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

TEXTS = (
    "# Your session has expired [sign in](https://evil.example/) or www.evil.example/login",
    "https://evil.example/a <b>me@evil.example</b> ![x](https://evil.example/x.png) `code`",
    ":red[alarm] :smile: :material/home: :streamlit: $x^2$ $$y$$ -> <- -- >= ~~no~~ _so_ **so**",
    "<https://evil.example> :small[a] :badge[b] :red-background[c] | a | b | &amp; [^1] \\(z\\) 1. x",
    "HTTPS://EVIL.EXAMPLE/ Www.evil.example mailto:me@evil.example xmpp:me@evil.example/x",
)
MADE = "a, img, h1, h2, h3, h4, code, svg, table, strong, em, del, small, .katex, [class*=colored]"


@pytest.mark.parametrize("address", ["/?lost=", "/references?q="])
def test_an_address_is_shown_as_it_is(page: Page, lecture_server: str, address: str) -> None:
    for text in TEXTS:
        page.goto(lecture_server + address + quote(text))
        box = page.get_by_test_id("stAlertContentWarning").or_(
            page.get_by_test_id("stAlertContentInfo")
        )
        expect(box).to_contain_text("There is no page" if "lost" in address else "No work matches")
        words = box.locator("[data-testid=stMarkdownContainer]").first
        assert text in words.inner_text().replace("\N{WORD JOINER}", "")
        made = words.locator(MADE).evaluate_all("found => found.map(each => each.outerHTML)")
        assert made == []


def test_a_long_address_is_cut(page: Page, lecture_server: str) -> None:
    page.goto(f"{lecture_server}/references?q={'w' * 5_000}")
    box = page.get_by_test_id("stAlertContentInfo")
    expect(box).to_contain_text("No work matches")
    assert len(box.inner_text()) < 400
    page.goto(f"{lecture_server}/claims?q={'w' * 5_000}")
    expect(page.get_by_test_id("stAlertContentInfo")).to_contain_text("No claim matches")
