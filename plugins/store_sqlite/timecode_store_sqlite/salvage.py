"""The salvage: what a damaged database still yields, without any of its order."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from timecode_core import BusyError, Event, StoreError, Subject

from timecode_store_sqlite.label_sets import mark_of
from timecode_store_sqlite.locks import lock_of
from timecode_store_sqlite.pages import Pages
from timecode_store_sqlite.records import NAMES, contexts_on, events_in_order, events_on

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from timecode_store_sqlite.label_sets import Labels
    from timecode_store_sqlite.records import StoredEvent

_CHUNK = 2_000
_TOLD = 64
"""After how many pages progress is told."""


class SqliteSalvage:
    """`timecode_core.protocols.Salvage` of one file and its log, which are only read.

    An event proves itself: its id follows from it and from the labels of its context, so that it matters neither where
    it is found nor whether what it stands on is damaged. All is read twice: for the contexts, then for the events.

    Where the labels of a context are lost, its events prove nothing. Their time is worth keeping: those that are found
    in their places are given without labels, under the ids that follow. That takes a third reading.
    """

    def __init__(self, path: Path, progress: Callable[[int, int], None]) -> None:
        """Find the contexts. Raises StoreError where the file is none of ours, BusyError where it is written to."""
        if not path.exists():
            raise StoreError(f"there is no file {path}.", remedy="Name the damaged database, or a copy of it.")
        lock = lock_of(path)
        if lock.taken:
            raise BusyError(
                f"{path} is being written by {lock.holder or 'another process'}.", remedy="Stop that first."
            )
        self._progress = progress
        self._done = 0
        self._readings = 2
        self._contexts: dict[int, list[Labels]] = {}
        """The labels that a number may stand for, the trusted first."""
        self._trusted: set[Labels] = set()
        """Labels that are as they were stored: their mark says so, or an event."""
        self._agreed: set[Labels] = set()
        """Labels that are the same in the table and in its index; somebody may have changed them there."""
        self._counted: dict[Labels, int] = {}
        self._found: Counter[Labels] = Counter()
        self._given: set[bytes] = set()
        """The ids of the events that were given."""
        self._doubtful: set[bytes] = set()
        """The ids that nothing had proved where they were found."""
        self._bare: set[bytes] = set()
        """Those whose events were given without labels."""
        self._altered: set[bytes] = set()
        """Those whose events are not as they were stored."""
        self._without = 0
        self._pages = Pages(path)
        try:
            ours = self._find_contexts()
        except BaseException:
            self._pages.close()
            raise
        if not ours:
            self._pages.close()
            raise StoreError(
                f"{path} is no database of Timecode's, or nothing of it is left.",
                remedy="Name another copy of it, or put a backup in its place.",
            )

    def events(self) -> Iterator[Sequence[Event]]:
        """The events, each once. Only the first call gives any."""
        try:
            for events in (self._proven(), self._unproven()):
                while chunk := list(islice(events, _CHUNK)):
                    yield chunk
        finally:
            self._pages.close()

    @property
    def losses(self) -> Sequence[str]:
        """What is lost or altered, a line each."""
        known = {labels: self._counted[labels] for labels in self._counted.keys() & (self._trusted | self._agreed)}
        lost = sum(max(0, count - self._found[labels]) for labels, count in known.items())
        return [
            *([f"{lost:,} of {sum(known.values()):,} events that the file had counted are lost."] if lost else []),
            *(["How many events there were, nothing tells any more."] if not known and not self._empty else []),
            *([_WITHOUT_LABELS.format(self._without)] if self._without else []),
            *([_ALTERED.format(len(self._altered))] if self._altered else []),
        ]

    @property
    def _empty(self) -> bool:
        """Whether nothing speaks for there ever having been an event."""
        return self._pages.ours and not (self._given or self._doubtful)

    def _reading(self) -> Iterator[bytes]:
        """Every page, once more."""
        for page in self._pages:
            yield page
            self._done += 1
            if self._done % _TOLD == 0:
                self._progress(self._done, self._readings * len(self._pages))

    def _find_contexts(self) -> bool:
        """Find the labels that each number may stand for. Gives whether the file is one of ours."""
        ours = self._pages.ours
        rows: set[tuple[int, Labels]] = set()
        keys: set[tuple[int, Labels]] = set()
        found: dict[int, dict[Labels, None]] = defaultdict(dict)
        for page in self._reading():
            for one in contexts_on(page, self._pages):
                ours = True
                found[one.number][one.labels] = None
                (keys if one.events is None else rows).add((one.number, one.labels))
                if one.events is not None:
                    self._counted[one.labels] = one.events
                if one.mark is not None and one.mark == mark_of(*one.labels):
                    self._trusted.add(one.labels)
            ours = ours or any(True for _ in events_on(page, self._pages))
        self._agreed = {labels for _, labels in rows & keys}
        self._contexts = {n: sorted(some, key=lambda one: one not in self._trusted) for n, some in found.items()}
        return ours

    def _proven(self) -> Iterator[Event]:
        for page in self._reading():
            for one in events_on(page, self._pages):
                if one.id in self._given:
                    continue
                for labels in self._contexts.get(one.context, ()):
                    event = _event(one, _subject(labels, one.entity))
                    if event.id == one.id:
                        self._given.add(one.id)
                        self._found[labels] += 1
                        yield event
                        break
                else:
                    self._doubtful.add(one.id)
        self._trusted.update(self._found)

    def _unproven(self) -> Iterator[Event]:
        """The events whose labels are lost; those that don't fit labels which are as they were are counted.

        Only what is found in its place is one: else every remainder of an event could be taken for another.
        """
        if not self._doubtful - self._given:
            return
        self._readings += 1
        for page in self._reading():
            for one in events_in_order(page, self._pages):
                if one.id in self._given or one.id in self._bare or one.id in self._altered:
                    continue
                candidates = self._contexts.get(one.context, ())
                if any(labels in self._trusted for labels in candidates):
                    self._altered.add(one.id)
                    continue
                self._bare.add(one.id)
                self._found.update(candidates)
                event = _event(one, Subject(one.entity))
                if event.id not in self._given:  # of two that differed by their labels, one is left
                    self._given.add(event.id)
                    self._without += 1
                    yield event


_WITHOUT_LABELS = (
    "{:,} events have lost their project and other labels: they are kept with their time and entity alone, and nothing "
    "proves that these are as they were."
)
_ALTERED = "{:,} events that are not as they were stored are left out."


def _event(row: StoredEvent, subject: Subject) -> Event:
    return Event.on(subject, row.time, row.utc_offset, row.duration, row.is_write == 1)


@lru_cache(1024)
def _subject(labels: Labels, entity: str) -> Subject:
    """Events share it, as they do in a store."""
    return Subject(entity, **dict(zip(NAMES, labels, strict=True)))
