"""What is asked of a room over the live socket, answered: each fault is a sentence."""

import asyncio
import os
from typing import Any

import msgspec

from engine.app.lectures import library
from engine.app.rooms import ALLOWED, invitation
from engine.app.rooms.deck_polls import numbered, poll_of
from engine.app.rooms.hub import Hub, Listener, Seat, asked_now
from engine.app.rooms.limits import Limits
from engine.app.socket import protocol, room_protocol
from engine.app.socket.protocol import Refused, ServerMessage
from engine.app.socket.room_protocol import (
    RoomAct,
    RoomAsk,
    RoomClose,
    RoomDone,
    RoomEnter,
    RoomEntered,
    RoomHand,
    RoomLater,
    RoomLost,
    RoomMark,
    RoomMove,
    RoomOpen,
    RoomPoint,
    RoomPoll,
    RoomRated,
    RoomRatings,
    RoomRemote,
    RoomVote,
    RoomWant,
)
from engine.room import polls, questions, rooms, words
from engine.room.faults import NotPresenter, RoomError, StoreAway
from engine.room.polls import Poll
from engine.room.store import Store

MOST_PLACE = 50_000  # bytes of a place
OWN_MACHINE = ("127.0.0.1", "::1", "::1/128", "")
AWAY = "The room's store does not answer. This is kept here, and sent again."
OFF = "This server opens no rooms. Its operator can allow that: practicum serve --room."
OFTEN = "Too many {} from your network at once. Try again in a minute."


class Desk:
    """Answers the messages of rooms; remembers in which room each connection sits."""

    def __init__(self, hub: Hub | None = None) -> None:
        self.hub = hub or Hub()
        self._limits = Limits()
        self._seats: dict[Listener, Seat] = {}

    async def handle(self, who: Listener, message: room_protocol.FromVisitor) -> None:
        """Answer one message, in one message with its tag."""
        try:
            answer = await self._answer(who, message)
        except NotPresenter as error:
            seat = self._seats.get(who)
            answer = RoomLost(seat.code if seat else "", str(error), message.tag)
        except RoomError as error:
            answer = Refused(str(error), message.tag)
        except StoreAway:
            answer = RoomLater(AWAY, message.tag)
        who.say_text(protocol.text(answer))

    def leave(self, who: Listener) -> None:
        if seat := self._seats.pop(who, None):
            self.hub.leave(seat)

    async def close(self) -> None:
        await self.hub.close()

    async def _answer(self, who: Listener, message: room_protocol.FromVisitor) -> ServerMessage:
        if isinstance(message, RoomOpen):
            return await self._open(who, message)
        if isinstance(message, RoomEnter):
            return await self._enter(who, message)
        seat = self._seats.get(who)
        if seat is None:
            raise RoomError("You are in no room. Join it with its code.")
        match message:
            case (
                RoomMove()
                | RoomPoint()
                | RoomPoll()
                | RoomMark()
                | RoomHand()
                | RoomClose()
                | RoomAct()
            ):
                return await self._presented(seat, message)
            case RoomRemote():
                return await self._remote(seat, message)
            case RoomRatings():
                return await self._rated(seat, message)
            case _:
                return await self._taken_part(seat, message)

    async def _open(self, who: Listener, message: RoomOpen) -> RoomEntered:
        if not os.environ.get(ALLOWED) and who.address not in OWN_MACHINE:
            raise RoomError(OFF)
        if message.lecture not in library().paths():
            raise RoomError("There is no such lecture on this server.")
        self._spare(self._limits.opened.take(who.address, _now()), "rooms")
        room, key = await self.hub.work(rooms.open_room, message.lecture)
        entered = RoomEntered(room.code, room.lecture, *_way(room.code, message.page), key=key)
        return await self._seated(Seat(who, room.code, room.lecture, key=key), entered, message)

    async def _enter(self, who: Listener, message: RoomEnter) -> RoomEntered:
        # Before the look, so that a right guess is refused as well; not those who come back.
        if self._limits.missed.is_spent(who.address, _now()):
            self._spare(await self.hub.work(_is_known, message), "wrong codes")
        try:
            room = await self.hub.work(rooms.find, message.room)
        except RoomError:
            self._spare(self._limits.missed.take(who.address, _now()), "wrong codes")
            raise
        entered = RoomEntered(room.code, room.lecture, *_way(room.code, message.page))
        if message.key:
            if not await self.hub.work(rooms.is_presenter, room.code, message.key):
                self._spare(self._limits.missed.take(who.address, _now()), "wrong keys")
                raise RoomError(rooms.NOT_YOURS)
            seat = Seat(who, room.code, room.lecture, key=message.key)
            return await self._seated(seat, _replace(entered, key=message.key), message)
        member = await self._joined(who, room.code, message)
        given = await self.hub.work(polls.given, room.code, member.id)
        blocks = await self.hub.work(_by_block, room.lecture, given)
        seat = Seat(who, room.code, room.lecture, person=member.id)
        return await self._seated(
            seat, _replace(entered, person=member.token, given=blocks), message
        )

    async def _joined(self, who: Listener, code: str, message: RoomEnter) -> rooms.Member:
        if not await self.hub.work(rooms.is_member, code, message.person):
            self._spare(self._limits.joined.take(who.address, _now()), "new participants")
        return await self.hub.work(rooms.join, code, message.person, message.name)

    async def _seated(
        self, seat: Seat, entered: RoomEntered, message: RoomOpen | RoomEnter
    ) -> RoomEntered:
        self.leave(seat.listener)
        self._seats[seat.listener] = seat
        await self.hub.enter(seat)
        warning = invitation.warning(entered.link) if seat.key else ""
        return _replace(entered, warning=warning, tag=message.tag)

    async def _presented(
        self,
        seat: Seat,
        message: RoomMove | RoomPoint | RoomPoll | RoomMark | RoomHand | RoomClose | RoomAct,
    ) -> RoomDone:
        """Do what only the presenter may; the store compares the key each time."""
        hub, code, key, new = self.hub, seat.code, seat.key, ""
        match message:
            case RoomMove(place):
                plain = msgspec.to_builtins(place)
                if len(msgspec.json.encode(plain)) > MOST_PLACE:
                    raise RoomError("The name of the place is too long.")
                hub.moved(await hub.work(rooms.move, code, key, plain))
            case RoomPoint(x, y):
                await hub.work(rooms.check_presenter, code, key)
                hub.point(seat, x, y)
                return RoomDone("", message.tag)
            case RoomPoll(block, change, choice):
                poll = await hub.work(_poll_of, seat.lecture, block)
                await hub.work(polls.change, code, key, poll, change, choice)
            case RoomMark(question, mark):
                await hub.work(questions.mark, code, key, question, mark)
            case RoomAct():
                await hub.work(rooms.check_presenter, code, key)
                if not hub.ask(seat, message):
                    raise RoomError("No lecture window of this room is open on this server.")
                return RoomDone("", message.tag)
            case RoomHand():
                new = await hub.hand_over(seat)
            case RoomClose():
                await hub.work(rooms.close, code, key)
        hub.changed(code)
        return RoomDone(new, message.tag)

    async def _remote(self, seat: Seat, message: RoomRemote) -> RoomDone:
        """The QR code of the remote's link; only who has the key already gets it."""
        await self.hub.work(rooms.check_presenter, seat.code, seat.key)
        link = invitation.remote_link(seat.code, message.page, seat.key)
        return RoomDone("", message.tag, invitation.qr_rows(link))

    async def _rated(self, seat: Seat, message: RoomRatings) -> RoomRated:
        """The labels of everybody, without any name: they are to be learned from."""
        poll = await self.hub.work(_poll_of, seat.lecture, message.block)
        if poll.kind != "label":
            raise RoomError("This block has no pairs that a room could label.")
        words = await self.hub.work(polls.ratings, seat.code, poll)
        return RoomRated(*numbered(poll), "/".join(words), message.tag)

    async def _taken_part(self, seat: Seat, message: Any) -> RoomDone:
        """A vote, a label or a question of a participant."""
        hub, code, person = self.hub, seat.code, seat.person
        if not person:
            raise RoomError("The presenter has no vote in the room.")
        match message:
            case RoomVote(block, choice, pair, asked_in):
                poll = await hub.work(_poll_of, seat.lecture, block)
                if (poll.kind == "label") != (pair is not None):
                    raise RoomError("This is not an answer to the question. Look at it again.")
                given = (choice, asked_in) if pair is None else (pair, choice)
                give = polls.vote if pair is None else polls.label
                await hub.work(give, code, person, poll, *given)
                hub.given(code)
            case RoomAsk(text, slide):
                await hub.work(questions.ask, code, person, words.plain(slide, 100), text)
            case RoomWant(question, wanted):
                await hub.work(questions.vote_up, code, person, question, wanted)
        hub.changed(code)
        return RoomDone("", message.tag)

    def _spare(self, is_allowed: bool, what: str) -> None:
        if not is_allowed:
            raise RoomError(OFTEN.format(what))


def _way(code: str, page: str) -> tuple[str, list[str]]:
    """The link to a room, and the QR code of that link."""
    link = invitation.link(code, page)
    return link, invitation.qr_rows(link)


def _poll_of(_store: Store, lecture: str, block: str) -> Poll:
    try:
        return poll_of(lecture, block)
    except LookupError:
        raise RoomError("This lecture is not on the server any more.") from None


def _is_known(store: Store, message: RoomEnter) -> bool:
    """Whether somebody comes back with a token of this room: nobody guesses one."""
    code = words.as_code(message.room)
    return rooms.is_member(store, code, message.person) or rooms.is_presenter(
        store, code, message.key
    )


def _by_block(_store: Store, lecture: str, given: dict[str, Any]) -> dict[str, Any]:
    """Answers by the block that asks now; those to questions of before are left out."""
    return {poll.block: given[poll.key] for poll in asked_now(lecture) if poll.key in given}


def _replace(message: RoomEntered, **changed: Any) -> RoomEntered:
    return msgspec.structs.replace(message, **changed)


def _now() -> float:
    return asyncio.get_running_loop().time()
