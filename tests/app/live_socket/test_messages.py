"""What a visitor may say over the live socket, and the sentence for what cannot be read."""

import json

import pytest

from engine.app.socket.messages import BadMessage, read
from engine.app.socket.protocol import Budget, Check, Follow, Refused, RunAsked, Stop, text

RUN = {"type": "run", "sim": "bandit"}


def test_each_message_is_read_with_its_tag():
    asked = {**RUN, "tag": "t1", "params": {"seed": 1}, "fresh": True}
    both = {**asked, "budget": {"seconds": 3, "memory": 100}}
    assert read(both) == RunAsked("bandit", {"seed": 1}, "t1", True, Budget(3, 100))
    assert read({**RUN, "fresh": "yes"}) == RunAsked("bandit", {}, None, False, None)
    follow = {"type": "follow", "run": "r1", "start": 5, "tag": 7}
    assert read(follow) == Follow("r1", 5, 7)
    assert read({"type": "follow", "run": "r1"}) == Follow("r1", 0, None)
    assert read({"type": "stop", "run": "r1", "tag": "t2"}) == Stop("r1", "t2")
    assert read({"type": "check", "sim": "bandit", "tag": "t3"}) == Check("bandit", {}, "t3")


def test_half_a_character_of_a_visitor_comes_back_as_it_came():
    said = json.loads(text(Refused("no simulation '\ud83d'", "t1")))
    assert said == {"type": "error", "message": "no simulation '\ud83d'", "tag": "t1"}


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ({"type": "rum"}, "No message 'rum'. Did you mean 'run'?"),
        ({"type": []}, "'type' must be a text or a number."),
        ({**RUN, "sim": 3}, "'sim' must be a name"),
        ({**RUN, "params": []}, "'params' an object"),
        ({**RUN, "budget": 3}, "'budget' is {seconds: number"),
        ({**RUN, "budget": {"seconds": 0}}, "A budget is above 0."),
        ({**RUN, "budget": {"memory": 0}}, "A budget is above 0."),
        ({**RUN, "budget": {"seconds": 1e6}}, "A budget is above 0."),
        ({"type": "follow", "run": "r1", "start": -1}, "the first frame that you lack"),
        ({"type": "follow", "run": "r1", "start": True}, "the first frame that you lack"),
        ({"type": "follow", "run": "r1", "start": 1.5}, "the first frame that you lack"),
        ({"type": "room_enter", "code": []}, "This message cannot be read: "),
    ],
)
def test_what_cannot_be_read_is_said(message, said):
    with pytest.raises(BadMessage) as caught:
        read(message)
    assert said in str(caught.value)
