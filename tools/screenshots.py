"""The pictures of the README, taken from the running app: `python -m tools.screenshots ADDRESS`.

ADDRESS is what `make serve` prints. The run on the first picture is made while it is taken.
"""

import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "images"
WIDE, PHONE = {"width": 1280, "height": 720}, {"width": 390, "height": 844}
SHOWN = "section[data-slide][aria-current=true]"
PATIENCE = 180_000  # ms for a run, on a busy machine


def main(address: str) -> None:
    """Take every picture again. Needs Chromium, as the browser tests do."""
    base = address.rsplit("/", 1)[0] + "/overview"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium(), args=["--no-sandbox"])
        light = browser.new_page(viewport=WIDE, color_scheme="light")
        _open(light, f"{base}?slide=watch-it-learn")
        _run(light)
        _take(light, "run-light")
        dark = browser.new_page(viewport=WIDE, color_scheme="dark")
        _open(dark, f"{base}?slide=gao-live")
        _take(dark, "curve-dark")
        phone = browser.new_page(
            viewport=PHONE, color_scheme="light", is_mobile=True, has_touch=True,
            device_scale_factor=2,
        )  # fmt: skip
        _open(phone, f"{base}?slide=rlvr-live")
        _take(phone, "phone")
        browser.close()


def _chromium() -> str:
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if not found:
        raise SystemExit("Chromium is not on the path.")
    return found


def _open(page: Page, address: str) -> None:
    page.goto(address)
    page.locator(f"{SHOWN} .js-plotly-plot").first.wait_for(timeout=PATIENCE)
    page.wait_for_timeout(6000)  # the tool bar fades; fonts and the recorded run are drawn


def _run(page: Page) -> None:
    page.keyboard.press("e")
    page.locator(SHOWN).get_by_text("Finished").first.wait_for(timeout=PATIENCE)
    page.wait_for_timeout(1500)  # the agent that was found is balancing


def _take(page: Page, name: str) -> None:
    FOLDER.mkdir(exist_ok=True)
    picture = FOLDER / f"{name}.png"
    page.screenshot(path=picture)
    Image.open(picture).convert("RGB").save(picture.with_suffix(".webp"), quality=82, method=6)
    picture.unlink()


if __name__ == "__main__":
    main(sys.argv[1])
