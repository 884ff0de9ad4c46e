"""The books of a run: recorded by windows, waiting on disk, held by the store."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from . import witnessed
from .server import Editor
from .service import Service
from .waiting import until


class Ledger:
    """Holds what the windows saw against the store."""

    refused: set[str]
    """Texts of events that a test had refused on purpose; they are not expected in the store."""

    def __init__(self, editor: Editor, service: Service) -> None:
        self.refused = set()
        self._editor = editor
        self._service = service

    def recorded(self) -> int:
        return len(witnessed.recorded(self._editor.witness))

    def waiting(self) -> int:
        """Recorded and not yet decided on, as the windows themselves know it.

        By content: a window killed just then leaves in its queue what it did not say it had recorded.
        """
        settled = {one["text"] for one in witnessed.lines(self._editor.witness, "settled")}
        return sum(witnessed.text(one) not in settled for one in witnessed.recorded(self._editor.witness))

    def more_than(self, count: int) -> bool:
        return self.recorded() > count

    def seen(self, entity: str, count: int = 0, **traits: Any) -> bool:
        """Whether windows recorded more than so many such events."""
        events = witnessed.recorded(self._editor.witness)
        return sum(_alike(event, entity, traits) for event in events) > count

    def stored(self, entity: str, **traits: Any) -> list[dict[str, Any]]:
        """The events of that kind in the store, once all that was recorded is delivered."""
        self.until_delivered()
        return [event for event in self._service.events() if _alike(event, entity, traits)]

    def queued_bytes(self) -> bytes:
        found = b""
        for path in self._editor.queue.glob("*.queue"):
            with suppress(FileNotFoundError):  # sent, or taken over, meanwhile
                found += path.read_bytes()
        return found

    def until_delivered(self) -> None:
        """Every file of the queue is sent, and the store agrees with the windows: each event there, and there once."""
        until(lambda: not self.queued_bytes(), "the queue to be empty")
        until(lambda: not self.lost(), f"every recorded event to be stored; still missing: {self.lost()[:3]}")
        told = witnessed.told(self._editor.witness)  # before the store is asked: windows go on
        stored = self._service.events()
        assert not witnessed.twice(stored)
        assert not witnessed.wrong_ids(told, stored)

    def lost(self) -> list[witnessed.Key]:
        missing = witnessed.missing(self._editor.witness, self._service.events())
        expected = {witnessed.key(json.loads(text)) for text in self.refused}
        return [one for one in missing if one not in expected]

    def forget_refused(self, notes: Path) -> None:
        """Strikes off what was set aside."""
        lines = [json.loads(line) for line in notes.read_text().splitlines() if line]
        self.refused.update(line["event"] for line in lines if line.get("event"))


def _alike(event: dict[str, Any], entity: str, traits: dict[str, Any]) -> bool:
    return event["entity"] == entity and all(event[name] == value for name, value in traits.items())
