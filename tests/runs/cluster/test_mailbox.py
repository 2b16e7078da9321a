"""Messages keep their order, wake whoever waits, and come in pieces that can be carried."""

import asyncio
import threading

from engine.runs.cluster import mailbox
from engine.runs.cluster.mailbox import Mailbox

PATIENCE = 60.0  # seconds until a test gives up; nothing here measures time


def fetch(box, seconds=0.0):
    return asyncio.run(box.fetch(seconds))


def test_what_was_put_is_fetched_once_and_in_order():
    box = Mailbox()
    for number in range(3):
        box.put("place", "run", number)
    assert fetch(box) == [("place", "run", 0), ("place", "run", 1), ("place", "run", 2)]
    assert fetch(box) == []


def test_a_message_from_another_thread_wakes_the_reader():
    box = Mailbox()

    async def read():
        reading = asyncio.create_task(box.fetch(PATIENCE))
        await asyncio.sleep(0.05)  # it waits by now
        threading.Thread(target=box.put, args=("end", "run")).start()
        return await asyncio.wait_for(reading, PATIENCE / 2)

    assert asyncio.run(read()) == [("end", "run")]


def test_no_message_is_lost_between_two_threads():
    box, taken = Mailbox(), []

    def write():
        for number in range(2000):
            box.put("place", "run", number)

    async def read():
        while len(taken) < 2000:
            taken.extend(await box.fetch(PATIENCE))

    writer = threading.Thread(target=write)
    writer.start()
    asyncio.run(asyncio.wait_for(read(), PATIENCE))
    writer.join()
    assert [number for *_, number in taken] == list(range(2000))


def test_long_frames_come_in_several_batches(monkeypatch):
    monkeypatch.setattr(mailbox, "MAX_FETCH", 25)
    box = Mailbox()
    for _ in range(5):
        box.put("frames", "run", ["x" * 10])
    assert [len(fetch(box)) for _ in range(3)] == [3, 2, 0]


def test_putting_after_the_reader_has_gone_harms_nobody():
    box = Mailbox()

    async def give_up():
        reading = asyncio.create_task(box.fetch(PATIENCE))
        await asyncio.sleep(0.01)
        reading.cancel()

    asyncio.run(give_up())
    box.put("end", "run")
    assert fetch(box) == [("end", "run")]
