"""A room: one presenter, a laptop that follows and a phone that votes, in one browser.

The tests share the room and its pages, but none needs what another has done in it.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from .room_pages import DECK, LAPTOP, PHONE, Class, expect_ink_over_heading, on_the_slide, scanned
from .stage_page import expect_at, opened, shown


@pytest.fixture(scope="module")
def room(browser: Browser, publish) -> Iterator[Class]:
    made = Class(browser, publish("room", DECK))
    yield made
    for context in made.contexts:
        context.close()
    assert not made.faults, made.faults


def test_a_class_joins_follows_votes_and_labels(room: Class) -> None:
    wall = room.wall
    room.show_code()
    expect(wall.locator(".room-link")).to_have_text(re.compile(f"/room/{room.code}$"))
    expect(wall.locator(".room-warning")).to_contain_text("this machine only")
    phone = room.phone()
    assert phone.url == f"http://{wall.locator('.room-link').inner_text()}"
    expect(phone.get_by_role("heading")).to_have_text("Beginning")
    follower = room.follower()
    expect(wall.locator(".room-people")).to_contain_text("2 people have joined")
    for page in (wall, follower):
        expect(page.locator(".hint")).to_be_hidden()
    room.at("vote")
    phone.get_by_role("button", name="yes it is").click()
    shown(follower).get_by_role("button", name="<b>no</b>").click()
    expect(shown(wall).locator(".vote-panel")).to_contain_text("2 votes from phones")
    expect(shown(wall).locator(".vote-count").first).to_be_empty()
    phone.get_by_role("button", name="<b>no</b>").click()
    expect(phone.get_by_role("button", name="<b>no</b>")).to_have_attribute("aria-pressed", "true")
    shown(wall).get_by_role("button", name="Show results").click()
    for page in (shown(wall), shown(follower), phone.locator(".phone-blocks")):
        expect(page.locator(".vote-count").last).to_have_text("2 · 100 %")
    shown(wall).get_by_role("button", name="Close").click()
    expect(phone.get_by_role("button", name="yes it is")).to_be_disabled()
    room.label_all()
    expect(shown(wall).locator(".label-panel")).to_contain_text("1 rater on phones")


def test_who_moves_alone_comes_back_with_one_tap(room: Class) -> None:
    follower = room.follower()
    wall = room.at("beginning")
    follower.keyboard.press("End")
    expect(follower.locator(".room-chip")).to_contain_text("On your own")
    wall.keyboard.press("ArrowRight")
    expect_at(wall, "vote")
    expect_at(follower, "learned")
    follower.get_by_role("button", name="Follow again").click()
    expect_at(follower, "vote")
    wall.keyboard.press("b")
    expect(follower.locator(".practicum")).to_have_attribute("data-blank", "")
    wall.keyboard.press("b")
    expect(follower.locator(".practicum")).not_to_have_attribute("data-blank", "")


def test_a_run_of_the_presenter_is_seen_by_those_who_follow(room: Class) -> None:
    follower = room.follower()
    room.label_all()
    wall = room.at("run")
    shown(wall).get_by_role("button", name="Run", exact=True).click()
    expect(shown(follower).locator(".live-state")).to_contain_text("Finished")
    wall.keyboard.press("End")
    expect_at(follower, "learned")
    shown(wall).get_by_role("button", name="Run", exact=True).click()
    for page in (wall, follower):
        expect(shown(page).locator(".live-texts")).to_contain_text("The room: 1 rater, 2 labels.")
    expect(shown(wall).locator(".live-state").first).to_contain_text("Finished")
    # Of a room no gold is known; the recorded run that it is compared with has no room.
    for name in ("proxy reward", "optimum", "a recorded room"):
        expect(
            shown(wall).locator(".annotation-text", has_text=re.compile(f"^{name}$"))
        ).to_be_visible()
    gold = shown(wall).locator(".annotation-text", has_text=re.compile("^gold reward$"))
    expect(gold).to_have_count(0)
    assert shown(wall).locator("[transform*='NaN']").count() == 0
    wall.goto(f"{room.url}?slide=pairs")  # loaded anew, elsewhere: the presenter is there again
    expect(wall.locator(".room-chip")).to_contain_text(f"Room {room.code}")
    expect_at(follower, "pairs")
    expect_at(wall, "pairs")
    wall.keyboard.press("Home")
    expect_at(follower, "beginning")
    wall.keyboard.press("ArrowRight")
    expect_at(follower, "vote")


def test_who_follows_sees_the_pen_and_the_laser(room: Class) -> None:
    follower = room.follower()
    wall = room.at("vote")
    room.draw()
    expect(follower.locator(".stage > .ink path")).to_have_count(1)
    wall.keyboard.press("l")
    wall.mouse.move(700, 400, steps=4)
    expect(follower.locator(".laser")).to_be_visible()
    wall.keyboard.press("Escape")
    follower.set_viewport_size(PHONE)  # reflowed there: the ink lies on a picture of the wall
    expect_ink_over_heading(follower)
    picture = follower.frame_locator(".wall-picture iframe")
    places = [
        on_the_slide(part.locator(".live-button").first, part)
        for part in (picture.locator(".slide"), shown(wall))
    ]
    assert places[0] == pytest.approx(places[1], abs=0.5)
    wall.keyboard.press("u")
    expect(follower.locator(".ink path")).to_have_count(0)
    expect(follower.locator(".wall-picture")).to_be_hidden()
    follower.set_viewport_size(LAPTOP)


def test_who_follows_sees_the_figure_that_is_made_large(room: Class) -> None:
    follower = room.follower()
    wall = room.at("vote")
    room.draw()
    wall.keyboard.press("Escape")
    follower.set_viewport_size(PHONE)
    picture = follower.frame_locator(".wall-picture iframe")
    frame = follower.locator(".wall-picture-frame")
    wall.keyboard.press("z")
    expect(frame).to_have_attribute("data-zoom", "")
    expect(follower.locator(".stage[data-zoom]")).to_have_count(0)  # that is reflowed
    for _ in range(50):  # until both have moved there
        near = on_the_slide(picture.locator(".live-panel"), frame)
        wanted = on_the_slide(shown(wall).locator(".live-panel"), wall.locator(".stage"))
        if near == pytest.approx(wanted, abs=3) and near[2] > 900:
            break
        follower.wait_for_timeout(50)
    assert near == pytest.approx(wanted, abs=3)
    wall.keyboard.press("z")
    expect(frame).not_to_have_attribute("data-zoom", "")
    follower.set_viewport_size(LAPTOP)
    expect(follower.locator(".wall-picture")).to_be_hidden()
    figure = shown(wall).locator(".live-panel")
    small = figure.evaluate("one => [one.offsetWidth, one.offsetHeight]")
    wall.keyboard.press("z")
    for page in (wall, follower):
        expect(page.locator(".stage[data-zoom]")).to_have_count(1)
    # Larger as a picture, and laid out as before.
    assert figure.evaluate("one => [one.offsetWidth, one.offsetHeight]") == small
    wall.keyboard.press("ArrowRight")  # another slide: as large as ever, and clean
    for page in (wall, follower):
        expect(page.locator(".stage[data-zoom]")).to_have_count(0)
        expect(page.locator(".ink path")).to_have_count(0)
    wall.keyboard.press("ArrowLeft")  # what was drawn is still there
    expect(follower.locator(".ink path")).to_have_count(1)
    wall.keyboard.press("u")
    expect(follower.locator(".ink path")).to_have_count(0)


def test_the_room_judges_clips_together(room: Class) -> None:
    follower, phone = room.follower(), room.phone()
    wall = room.at("clips")
    expect(phone.locator(".label-panel")).to_contain_text("the next pair comes from there")
    wall.keyboard.press("e")
    phone.get_by_role("button", name="the right clip").click()
    expect(shown(wall).locator(".room-clips")).to_have_text("1 of 2 phones have chosen")
    shown(follower).get_by_role("button", name="the right clip").click()
    expect(shown(wall).locator(".room-clips")).to_have_text("2 of 2 phones have chosen")
    wall.keyboard.press("e")  # the body practises what both have chosen
    for page in (shown(follower), phone):
        expect(page.locator(".label-panel")).to_contain_text("Pair 2 · tap the better clip")
    assert "flip.labels=R" in wall.url


def test_a_phone_is_the_presenters_remote(room: Class) -> None:
    phone, wall = room.phone(), room.at("beginning")
    phone.get_by_label("your question").fill("How <i>long</i>?")
    phone.get_by_role("button", name="Ask").click()
    expect(phone.get_by_role("listitem")).to_contain_text("How <i>long</i>?")
    room.show_code()
    wall.get_by_text("Your phone as remote").click()
    link = wall.get_by_label("link of your remote").input_value()
    code = wall.get_by_role("img", name="QR code of your remote")
    expect(code).to_have_count(0)  # the class would see it
    wall.get_by_text("Show its QR code").click()
    expect(code).to_be_visible()
    assert scanned(code.screenshot()) == link
    wall.keyboard.press("Escape")
    remote = room.contexts[2].new_page()
    remote.goto(link)
    remote.get_by_role("button", name="Next").click()
    expect_at(wall, "vote")
    expect(remote.get_by_role("heading")).to_have_text("Is it so?")
    assert "key" not in remote.url
    remote.get_by_role("button", name="start the timer").click()
    expect(remote.get_by_role("button", name="pause")).to_contain_text("0:0")
    wall.keyboard.press("End")
    expect(remote.get_by_role("heading")).to_have_text("What the room likes")
    remote.get_by_role("slider").press("ArrowRight")
    value = remote.get_by_role("slider").get_attribute("aria-valuetext") or "none"
    expect(shown(wall).get_by_role("slider")).to_have_attribute("aria-valuetext", value)
    wall.keyboard.press("Home")
    wall.keyboard.press("ArrowRight")
    expect(remote.get_by_role("heading")).to_have_text("Is it so?")
    remote.get_by_role("button", name="Black").click()
    expect(wall.locator(".practicum")).to_have_attribute("data-blank", "")
    remote.get_by_role("button", name="Black").click()
    expect(wall.locator(".practicum")).not_to_have_attribute("data-blank", "")
    expect(remote.get_by_role("listitem")).to_contain_text("How <i>long</i>?")
    remote.get_by_role("button", name="Remove").click()
    expect(remote.get_by_role("listitem")).to_have_count(0)
    remote.close()


def test_a_room_is_handed_over_and_taken_back(room: Class) -> None:
    follower, phone = room.follower(), room.phone()
    wall = room.at("vote")
    room.show_code()
    wall.get_by_role("button", name="Hand over").click()
    link = wall.get_by_label("the presenter's link").input_value()
    wall.keyboard.press("Escape")
    expect(wall.locator(".toast")).to_contain_text("You have handed this room over")
    chip = wall.locator(".room-chip")
    expect(chip).to_contain_text("Following")
    other = opened(room.contexts[1], link)
    expect(other.locator(".room-chip")).to_contain_text(re.compile(r"\d people"))
    expect_at(other, "vote")  # where the room is, not where the deck begins
    assert "key" not in other.url
    other.keyboard.press("ArrowRight")
    for page in (wall, follower):
        expect_at(page, "pairs")
    expect(phone.get_by_role("heading").first).to_have_text("Which is better?")
    wall.keyboard.press("ArrowRight")  # it moves nobody
    expect(chip).to_contain_text("On your own")
    expect_at(wall, "run")
    other.close()
    wall.get_by_role("button", name="Take it back").click()
    expect(chip).to_contain_text(re.compile(r"\d people"))
    for page in (wall, follower):
        expect_at(page, "run")
    again = opened(room.contexts[1], link)  # it holds nothing any more
    expect(again.locator(".toast")).to_contain_text("Only the presenter of this room can do that")
    expect_at(follower, "run")
    again.close()


def test_a_copy_of_the_tab_that_presents_moves_nobody(room: Class) -> None:
    follower = room.follower()
    wall = room.at("run")
    kept = wall.evaluate("JSON.stringify(sessionStorage)")
    twin = room.contexts[0].new_page()
    twin.add_init_script(
        f"Object.entries({kept}).forEach(([key, value]) => sessionStorage.setItem(key, value))"
    )
    twin.goto(f"{room.url}?slide=pairs")
    expect(twin.locator(".toast")).to_contain_text("a copy of the tab that presents")
    expect_at(follower, "run")
    twin.close()


def test_a_phone_loads_little_before_it_votes(room: Class) -> None:
    context = room.contexts[2]
    context.clear_cookies()
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    room.at("vote")
    page.goto(f"{room.base}/room/{room.code}")
    expect(page.get_by_role("button", name="yes it is")).to_be_visible()
    assert sum(sizes) <= 300_000, f"{sum(sizes):.0f} bytes"
    page.close()


def test_a_wrong_code_is_a_sentence(room: Class) -> None:
    page = room.contexts[2].new_page()
    page.goto(f"{room.base}/room/BBBBB")
    expect(page.get_by_role("status")).to_contain_text("There is no room BBBBB")
    page.get_by_label("code of the room").fill(f" {room.code.lower()} ")
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_text(f"Room {room.code}")).to_be_visible()
    page.close()


def test_after_a_closed_room_another_one_is_opened(room: Class) -> None:
    wall = room.begin()
    room.show_code()
    wall.get_by_role("button", name="Close the room").click()
    expect(wall.locator(".room-chip")).to_contain_text(f"Room {room.code} is closed")
    wall.keyboard.press("Home")  # the results stay: this page is still in the room
    expect(wall.locator(".room-chip")).to_contain_text(f"Room {room.code} is closed")
    wall.keyboard.press("q")
    expect(wall.locator(".room-code")).to_have_text("closed")
    expect(wall.locator(".room-qr")).to_have_count(0)  # it would lead nowhere
    wall.get_by_role("button", name="Open a new room").click()
    expect(wall.locator(".room-chip")).to_have_text(re.compile(r"^Room \w+ · 0 people"))
    expect(wall.locator(".room-code")).not_to_have_text(room.code)
