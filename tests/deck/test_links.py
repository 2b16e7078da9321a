"""Pictures and links that lead nowhere are named with file, line and fix; no others are."""

from pathlib import Path

import pytest

from engine.deck.document import load
from engine.publish.check import check

PNG = b"\x89PNG\r\n\x1a\n IEND\xaeB`\x82"
FILES = {  # name of a picture -> what its file holds
    "a#b?c.png": PNG,
    "UP.JPG": b"\xff\xd8\xff\xe0 \xff\xd9",
    "a.webp": b"RIFF\4\0\0\0WEBPVP8 ",
    "a.avif": b"\0\0\0\x1cftypavif\0\0\0\0",
    "jpeg.png": b"\xff\xd8\xff\xe0 \xff\xd9\n",
    "wide.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>".encode("utf-16"),
    "inner.svg": b"<svg><image href='data:image/png;base64,AA'/><use xlink:href='#a'/></svg>",
    "empty.png": b"",
    "page.png": b"<!DOCTYPE html><title>Not found</title>",
    "lfs.png": b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n",
    "lfs.svg": b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n",
    "torn.svg": b"<sv",
    "web.svg": b"<svg><g><image width='1'\n xlink:href='https://x.org/a.png'/></g></svg>",
    "cut.png": PNG[:9],
    "cut.jpg": b"\xff\xd8\xff\xe0 JFIF",
    "cut.gif": b"GIF89a",
    "cut.svg": b"<svg xmlns='http://www.w3.org/2000/svg'><g>",
    "two.svg": b"<svg/><svg/>",
    "nbsp.svg": b"<svg><text>&nbsp;</text></svg>",
    "entities.svg": b"<!DOCTYPE svg [<!ENTITY a 'b'>]><svg><text>&a;&a;</text></svg>",
    "klingon.svg": b"<?xml version='1.0' encoding='klingon'?><svg/>",
    "sjis.svg": "<?xml version='1.0' encoding='shift_jis'?><svg>講</svg>".encode("shift_jis"),
    "parts.svg": b'<svg><use href="icons.svg#a"/></svg>',
}
PICTURES = {
    **dict.fromkeys(["UP.JPG", "a.webp", "a.avif", "jpeg.png", "wide.svg"], ""),
    "a%23b%3Fc.png": "",
    "a#b?c.png": "There is no image 'a'",
    "inner.svg": "",
    "own.png?v=2#x": "",
    "own%2Epng": "",
    "empty.png": "its file is empty",
    "page.png": "its file holds no picture",
    "lfs.png": "pointer of Git LFS",
    "lfs.svg": "pointer of Git LFS",
    "torn.svg": "its file holds no drawing",
    **dict.fromkeys(["entities.svg", "sjis.svg", "klingon.svg"], ""),
    **dict.fromkeys(["cut.png", "cut.jpg", "cut.gif"], "its file is cut off"),
    "cut.svg": "its drawing is not XML: no element found",
    "two.svg": "its drawing is not XML: junk after document element",
    "nbsp.svg": "its drawing is not XML: undefined entity",
    "web.svg": "the part 'https://x.org/a.png' of it is in another file",
    "parts.svg": "the part 'icons.svg#a' of it is in another file",
    "gone.png": "There is no image",
    "own.png/": "There is no image",
    "own.png%00": "There is no image",
    "figs%5Cown.png": "There is no image",
    "#own": "This picture has no address",
    "http:own.png": "has an address that is not loaded",
    "../assets/plot.svg": "",
    "own.png": "",
    "two%20words.png": "",
    "<two words.png>": "",
    "data:image/png;base64,AAAA": "",
    "https://x.org/a.png": "is on the web",
    "//x.org/a.png": "is on the web",
    "C:/Users/me/a.png": "one machine",
    "C:\\Users\\a.png": "one machine",
    "file:///home/me/a.png": "one machine",
    "/abs/a.png": "one machine",
    "two words.png": "space in its address",
    "../../outside.png": "outside of the lectures' folder",
    "paper.pdf": "not a picture that a slide can show",
    "film.mp4": "not a picture that a slide can show",
    "scan.bmp": "not a picture that a slide can show",
    "none.png": "There is no image",
    "OWN.png": "There is no image",
    "own.PNG": "There is no image",
}
RAW = [one for one in PICTURES if "<" not in one and " " not in one]


@pytest.fixture
def deck(folder: Path) -> Path:
    for name in ("own.png", "two words.png", "paper.pdf", "film.mp4", "scan.bmp"):
        (folder / name).write_bytes(PNG)
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    (folder / "gone.png").symlink_to("nowhere.png")
    (folder.parent.parent / "outside.png").write_bytes(b"x")
    (folder / "02-b.md").write_text("<!-- alias: the-other-one -->\n## Other\n")
    (folder / "broken.md").write_bytes(b"## Gru\xdf\n")
    return folder / "a.md"


def assert_named(deck: Path, text: str, said: str) -> None:
    deck.write_text(f"## One\n\n{text}\n\n---\n\n## Two\n")
    found = check([deck])
    assert bool(found) == bool(said), found
    if said:
        assert said in found[0].message
        assert (found[0].line, found[0].file) == (3, str(deck))
        assert found[0].fix
        assert len(found) == 1, found


@pytest.mark.parametrize("source", PICTURES)
def test_pictures(deck: Path, source: str) -> None:
    assert_named(deck, f"![what it shows]({source})", PICTURES[source])


@pytest.mark.parametrize("source", RAW)
def test_raw_pictures(deck: Path, source: str) -> None:
    assert_named(deck, f'<p><img src="{source}" alt="what it shows"></p>', PICTURES[source])


LINKS = {
    "#two": "",
    "#one": "",
    "?slide=two": "",
    "02-b.md": "",
    "./02-b.md#other": "",
    "https://x.org/a.md": "",
    "mailto:me@x.org": "",
    "references": "",
    "./b?slide=other": "",
    "b#other": "",
    "b?slide=the-other-one": "",
    "b?slide=references": "",
    "b?slide=nowhere": "There is no slide 'nowhere' in '02-b.md'",
    "./b?slide=othr": "There is no slide 'othr' in '02-b.md'",
    "02-b.md#nowhere": "There is no slide 'nowhere' in '02-b.md'",
    "a?slide=nowhere": "There is no slide 'nowhere' in 'a.md'",
    "broken?slide=any": "",
    "#nowhere": "There is no slide 'nowhere'",
    "?slide=nowhere": "There is no slide 'nowhere'",
    "03-c.md": "There is no deck '03-c.md'",
    "paper.pdf": "leads to no page",
    "www.x.org": "leads to no page",
    "https://": "names no site",
    "http:x": "names no site",
    "": "This link has no address",
    "#": "The link '#' names no slide",
    "ftp://x.org/a.pdf": "is not followed",
    "tel:112": "is not followed",
    "//": "names no site",
    "javascript:alert(1)": "one machine",
    "file:///home/me/a.pdf": "one machine",
}


@pytest.mark.parametrize("href", [one for one in LINKS if not one.startswith("file")])
def test_links(deck: Path, href: str) -> None:
    assert_named(deck, f"See [there]({href}).", LINKS[href])


@pytest.mark.parametrize("href", [one for one in LINKS if not one.startswith("java")])
def test_raw_links(deck: Path, href: str) -> None:
    assert_named(deck, f'<p><a href="{href}">there</a></p>', LINKS[href])


def test_a_link_to_the_file_of_a_deck_leads_to_that_lecture(deck: Path) -> None:
    deck.write_text("## One\n\n[b](02-b.md) [c](02-b.md#other) `[d](02-b.md)`\n")
    html = load(deck)["slides"][0]["html"]
    assert 'href="./b"' in html
    assert 'href="./b?slide=other"' in html
    assert "[d](02-b.md)" in html


LOGOS = {
    "own.png": "",
    "auto": "",
    "A name": "",
    "none.png": "There is no image 'none.png'",
    "https://x.org/a.png": "is on the web",
    "../../outside.png": "outside of the lectures' folder",
}


@pytest.mark.parametrize("zone", ["left", "section_break"])
@pytest.mark.parametrize("logo", LOGOS)
def test_logos_of_the_footer_are_checked_like_pictures(deck: Path, logo: str, zone: str) -> None:
    value = f"{{left: {logo}}}" if zone == "section_break" else logo
    deck.write_text(f"---\nfooter:\n  {zone}: {value}\n---\n\n## One\n")
    found = check([deck])
    assert bool(found) == bool(LOGOS[logo]), found
    if found:
        assert LOGOS[logo] in found[0].message
        assert (found[0].line, found[0].column, len(found)) == (3, 3, 1)


@pytest.mark.parametrize("zone", ["middle", "section_break"])
def test_what_stands_in_no_zone_of_the_footer_is_no_logo(deck: Path, zone: str) -> None:
    value = "{top: none.png}" if zone == "section_break" else "none.png"
    deck.write_text(f"---\nfooter:\n  left: own.png\n  {zone}: {value}\n---\n\n## One\n")
    assert not [one for one in check([deck]) if "none.png" in one.message]


SHEETS = {
    "h2 { background: url(own.png) }": "own.png",
    "h2 { background: url('none.png') }": "none.png",
    "h2 { background: image-set('own.png' 1x) }": "own.png",
    "@font-face { font-family: F; src: url(f.woff2) }": "f.woff2",
    "@media print { h2 { background: url(own.png) } }": "own.png",
    "h2 { background: url(data:image/png;base64,AAAA) }": "",
    "h2::before { content: 'own.png' }": "",
    "h2 { clip-path: url(#shape) }": "",
    "h2 { color: red }": "",
}


@pytest.mark.parametrize("sheet", SHEETS)
def test_a_style_sheet_that_asks_for_a_file_is_a_warning(deck: Path, sheet: str) -> None:
    deck.write_text(f"---\ntitle: T\ncustom_css: |\n  {sheet}\n---\n\n## One\n")
    found = check([deck])
    assert [one.message for one in found] == (
        [f"'{SHEETS[sheet]}' in 'custom_css' is not loaded."] if SHEETS[sheet] else []
    )
    assert all((one.line, one.severity) == (3, "warning") for one in found)
