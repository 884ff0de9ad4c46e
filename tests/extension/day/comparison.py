"""The book against what the service credits."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from extension.editor_kit.service import Service, every_day

from .book import Book, Meaning, Span

TIMEOUT_S = 3
"""The day's `keystroke_timeout`: absences are to count for nobody."""

Credits = Mapping[Meaning, float]


def credited(service: Service) -> dict[Meaning, float]:
    """All that the service credits until now."""
    groups = service.get("/api/v1/stats", **every_day(), group_by="category,project,entity")["groups"]
    return {Meaning(one["category"], one["project"], one["entity"]): one["seconds"] for one in groups}


def since(before: Credits, after: Credits) -> dict[Meaning, float]:
    """What was credited meanwhile: the store may hold more than the day."""
    grown = {meaning: seconds - before.get(meaning, 0) for meaning, seconds in after.items()}
    return {meaning: seconds for meaning, seconds in grown.items() if abs(seconds) > 1e-3}


class Comparison:
    """Second by second and cell by cell."""

    def __init__(self, book: Book, given: Credits, events: list[dict[str, Any]]) -> None:
        self._spans = list(book.spans())
        self._meant = book.seconds()
        self._given = given
        self._events = events
        self._stretches = list(_stretches(events))

    @property
    def day_s(self) -> float:
        """What the day should be credited with in all."""
        return sum(self._meant.values())

    @property
    def difference_s(self) -> float:
        """Too much here and too little there, added up."""
        return sum(abs(difference) for *_, difference in self.cells())

    @property
    def share(self) -> float:
        return self.difference_s / self.day_s

    def naming(self, *words: str) -> list[dict[str, Any]]:
        """The events of the day in which one of these stands, in whatever field."""
        return [one for one in self._events if any(word in str(value) for word in words for value in one.values())]

    def during(self, act: str) -> float:
        """What was credited in an act's time of nobody."""
        nobodys = (span for span in self._spans if span.act == act and not span.meaning)
        return sum(sum(self.within(span).values()) for span in nobodys)

    def cells(self) -> list[tuple[Meaning, float, float, float]]:
        """Each meaning with what was meant, what was credited, and the difference; the worst first."""
        rows = [(one, self._meant.get(one, 0.0), self._given.get(one, 0.0)) for one in {*self._meant, *self._given}]
        return sorted(((*row, row[2] - row[1]) for row in rows), key=lambda row: (-abs(row[3]), row[0]))

    def within(self, span: Span) -> dict[Meaning, float]:
        """What the events of the store make of a stretch of the day: for the reader of the table."""
        found: dict[Meaning, float] = {}
        for begin, end, meaning in self._stretches:
            shared = min(end, span.end) - max(begin, span.begin)
            if shared > 0:
                found[meaning] = found.get(meaning, 0) + shared
        return found

    def table(self) -> str:
        """By act and by cell."""
        start = self._spans[0].begin
        lines = [f"{'at':>6} {'meant':>6} {'right':>6}  act: meaning; what else was credited"]
        for span in self._spans:
            found = self.within(span)
            right = found.pop(span.meaning, 0.0) if span.meaning else 0.0
            others = "".join(f"; {seconds:.2f} s {one}" for one, seconds in found.items() if seconds >= 0.05)
            meaning = span.meaning or "nobody"
            lines.append(f"{span.begin - start:6.1f} {span.seconds:6.2f} {right:6.2f}  {span.act}: {meaning}{others}")
        lines.append(f"\n{'meant':>7} {'given':>7} {'diff':>7}")
        lines += [f"{meant:7.2f} {given:7.2f} {diff:+7.2f}  {one}" for one, meant, given, diff in self.cells()]
        lines.append(f"difference {self.difference_s:.2f} s of {self.day_s:.1f} s: {self.share:.2%}")
        return "\n".join(lines)


def _stretches(events: list[dict[str, Any]]) -> Iterator[tuple[float, float, Meaning]]:
    """The service's rule, for heartbeats: from one to the next, unless that is too far."""
    beats = sorted((datetime.fromisoformat(one["time"]).timestamp(), one["id"], one) for one in events)
    for (begin, _, event), (end, _, _) in itertools.pairwise(beats):
        if end - begin <= TIMEOUT_S:
            yield begin, end, Meaning(event["category"], event["project"], event["entity"])
