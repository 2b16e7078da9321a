"""Votes, labels and questions: one of each participant, changeable until it is closed."""

import csv
import io
import json

import pytest

from engine.room import export, polls, questions, rooms
from engine.room.faults import RoomError
from engine.room.polls import Poll
from engine.room.store import Store
from tests.room.voters import POLL

PAIRS = Poll(
    "pairs",
    "label",
    {"pairs": [{"prompt": "2 + 2?", "a": "4", "b": "=5"}, {"prompt": "?", "a": "x", "b": "y"}]},
)


def test_one_vote_of_each_which_they_may_change(store: Store) -> None:
    room, token = rooms.open_room(store, "overview")
    one, two = rooms.join(store, room.code), rooms.join(store, room.code)
    for person, choice in ((one, "yes"), (two, "yes"), (one, "no"), (one, "no")):
        polls.vote(store, room.code, person.id, POLL, choice)
    [tally] = polls.tallies(store, room.code)
    assert tally.counts == {"yes": 1, "no": 1}
    assert (tally.num_people, tally.is_open, tally.is_revealed) == (2, True, False)
    assert polls.given(store, room.code, one.id) == {POLL.key: {"": "no"}}
    polls.change(store, room.code, token, POLL, "close")
    with pytest.raises(RoomError, match="closed"):
        polls.vote(store, room.code, one.id, POLL, "yes")
    polls.change(store, room.code, token, POLL, "reveal")
    [tally] = polls.tallies(store, room.code)
    assert (tally.counts, tally.is_open, tally.is_revealed) == ({"yes": 1, "no": 1}, False, True)


NUMBER = Poll("many", "vote", {"question": "?", "answer": "number", "low": 0.0, "high": 100.0})
WORDS = Poll("word", "vote", {"question": "?", "answer": "words"})


def test_numbers_and_words_are_kept_as_they_are_counted(store: Store) -> None:
    room, token = rooms.open_room(store, "overview")
    people = [rooms.join(store, room.code) for _ in range(3)]
    for person, number, word in zip(
        people, ("50", "5e1", "2.50"), ("safe", " two\n words ", "<b>"), strict=True
    ):
        polls.vote(store, room.code, person.id, NUMBER, number)
        polls.vote(store, room.code, person.id, WORDS, word)
    for wrong in ("", "nan", "101", "-1", "many", "inf"):
        with pytest.raises(RoomError, match="number from 0 to 100"):
            polls.vote(store, room.code, people[0].id, NUMBER, wrong)
    with pytest.raises(RoomError, match="a word or two"):
        polls.vote(store, room.code, people[0].id, WORDS, " \u202e ")
    polls.vote(store, room.code, people[0].id, WORDS, "x" * 500)
    numbers, said = (one.counts for one in polls.tallies(store, room.code))
    assert numbers == {"50": 2, "2.5": 1}
    assert said == {"x" * 40: 1, "two words": 1, "<b>": 1}
    polls.change(store, room.code, token, WORDS, "remove", "<b>")
    assert "<b>" not in polls.tallies(store, room.code)[1].counts
    with pytest.raises(RoomError):
        polls.change(store, room.code, "guess", WORDS, "remove", "two words")


def test_a_question_is_asked_before_and_after(store: Store) -> None:
    room, token = rooms.open_room(store, "overview")
    person = rooms.join(store, room.code)
    polls.vote(store, room.code, person.id, POLL, "yes")
    polls.change(store, room.code, token, POLL, "again")
    [tally] = polls.tallies(store, room.code)
    assert (tally.round, tally.counts, tally.earlier) == (1, {}, {"yes": 1})
    assert polls.given(store, room.code, person.id) == {}
    polls.vote(store, room.code, person.id, POLL, "no")
    kept = export.everything(store, room.code)["votes"]
    assert [(one["round"], one["choice"]) for one in kept] == [(0, "yes"), (1, "no")]


def test_an_edited_question_counts_from_the_beginning_and_loses_nothing(store: Store) -> None:
    room, _ = rooms.open_room(store, "overview")
    person = rooms.join(store, room.code)
    other = Poll("first", "vote", {"question": "Is it not?", "options": ["yes", "no"]})
    polls.vote(store, room.code, person.id, POLL, "yes")
    polls.vote(store, room.code, person.id, other, "no")
    assert {one.key: one.counts for one in polls.tallies(store, room.code)} == {
        POLL.key: {"yes": 1},
        other.key: {"no": 1},
    }


def test_what_is_no_answer_is_refused(store: Store) -> None:
    room, _ = rooms.open_room(store, "overview")
    person = rooms.join(store, room.code)
    with pytest.raises(RoomError, match="not an answer to the question"):
        polls.vote(store, room.code, person.id, POLL, "maybe")
    for pair, choice in ((2, "L"), (-1, "L"), (0, "X"), (0, "")):
        with pytest.raises(RoomError, match="not a label"):
            polls.label(store, room.code, person.id, PAIRS, pair, choice)
    elsewhere, _ = rooms.open_room(store, "overview")
    with pytest.raises(RoomError, match="not in this room"):
        polls.vote(store, elsewhere.code, person.id, POLL, "yes")
    with pytest.raises(RoomError, match="Only the presenter"):
        polls.change(store, room.code, person.token, POLL, "reveal")
    assert polls.tallies(store, room.code) == []


def test_labels_become_preferences_as_trl_reads_them(store: Store) -> None:
    room, token = rooms.open_room(store, "overview")
    people = [rooms.join(store, room.code, nickname="=SUM(A1)") for _ in range(2)]
    for person, choices in zip(people, ("LR", "=L"), strict=True):
        for pair, choice in enumerate(choices):
            polls.label(store, room.code, person.id, PAIRS, pair, choice)
    [tally] = polls.tallies(store, room.code)
    assert tally.counts == {"0L": 1, "0=": 1, "1R": 1, "1L": 1}
    rows = [json.loads(line) for line in export.text(store, room.code, "trl").splitlines()]
    assert sorted((row["prompt"], row["chosen"], row["rejected"]) for row in rows) == [
        ("2 + 2?", "4", "=5"),
        ("?", "x", "y"),
        ("?", "y", "x"),
    ]
    assert {row["rater"] for row in rows} == {person.id for person in people}
    table = list(csv.DictReader(io.StringIO(export.text(store, room.code, "csv"))))
    assert {row["nickname"] for row in table} == {"'=SUM(A1)"}
    assert [row["answer"] for row in table].count("=") == 1
    whole = export.text(store, room.code, "json")
    assert not any(secret in whole for secret in (token, *(person.token for person in people)))


def test_questions_are_wanted_answered_and_taken_away(store: Store) -> None:
    room, token = rooms.open_room(store, "overview")
    one, two = (rooms.join(store, room.code, nickname=name) for name in ("Ada", ""))
    first = questions.ask(store, room.code, one.id, "title", "  Why\nso? ")
    assert questions.ask(store, room.code, one.id, "title", "Why so?") == first
    second = questions.ask(store, room.code, two.id, "title", "<script>alert(1)</script>" * 99)
    for wanted in (True, True):
        questions.vote_up(store, room.code, one.id, second, wanted)
    found = questions.shown(store, room.code)
    assert [(each.id, each.votes, each.nickname) for each in found] == [
        (second, 2, ""),
        (first, 1, "Ada"),
    ]
    assert found[1].text == "Why so?"
    assert len(found[0].text) == 300
    questions.mark(store, room.code, token, second, "answered")
    assert [each.id for each in questions.shown(store, room.code)] == [first, second]
    questions.mark(store, room.code, token, second, "removed")
    assert [each.id for each in questions.shown(store, room.code)] == [first]
    with pytest.raises(RoomError, match="Only the presenter"):
        questions.mark(store, room.code, two.token, first, "removed")
    with pytest.raises(RoomError, match="Write a question"):
        questions.ask(store, room.code, one.id, "title", " \0 ")


def test_nobody_floods_the_list_of_questions(store: Store) -> None:
    room, _ = rooms.open_room(store, "overview")
    person = rooms.join(store, room.code)
    for number in range(5):
        questions.ask(store, room.code, person.id, "title", f"Question {number}?")
    with pytest.raises(RoomError, match="wait for an answer"):
        questions.ask(store, room.code, person.id, "title", "One more?")
