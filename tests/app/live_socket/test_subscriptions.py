"""Many viewers of one run in one event loop: all get everything, and no text is written twice."""

import asyncio
import json

import pytest

from engine.app.socket.feed import MAX_BATCH_BYTES, Feeds
from engine.app.socket.subscriptions import Subscriptions
from tests.runs import conftest as runs
from tests.waiting import PATIENCE

_faulty_sims, engine, make_runner = runs._faulty_sims, runs.engine, runs.make_runner
runner, fake, fake_runner = runs.runner, runs.fake, runs.fake_runner


def frame(step):
    return f'{{"step":{step}}}'


class Viewer:
    """Takes its messages as soon as it is woken."""

    def __init__(self, feeds):
        self.news = asyncio.Event()
        self.subscriptions = Subscriptions(feeds, self.news.set)
        self.texts = []

    async def watch(self, run, start=0):
        run.watch()
        self.subscriptions.begin(run, start)
        while len(self.subscriptions):
            await asyncio.wait_for(self.news.wait(), PATIENCE)
            self.news.clear()
            self.take()

    def take(self):
        while self.subscriptions.has_news:
            text = self.subscriptions.next_text()
            if text is not None:
                self.texts.append(text)

    @property
    def messages(self):
        return [json.loads(text) for text in self.texts]

    @property
    def steps(self):
        batches = [each for each in self.messages if each["type"] == "frames"]
        return [frame["step"] for batch in batches for frame in batch["frames"]]


def test_two_hundred_viewers_of_a_real_run_get_every_frame(runner):
    async def show():
        feeds = Feeds()
        run = runner.submit("ticks", {"num_steps": 300, "delay": 0.001})
        viewers = [Viewer(feeds) for _ in range(200)]
        await asyncio.gather(*(viewer.watch(run) for viewer in viewers))
        return viewers

    viewers = asyncio.run(show())
    assert all(viewer.steps == list(range(300)) for viewer in viewers)
    assert all(viewer.messages[-1]["state"] == "done" for viewer in viewers)
    assert runner.num_started == 1
    # shared: far fewer texts exist than were sent
    sent = [text for viewer in viewers for text in viewer.texts if '"frames"' in text]
    assert len({id(text) for text in sent}) <= len(sent) / 50
    assert not any(run.watchers for run in runner._runs.all())


def test_batches_join_up_and_the_end_comes_last(fake_runner, fake):
    async def show():
        viewer = Viewer(Feeds())
        run = fake_runner().submit("ticks", {})
        task = asyncio.create_task(viewer.watch(run))
        await asyncio.sleep(0)
        fake.yields(run.id, [frame(0)])
        await asyncio.sleep(0.01)
        first = list(viewer.messages)
        for step in range(1, 50):
            fake.yields(run.id, [frame(step)])
        fake.ends(run.id, "done", "", "", {})
        await task
        return run, first, viewer

    run, first, viewer = asyncio.run(show())
    assert first == [  # the first frame went out without waiting for a batch to fill
        {"type": "state", "run": run.id, "state": "running"},
        {"type": "frames", "run": run.id, "start": 0, "frames": [{"step": 0}]},
    ]
    assert viewer.messages[2]["start"] == 1
    assert [len(each["frames"]) for each in viewer.messages[2:-1]] == [49]
    assert viewer.messages[-1] == {"type": "state", "run": run.id, "state": "done"}


def test_a_batch_ends_where_the_feed_last_looked(fake_runner, fake):
    """What comes between two ticks belongs to the next one, for all viewers alike."""

    async def show():
        run = fake_runner().submit("ticks", {})
        fake.yields(run.id, [frame(0), frame(1)])
        feed = Feeds().join(run, lambda: None)
        fake.yields(run.id, [frame(2)])
        return feed.batch(1)

    end, text = asyncio.run(show())
    assert end == 2
    assert json.loads(text)["frames"] == [{"step": 1}]


def test_a_feed_lasts_as_long_as_somebody_follows(fake_runner):
    async def show():
        feeds, wakes = Feeds(), (lambda: None, lambda: None)
        run = fake_runner().submit("ticks", {})
        feed = feeds.join(run, wakes[0])
        assert feeds.join(run, wakes[1]) is feed
        feeds.leave(feed, wakes[0])
        assert feeds.join(run, wakes[1]) is feed
        feeds.leave(feed, wakes[1])
        assert feeds.join(run, wakes[0]) is not feed

    asyncio.run(show())


def test_news_is_paced_however_fast_the_frames_come(fake_runner, fake):
    async def show():
        viewer = Viewer(Feeds())
        run = fake_runner().submit("ticks", {})
        task = asyncio.create_task(viewer.watch(run))
        for step in range(200):
            fake.yields(run.id, [frame(step)])
            await asyncio.sleep(0.001)
        fake.ends(run.id, "done", "", "", {})
        await task
        return viewer

    viewer = asyncio.run(show())
    assert viewer.steps == list(range(200))
    assert len(viewer.texts) < 50  # paced, not one message for each frame


def test_neither_the_first_frame_nor_the_end_waits_for_its_turn(fake_runner, fake, monkeypatch):
    monkeypatch.setattr("engine.app.socket.feed.PACE", 3600.0)

    async def show():
        viewer = Viewer(Feeds())
        run = fake_runner().submit("ticks", {})
        task = asyncio.create_task(viewer.watch(run))
        await asyncio.sleep(0)
        for step in range(4):
            fake.yields(run.id, [frame(step)])
            await asyncio.sleep(0.01)
        seen = list(viewer.steps)
        fake.ends(run.id, "done", "", "", {})
        await task
        return seen, viewer

    seen, viewer = asyncio.run(show())
    assert seen == [0]  # the others wait for the next tick …
    assert viewer.steps == [0, 1, 2, 3]  # … or for the end
    assert viewer.messages[-1]["state"] == "done"


def test_a_slow_viewer_gets_what_it_missed_in_one_message(fake_runner, fake):
    async def show():
        quick, slow = Viewer(feeds := Feeds()), Viewer(feeds)
        run = fake_runner().submit("ticks", {})
        task = asyncio.create_task(quick.watch(run))
        run.watch()
        slow.subscriptions.begin(run, 0)
        for step in range(5):
            fake.yields(run.id, [frame(step)])
            await asyncio.sleep(0.1)
        fake.ends(run.id, "done", "", "", {})
        await task
        slow.take()
        return quick, slow

    quick, slow = asyncio.run(show())
    assert quick.steps == slow.steps == [0, 1, 2, 3, 4]
    assert len(quick.texts) > 3
    assert [each["type"] for each in slow.messages] == ["frames", "state"]


def test_a_long_replay_comes_in_pieces(fake_runner, fake):
    async def show():
        viewer = Viewer(Feeds())
        run = fake_runner().submit("ticks", {})
        fake.yields(run.id, [f'{{"step":{k},"x":"{"y" * 400_000}"}}' for k in range(10)])
        fake.ends(run.id, "done", "", "", {})
        await viewer.watch(run, start=3)
        return viewer

    viewer = asyncio.run(show())
    assert viewer.steps == list(range(3, 10))
    assert len(viewer.texts) > 2
    assert all(len(text) < 2 * MAX_BATCH_BYTES for text in viewer.texts)


def test_the_place_in_the_queue_is_told_as_it_changes(fake_runner, fake):
    async def show():
        runner, viewer = fake_runner(), Viewer(Feeds())
        runs = [runner.submit("ticks", {"seed": seed}, owner=str(seed)) for seed in range(3)]
        task = asyncio.create_task(viewer.watch(runs[2]))
        for run in runs:
            await asyncio.sleep(0.1)
            fake.ends(run.id, "done", "", "", {})
        await task
        return viewer

    told = [(each["state"], each.get("position")) for each in asyncio.run(show()).messages]
    assert told == [("queued", 2), ("queued", 1), ("running", None), ("done", None)]


def test_a_failure_brings_its_sentence_but_not_its_traceback(fake_runner, fake):
    async def show():
        viewer = Viewer(Feeds())
        run = fake_runner().submit("ticks", {})
        fake.ends(run.id, "failed", "It broke.", "Traceback with /secret/paths", {})
        await viewer.watch(run)
        return viewer.texts

    texts = asyncio.run(show())
    assert json.loads(texts[-1])["message"] == "It broke."
    assert "secret" not in "".join(texts)


@pytest.mark.parametrize("num_begins", [1, 2])
def test_following_twice_replays_and_needs_two_ends(fake_runner, fake, num_begins):
    async def show():
        viewer = Viewer(Feeds())
        run = fake_runner().submit("ticks", {})
        fake.yields(run.id, [frame(0), frame(1)])
        for _ in range(num_begins):
            run.watch()
            viewer.subscriptions.begin(run, 0)
            viewer.take()
        ends = [viewer.subscriptions.end(run.id) for _ in range(num_begins)]
        return run, viewer, ends

    run, viewer, ends = asyncio.run(show())
    assert viewer.steps == [0, 1] * num_begins
    assert ends == [None] * (num_begins - 1) + [run]
    assert run.watchers == 1  # the one who gets the run back has yet to leave it
