"""Every slide and every other page of our lectures, in both themes and several sizes of window: what
axe-core finds there (`make axe`) and how they look (`make sheets`).

Both take many minutes, so neither is a test: `make axe` compares with tests/browser/axe_baseline.json
once a week, and the sample in test_axe.py runs in every `make test`.
"""

import argparse
import functools
import json
import math
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Error, Page, ViewportSize, sync_playwright

from engine.deck.document import load
from engine.deck.schema.deck_json import SlideJson
from engine.paths import LECTURES

from .conftest import ROOT, serving
from .exported import exported
from .one_browser import FLAGS
from .stage_page import SHOWN, expect_at

BASELINE = Path(__file__).with_name("axe_baseline.json")
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
SLUG = "overview"
LAST = ".page:last-of-type .slide"  # of the reading view: filled in idle time
PAGES = {  # name -> address, and what is there once the page is
    "reading": (f"/{SLUG}?view=read", LAST),
    "presenter": (f"/{SLUG}?view=presenter", ".presenter-notes"),
    "claims": ("/claims", "[data-row]"),
    "home": ("/", ".part"),
    "laboratory": ("/lab/bandit", "[data-testid='stHeading']"),
}
SITE_PAGES = {  # the same of an exported site
    "reading": (f"/{SLUG}.html?view=read", LAST),
    "presenter": (f"/{SLUG}.html?view=presenter", ".presenter-notes"),
    "claims": ("/claims.html", "[data-row]"),
    "references": ("/references.html", "[data-row]"),
    "home": ("/index.html", ".card"),
    "lost": ("/404.html", "#near"),
}
AXE_SIZES = [(1280, 720), (390, 844)]
SHEET_SIZES = [
    ("light", 1280, 720), ("dark", 1280, 720), ("light", 390, 844), ("light", 844, 390),
    ("light", 820, 1180),
]  # fmt: skip
# skip-link: links to "#ref-…" and "#term-…" open cards; they skip nothing.
RUN = """(root) => axe.run(root, {resultTypes: ["violations"],
  rules: {"skip-link": {enabled: false}}}).then((found) =>
  found.violations.map((one) => [one.id, one.nodes.map((node) => node.html.slice(0, 200))]))"""
DRAWN = f"""() => [...document.querySelectorAll("{SHOWN} .live-chart")].every((one) =>
  !one.offsetParent || one.querySelector(".main-svg"))"""
BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")  # the quickest first
JUMP = """(name) => document.querySelector(`.outline a[data-jump="${name}"]`).click()"""
THUMB, COLUMNS, LABEL = 320, 6, 18  # px of a picture's width, pictures of a row, px of its name

Faults = dict[str, list[str]]  # "stage light 1280 return: color-contrast" -> the elements


@functools.cache
def slides() -> list[SlideJson]:
    """All slides of lecture 1, in their order."""
    [path] = LECTURES.glob("*.md")
    return load(path)["slides"]


@contextmanager
def opened(browser: Browser, theme: str, width: int, height: int) -> Iterator[Page]:
    """A page of a size; small ones are touched, as phones and tablets are."""
    context = browser.new_context(
        viewport=ViewportSize(width=width, height=height),
        color_scheme="dark" if theme == "dark" else "light",
        has_touch=width < 900,
        is_mobile=width < 900,
        bypass_csp=True,  # pages of an exported site evaluate no text
    )
    context.set_default_timeout(180_000)  # ms: nothing here measures time
    yield context.new_page()
    context.close()


def walk(page: Page, url: str, wanted: list[str]) -> Iterator[str]:
    """Flip through the lecture at `url`; each slide once its figures are drawn, as far as they will be."""
    page.goto(url)
    expect_at(page, slides()[0]["id"])
    page.keyboard.press("s")  # makes the outline, which has a link to every slide
    page.wait_for_selector(".outline a[data-jump]", state="attached")
    page.keyboard.press("Escape")
    for name in wanted:
        page.evaluate(JUMP, name)
        expect_at(page, name)
        with suppress(Error):
            page.wait_for_function(DRAWN, timeout=4_000)
        yield name


def faults(
    browser: Browser,
    url: str,
    stage: str,
    wanted: list[str],
    pages: Mapping[str, tuple[str, str]],
    sizes: list[str],
) -> Faults:
    """What axe finds on the slides at `url` + `stage` (none wanted: not there) and on these pages,
    over both themes and both sizes, or at the `sizes` named."""
    found: Faults = {}
    for theme in ("light", "dark"):
        for width, height in AXE_SIZES:
            place = f"{theme} {width}"
            if sizes and f"{width}x{height}-{theme}" not in sizes:
                continue
            with opened(browser, theme, width, height) as page:
                if wanted:
                    for name in walk(page, url + stage, wanted):
                        print(name, end=" ", flush=True)
                        _look(page, f"stage {place} {name}", f"{SHOWN}", found)
                    _look(page, f"stage {place} (tools)", ".chrome", found)
                for view, (address, mark) in pages.items():
                    page.goto(url + address)
                    page.wait_for_selector(mark, state="attached")
                    _look(page, f"{view} {place}", "document", found)
            print(f"{place}: {len(found)} faults so far: {sorted(found)}", flush=True)
    return found


def _look(page: Page, where: str, root: str, found: Faults) -> None:
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    for rule, elements in page.evaluate(RUN, "html" if root == "document" else root):
        found[f"{where}: {rule}"] = elements
        print(f"\n{where}: {rule}", *elements[:4], sep="\n     ", flush=True)


def compare(found: Faults, is_whole: bool) -> int:
    """Print what is new and what is gone since the baseline; 1 where something is new."""
    known = set(json.loads(BASELINE.read_text(encoding="utf-8")))
    new = sorted(found.keys() - known)
    for key in new:
        print(f"new: {key}", *(f"     {element}" for element in found[key][:3]), sep="\n")
    if is_whole:
        for key in sorted(known - found.keys()):
            print(f"gone, so take it out of {BASELINE.name}: {key}")
    print(f"{len(found)} faults, {len(new)} of them new")
    return int(bool(new))


def sheet(browser: Browser, url: str, wanted: list[str], folder: Path, size: tuple) -> Path:
    """One picture of all slides as they look in a window of a size."""
    theme, width, height = size
    shots = folder / f"{width}x{height}-{theme}"
    shutil.rmtree(shots, ignore_errors=True)
    shots.mkdir(parents=True)
    with opened(browser, theme, width, height) as page:
        for at, name in enumerate(walk(page, f"{url}/{SLUG}", wanted)):
            page.screenshot(path=shots / f"{at:03d}-{name}.png")
    files = sorted(shots.glob("*.png"))
    tall = math.ceil(THUMB * height / width)
    rows = math.ceil(len(files) / COLUMNS)
    made = Image.new("RGB", (COLUMNS * THUMB, rows * (tall + LABEL)), "white")
    pen = ImageDraw.Draw(made)
    for at, file in enumerate(files):
        x, y = at % COLUMNS * THUMB, at // COLUMNS * (tall + LABEL)
        with Image.open(file) as shot:
            made.paste(shot.convert("RGB").resize((THUMB - 2, tall - 2)), (x, y + LABEL))
        pen.text((x + 2, y + 3), file.stem, fill="black")
    target = shots.with_suffix(".png")
    made.save(target)
    return target


def main() -> int:
    """`axe [--update] [--site]` or `sheets FOLDER`; 1 where axe finds something new."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["axe", "sheets"])
    parser.add_argument("--update", action="store_true", help="axe: what is found is the baseline")
    parser.add_argument(
        "--site", action="store_true", help="axe: the exported site, not the server"
    )
    parser.add_argument("--slide", action="append", default=[], help="only this one")
    parser.add_argument("--view", action="append", choices=["stage", *PAGES, *SITE_PAGES])
    parser.add_argument("--size", action="append", default=[], help="only 390x844-light")
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "sheets")
    chosen = parser.parse_args()
    wanted = [one["id"] for one in slides() if not chosen.slide or one["id"] in chosen.slide]
    with _shown(chosen.site) as url, sync_playwright() as playwright:
        found = next(filter(None, map(shutil.which, BROWSERS)))
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        if chosen.what == "sheets":
            for size in SHEET_SIZES:
                if not chosen.size or f"{size[1]}x{size[2]}-{size[0]}" in chosen.size:
                    print(sheet(browser, url, wanted, chosen.folder, size), flush=True)
            return 0
        pages = SITE_PAGES if chosen.site else PAGES
        if chosen.view:
            pages = {name: page for name, page in pages.items() if name in chosen.view}
            wanted = wanted if "stage" in chosen.view else []
        stage = f"/{SLUG}{'.html' * chosen.site}"
        all_faults = faults(browser, url, stage, wanted, pages, chosen.size)
    if chosen.update and not chosen.site:
        text = json.dumps(sorted(all_faults), indent=1, ensure_ascii=False)
        BASELINE.write_text(f"{text}\n", encoding="utf-8")
        print(f"{len(all_faults)} faults in {BASELINE.name}")
        return 0
    return compare(
        all_faults, is_whole=not (chosen.slide or chosen.view or chosen.size or chosen.site)
    )


@contextmanager
def _shown(is_site: bool) -> Iterator[str]:
    """Where our lectures are: on a server, or as an exported site on a web host."""
    if is_site:
        with exported() as (_, host):
            yield host.rstrip("/")
    else:
        with serving(LECTURES) as url:
            yield url


if __name__ == "__main__":
    sys.exit(main())
