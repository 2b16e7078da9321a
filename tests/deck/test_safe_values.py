"""The cleaner's own functions: which styles, addresses and tags they let through."""

import pytest

from engine.deck.markup.sanitise import (
    clean,
    faults,
    is_blown_up,
    is_too_deep,
    safe_style,
    safe_url,
)


def test_safe_style_keeps_plain_declarations() -> None:
    assert safe_style("color: red; --colloquium-gap: 2px") == (
        "color: red; --colloquium-gap: 2px",
        [],
    )
    kept, dropped = safe_style("color: red; behavior: url(x); position: fixed; top: 0")
    assert kept == "color: red; top: 0"
    assert dropped == ["behavior: url(x)", "position: fixed"]


@pytest.mark.parametrize(
    ("url", "is_safe"),
    [
        ("https://a.b", True),
        ("mailto:a@b", True),
        ("../a.svg", True),
        ("#x", True),
        ("//a.b/c", True),
        ("javascript:1", False),
        ("java\nscript:1", False),
        ("\x01javascript:1", False),
        ("file:///x", False),
        ("data:text/html,x", False),
        ("blob:x", False),
    ],
)
def test_safe_url(url: str, is_safe: bool) -> None:
    assert safe_url(url) is is_safe


def test_clean_and_faults_agree_on_tags() -> None:
    for tag in ("div", "span", "table", "sup", "video", "marquee", "script"):
        kept = f"<{tag}" in clean(f"<{tag}></{tag}>") or tag == "table"
        assert kept == (not faults(f"<{tag}>"))


def test_the_cleaner_itself_takes_each_unsafe_attribute_out() -> None:
    """Without the rest of the renderer, which looks at styles and addresses as well."""
    assert clean('<p style="color: red; position: fixed">a</p>') == '<p style="color: red">a</p>'
    assert clean('<p style="position: fixed">a</p>') == "<p>a</p>"
    picture = '<img src="data:image/png;base64,AAAA">'
    assert clean(picture) == picture
    assert "data:" not in clean('<a href="data:image/png;base64,AAAA">a</a>')
    assert "data:" not in clean('<img src="data:text/html,a">')
    assert 'src="a.png"' in clean('<img src="a.png">')


def test_addresses_of_the_plain_web_may_be_followed() -> None:
    assert all(map(safe_url, ["http://a.org", "MAILTO:a@b.org", "a/b#c:d"]))
    assert not safe_url("ftp://a.org")


def test_faults_come_in_the_order_of_the_text() -> None:
    found = faults('<p onclick="a">b</p> <object>c</object>')
    assert [offset for _, offset in found] == [3, 21]


def test_closed_elements_are_not_deep_and_long_ones_not_blown_up() -> None:
    assert not is_too_deep("<b>a</b>" * 1_000)
    assert is_too_deep("<b>" * 1_000)
    assert not is_blown_up("a" * 10_000, "a" * 200_000)
    assert is_blown_up("a", "a" * 50_021)
