"""Forgetting: finding the events of an erasure, and taking them out with what they had of the totals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from timecode_core.accounting.crediting import chunks, credited
from timecode_core.accounting.ledger import Ledger
from timecode_core.accounting.upkeep import Progress, unseen
from timecode_core.calendar import Calendar, day_date, day_number
from timecode_core.erasure import Erased, Erasure
from timecode_core.errors import QueryError
from timecode_core.event import Event
from timecode_core.intake.steps.exclude import PatternError, path_matcher, project_matcher
from timecode_core.protocols import Reader, Transaction

_FIRST, _LAST = -(2**63), 2**63 - 1


class Forgetting:
    """An erasure as of an instant, in microseconds, on the terms of a ledger.

    Raises QueryError for an erasure that names nothing, whose days end before they begin, or with a pattern that is
    none.
    """

    def __init__(self, erasure: Erasure, ledger: Ledger, now: int) -> None:
        if erasure.empty:
            raise QueryError(
                "nothing is named that should be forgotten.",
                remedy="Name a project, a pattern of paths, a machine, days, or what lies ahead.",
            )
        if erasure.first and erasure.last and erasure.last < erasure.first:
            raise QueryError(
                f"the range ends ({erasure.last}) before it begins ({erasure.first}).", remedy="Swap from and to."
            )
        self._ledger = ledger
        self._fits = _matcher(erasure, ledger.calendar)
        self._start, self._stop = _bounds(erasure, ledger.calendar, now)

    def survey(self, reader: Reader, progress: Progress = unseen) -> Erased:
        """What is to be forgotten, and the time that is credited to it now."""
        rule = self._ledger.rule
        margin = rule.look_back + rule.reach
        counted, days, projects = 0, set[int](), defaultdict[str, int](int)

        def seen() -> Iterator[Sequence[Event]]:
            nonlocal counted
            for chunk in self._chunks(reader, progress, 2 * margin):
                chosen = [event for event in chunk if self._chosen(event)]
                counted += len(chosen)
                for event in chosen:
                    days.add(self._ledger.calendar.day(event.time, event.utc_offset))
                    projects[event.subject.project] += 0  # named, be no time credited to it
                yield chunk

        for stretch in credited(rule, seen()):
            if self._chosen(stretch.event):
                projects[stretch.event.subject.project] += stretch.end - stretch.start
        if not days:
            return Erased()
        return Erased(counted, dict(projects), day_date(min(days)), day_date(max(days)))

    def do(self, transaction: Transaction, progress: Progress = unseen) -> int:
        """Forget them; give how many there were."""
        self._ledger.drop_others(transaction)
        count = 0
        for chunk in self._chunks(transaction, progress, 0):
            if chosen := [event for event in chunk if self._chosen(event)]:
                self._ledger.remove(transaction, chosen)
                count += len(chosen)
        return count

    def _chosen(self, event: Event) -> bool:
        return self._start <= event.time < self._stop and self._fits(event)

    def _chunks(self, reader: Reader, progress: Progress, margin: int) -> Iterator[Sequence[Event]]:
        """The events where any can be chosen, and those of so many microseconds around."""
        done, count = 0, reader.count()
        start = max(_FIRST, self._start - margin)
        for chunk in chunks(reader, start, min(_LAST, self._stop + margin)):
            yield chunk
            done += len(chunk)
            progress(done, count)


def _bounds(erasure: Erasure, calendar: Calendar, now: int) -> tuple[int, int]:
    """The instants, microseconds, between which any such event lies: start <= time < stop."""
    start = _FIRST if erasure.first is None else calendar.bounds(day_number(erasure.first), 0)[0]
    stop = _LAST if erasure.last is None else calendar.bounds(0, day_number(erasure.last))[1]
    return (max(start, now + 1) if erasure.ahead else start), stop


def _matcher(erasure: Erasure, calendar: Calendar) -> Callable[[Event], bool]:
    """Whether an event, of whatever instant within the bounds, fits everything else that is given."""
    tests: list[Callable[[Event], bool]] = []
    if erasure.projects:
        of_project = project_matcher(erasure.projects)
        tests.append(lambda event: of_project(event.subject.project))
    if erasure.entities:
        try:
            of_path = path_matcher(erasure.entities)
        except PatternError as error:
            raise QueryError(f"{error}.", remedy="Write patterns as in a .gitignore file.") from error
        tests.append(lambda event: of_path(event.subject.entity))
    if erasure.machines:
        tests.append(lambda event: event.subject.machine_id in erasure.machines)
    first = _FIRST if erasure.first is None else day_number(erasure.first)
    last = _LAST if erasure.last is None else day_number(erasure.last)
    if erasure.first or erasure.last:
        tests.append(lambda event: first <= calendar.day(event.time, event.utc_offset) <= last)
    return lambda event: all(test(event) for test in tests)
