"""Participants who vote as fast as they can, from threads and processes of their own."""

import subprocess
import sys
import threading
from pathlib import Path

from engine.room import polls, rooms
from engine.room.polls import Poll
from engine.room.store import Store

ROOT = Path(__file__).resolve().parents[2]
CONTENT = {"question": "Is it so?", "options": ["yes", "no"]}
POLL = Poll("first", "vote", CONTENT)
EACH = [Poll(f"question-{k}", "vote", CONTENT) for k in range(8)]  # that one person answers


def vote_on(store: Store, code: str, count: int) -> None:
    """Give `count` votes, eight of each person; each is printed once it is acknowledged."""
    for number in range(count):
        poll = EACH[number % len(EACH)]
        if poll is EACH[0]:
            member = rooms.join(store, code)
        polls.vote(store, code, member.id, poll, "yes")
        sys.stdout.write(f"{member.id}:{poll.key}\n")  # in one piece: other threads print, too
        sys.stdout.flush()


def cast_all(url: str, code: str, processes: int, threads: int, votes: int) -> int:
    """So many votes of each thread; how many were acknowledged."""
    command = [sys.executable, "-m", "tests.room.voters", url, code, str(votes), str(threads)]
    started = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        for _ in range(processes)
    ]
    return sum(len(set(one.communicate()[0].split())) for one in started)


def main(url: str, code: str, count: str, threads: str = "1") -> None:
    store = Store(url)
    given = (store, code, int(count))
    at_work = [threading.Thread(target=vote_on, args=given) for _ in range(int(threads))]
    for one in at_work:
        one.start()
    for one in at_work:
        one.join()


if __name__ == "__main__":
    main(*sys.argv[1:])
