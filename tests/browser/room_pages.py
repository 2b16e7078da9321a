"""The pages of a class: the wall, a laptop that follows and a phone, each with its own storage."""

import io

import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from .stage_page import expect_at, opened, shown

PHONE: ViewportSize = {"width": 390, "height": 844}
LAPTOP: ViewportSize = {"width": 1280, "height": 720}

SLIDES = ("beginning", "vote", "pairs", "run", "clips", "learned")
DECK = """\
<!-- id: beginning -->

# Beginning

Nothing to answer here.

---

<!-- id: vote -->

# Is it so?

```vote
id: first
question: Is it so?
options: [yes it is, "<b>no</b>"]
```

---

<!-- id: pairs -->

# Which is better?

```label
id: pairs
pairs:
- {prompt: "2 + 2?", a: "four", b: "five"}
- {prompt: "3 + 3?", a: "six", b: "nine"}
```

---

<!-- id: run -->

# A run

```sim
sim: bandit
id: bandit
params: {num_steps: 200}
controls: [learning_rate]
```

---

<!-- id: clips -->

# Which clip?

```label
sim: preferences
id: flip
params: {num_comparisons: 4}
```

---

<!-- id: learned -->
<!-- layout: content -->

## What the room likes

```sim
sim: room_preferences
id: learned
room: pairs
controls: [beta]
chart: {x: updates, y: [proxy_reward, gold_reward, optimum]}
```
"""


class Class:
    """The pages of one room."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.url = url
        self.base = url.rsplit("/", 1)[0]
        self.contexts = [
            browser.new_context(viewport=LAPTOP),
            browser.new_context(viewport=LAPTOP, has_touch=True),  # rules for fingers hold
            browser.new_context(viewport=PHONE),
        ]
        self.faults: list[str] = []
        for context in self.contexts:
            context.set_default_timeout(45_000)
            context.on("weberror", lambda error: self.faults.append(str(error.error)))
        self.wall = opened(self.contexts[0], url)
        self.wall.keyboard.press("q")
        expect(self.wall.locator(".room-code")).to_be_visible()
        self.code = self.wall.locator(".room-code").inner_text()

    def follower(self) -> Page:
        """The laptop that follows; it comes once, with the first test that needs it."""
        if not self.contexts[1].pages:
            opened(self.contexts[1], f"{self.url}?room={self.code}")
            expect(self.contexts[1].pages[0].locator(".room-chip")).to_contain_text("Following")
        return self.contexts[1].pages[0]

    def phone(self) -> Page:
        """A phone that has scanned the code on the wall, as its camera sees it; likewise once."""
        if not self.contexts[2].pages:
            self.show_code()
            self.contexts[2].new_page().goto(scanned(self.wall.screenshot()))
            expect(self.contexts[2].pages[0].locator(".phone-blocks")).to_be_attached()
        return self.contexts[2].pages[0]

    def show_code(self) -> None:
        """The window with the code, in front of the slide."""
        if not self.wall.locator(".room-code").is_visible():
            self.wall.keyboard.press("q")
        expect(self.wall.locator(".room-qr").first).to_be_visible()

    def begin(self) -> Page:
        """The wall, on the first slide and with nothing over it, whatever a test before has left."""
        self.wall.bring_to_front()
        if self.wall.locator(".room-code").is_visible():
            self.wall.keyboard.press("Escape")
        expect(self.wall.locator(".room-code")).to_be_hidden()
        self.wall.keyboard.press("Home")
        expect_at(self.wall, "beginning")
        return self.wall

    def at(self, slide: str) -> Page:
        """The wall, on that slide, with all who have come."""
        wall = self.begin()
        for name in SLIDES[1 : SLIDES.index(slide) + 1]:
            wall.keyboard.press("ArrowRight")
            expect_at(wall, name)
        if self.contexts[1].pages:
            self.follow_again()
            expect_at(self.follower(), slide)
        return wall

    def follow_again(self) -> None:
        """A test before may have left the laptop on its own."""
        back = self.contexts[1].pages[0].get_by_role("button", name="Follow again")
        if back.is_visible():
            back.click()

    def label_all(self) -> None:
        """Have the phone say of both pairs which is better, if it has not yet."""
        self.at("pairs")
        panel = self.phone().locator(".label-panel")
        done = panel.get_by_text("All pairs are labelled")
        for words in ("four", "nine"):
            button = panel.get_by_role("button", name=words)
            expect(button.or_(done).first).to_be_visible()
            if button.is_visible():
                button.click()
        expect(done).to_be_visible()

    def draw(self) -> None:
        """A stroke with the pen, through the middle of the heading."""
        wall = self.wall
        wall.keyboard.press("i")
        marked = shown(wall).get_by_role("heading").bounding_box()
        assert marked
        middle = marked["y"] + marked["height"] / 2
        wall.mouse.move(marked["x"], middle)
        wall.mouse.down()
        wall.mouse.move(marked["x"] + 90, middle, steps=5)
        wall.mouse.move(marked["x"] + 180, middle, steps=5)
        wall.mouse.up()
        expect(wall.locator(".stage > .ink path")).to_have_count(1)


def scanned(picture: bytes) -> str:
    """The text of the only QR code in a picture."""
    [code] = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))
    return code.text


def expect_ink_over_heading(phone: Page) -> None:
    """The stroke goes through the middle of the slide's heading, as it was drawn on the wall."""
    heading = phone.frame_locator(".wall-picture iframe").locator(".slide h1")
    ink = phone.locator(".ink path")
    for _ in range(100):  # until the picture is laid out: its blocks come later
        expect(heading).to_be_visible()
        words, stroke = heading.bounding_box(), ink.bounding_box()
        assert words
        assert stroke
        off = stroke["y"] + stroke["height"] / 2 - words["y"] - words["height"] / 2
        if abs(off) < 2 and abs(stroke["x"] - words["x"]) < 3:
            return
        phone.wait_for_timeout(100)
    raise AssertionError(f"the stroke lies {off:.0f} px below the heading")


def on_the_slide(part: Locator, slide: Locator) -> tuple[float, ...]:
    """Left, top, width and height of a part, in thousandths of the width of its slide."""
    box, whole = part.bounding_box(), slide.bounding_box()
    assert box
    assert whole
    per = 1000 / whole["width"]
    at = ((box["x"] - whole["x"]) * per, (box["y"] - whole["y"]) * per)
    return (*at, box["width"] * per, box["height"] * per)
