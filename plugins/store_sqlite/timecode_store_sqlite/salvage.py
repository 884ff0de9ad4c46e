"""The salvage: what a damaged database still yields, without any of its order."""

from __future__ import annotations

from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from timecode_core import Event, StoreError, Subject

from timecode_store_sqlite.found_contexts import FoundContexts
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
        lock = lock_of(path)
        if lock.taken:
            raise lock.busy
        self._progress = progress
        self._done = 0
        self._readings = 2
        self._contexts = FoundContexts()
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
        told = []
        if known := self._contexts.lost:
            lost, counted = known
            told += [f"Lost of {counted:,} events that the file still counts: {lost:,}, at least."] if lost else []
        elif self._given or self._doubtful or not self._pages.ours:
            told.append("How many events there were, nothing tells any more.")
        told += [_WITHOUT_LABELS.format(self._without)] if self._without else []
        told += [f"Left out since they are not as they were stored: {len(self._altered):,}."] if self._altered else []
        return told

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
        for page in self._reading():
            for context in contexts_on(page, self._pages):
                self._contexts.add(context)
                ours = True
            ours = ours or any(True for _ in events_on(page, self._pages))
        return ours

    def _proven(self) -> Iterator[Event]:
        """The events whose ids follow from what they are."""
        for page in self._reading():
            for one in events_on(page, self._pages):
                if one.id in self._given:
                    continue
                for labels in self._contexts.of(one.context):
                    event = _event(one, _subject(labels, one.entity))
                    if event.id == one.id:
                        self._given.add(one.id)
                        self._contexts.confirm(labels)
                        yield event
                        break
                else:
                    self._doubtful.add(one.id)

    def _unproven(self) -> Iterator[Event]:
        """The events whose labels are lost; those that don't fit labels which are as they were are counted.

        Only what is found in its place is one: else every remainder of an event could be taken for another.
        """
        if self._doubtful <= self._given:
            return
        self._readings += 1
        for page in self._reading():
            for one in events_in_order(page, self._pages):
                if one.id in self._given or one.id in self._bare or one.id in self._altered:
                    continue
                if self._contexts.knows(one.context):
                    self._altered.add(one.id)
                    continue
                self._bare.add(one.id)
                self._contexts.excuse(one.context)
                event = _event(one, Subject(one.entity))
                if event.id not in self._given:  # of two that differed by their labels, one is left
                    self._given.add(event.id)
                    self._without += 1
                    yield event


_WITHOUT_LABELS = (
    "Kept without project and other labels, which are lost, so that nothing proves that time and entity are right: "
    "{:,}."
)


def _event(row: StoredEvent, subject: Subject) -> Event:
    return Event.on(subject, row.time, row.utc_offset, row.duration, row.is_write == 1)


@lru_cache(1024)
def _subject(labels: Labels, entity: str) -> Subject:
    """Events share it, as they do in a store."""
    return Subject(entity, **dict(zip(NAMES, labels, strict=True)))
