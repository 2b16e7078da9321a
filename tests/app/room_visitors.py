"""A small lecture with a vote and pairs, and pages that sit in its rooms over the live socket."""

import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient, WebSocketTestSession

from engine.deck.document import load

DECK = """\
# A vote

```vote
id: first
question: Is it so?
options: [yes it is, no]
```

---

# Pairs

```label
id: pairs
pairs:
- {prompt: "2 + 2?", a: "4", b: "5"}
- {prompt: "2 + 2?", a: "5", b: "22"}
- {prompt: "3 + 3?", a: "4", b: "5"}
```
"""


class Library:
    """One lecture, as `engine.app.lectures.library` gives it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def paths(self) -> dict[str, Path]:
        return {"talk": self.path}

    def at_hand(self, slug: str) -> Any:
        return load(self.paths()[slug])

    document = at_hand


class Visitor:
    """One page: asks, and remembers the newest of each part of its room."""

    def __init__(self, client: TestClient, stack: ExitStack) -> None:
        self.socket: WebSocketTestSession = stack.enter_context(
            client.websocket_connect("/api/live")
        )
        self.heard: dict[str, dict[str, Any]] = {}

    def ask(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Send a message; its answer."""
        self.socket.send_text(json.dumps({"type": f"room_{kind}", "tag": kind, **fields}))
        return self.hear(lambda heard: heard.get("tag") == kind)

    def hear(self, wanted: Any) -> dict[str, Any]:
        while True:
            message = json.loads(self.socket.receive_text())
            assert message["type"] != "beat", "the server has said nothing for a minute"
            self.heard[message["type"]] = message
            if wanted(message):
                return message

    def news(self, wanted: Any) -> dict[str, Any]:
        """The newest news for which `wanted` holds."""
        known = self.heard.get("room_news")
        if known and wanted(known):
            return known
        return self.hear(lambda one: one["type"] == "room_news" and wanted(one))

    def poll(self, wanted: Any) -> dict[str, Any]:
        """The first state of the lecture's only question for which `wanted` holds."""

        def holds(one: dict[str, Any]) -> bool:
            polls = one.get("polls", [])
            return one["type"] == "room_polls" and bool(polls) and wanted(polls[0])

        known = self.heard.get("room_polls")
        found = known if known and holds(known) else self.hear(holds)
        return found["polls"][0]


def at(slide: str) -> Any:
    """Whether news tell of this slide; the first ones come before the presenter has a place."""
    return lambda news: bool(news["place"]) and news["place"]["slide"] == slide
