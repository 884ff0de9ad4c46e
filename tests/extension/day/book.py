"""The book of a day: whose each second is, as the script means it. Nothing that the extension does goes into it."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .world import Place


@dataclass(frozen=True, order=True)
class Meaning:
    """What somebody is at: where the service should credit the time."""

    category: str
    project: str
    entity: str

    @classmethod
    def of(cls, place: Place, category: str = "") -> Meaning:
        """Work on a file: of a category of its own, or what the file's path says."""
        return cls(category or place.category, place.project, place.entity)

    def __str__(self) -> str:
        return f"{self.category}, {self.project}, {self.entity}"


@dataclass(frozen=True)
class Span:
    """From one turn to the next."""

    begin: float
    end: float
    meaning: Meaning | None
    act: str

    @property
    def seconds(self) -> float:
        return self.end - self.begin


class Book:
    """Turns, each with the moment from which something else is meant; a second belongs to the turn before it.

    A turn is entered when the gesture is done and the person can see what it did: the file is in front and takes the
    keyboard, the command is on its way, the window has lost the focus. What the editor needs for that (a file takes
    some 100 ms) is still time in front of what was there before.
    """

    act = ""
    """What the script is doing, for the reader of the table."""

    def __init__(self) -> None:
        self._turns: list[tuple[float, Meaning | None, str]] = []

    def turn(self, meaning: Meaning | None, at: float | None = None) -> None:
        """From now on, or from that moment on; None is nobody's time."""
        self._turns.append((at or time.time(), meaning, self.act))

    def spans(self) -> Iterator[Span]:
        """Every stretch between two turns; what comes after the last one is of no day."""
        for (begin, meaning, act), (end, _meaning, _act) in itertools.pairwise(self._turns):
            yield Span(begin, end, meaning, act)

    def seconds(self) -> Mapping[Meaning, float]:
        """What each meaning should be credited with."""
        found: dict[Meaning, float] = {}
        for span in self.spans():
            if span.meaning:
                found[span.meaning] = found.get(span.meaning, 0) + span.seconds
        return found
