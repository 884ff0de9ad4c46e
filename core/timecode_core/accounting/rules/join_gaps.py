"""The rule *join gaps*: a pause up to the keystroke timeout counts as work, a longer one does not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import frozen

from timecode_core.event import MAX_DURATION_US, Event
from timecode_core.stretch import Stretch

VERSION = 1


@frozen
class JoinGaps:
    """For an event e and the next event n, with r the event that reaches furthest among e and those before it.

    n within the timeout of e: all of the gap is e's. Else e gets its own duration; then r gets what it still covers,
    and, if n comes within the timeout of r's end, the rest too; all of it ends at n. The last event gets its own
    duration, and r the rest of its. Of events that reach equally far, r is the last in order.
    """

    timeout: int
    """The keystroke timeout in microseconds."""

    name = "join_gaps"
    look_back = MAX_DURATION_US

    @property
    def fingerprint(self) -> str:
        """Name, version and timeout."""
        return f"{self.name}:{VERSION}:{self.timeout}"

    @property
    def reach(self) -> int:
        """The timeout."""
        return self.timeout

    def stretches(self, events: Sequence[Event], start: int, stop: int) -> Iterator[Stretch]:
        """Credit the gaps that begin at `events[start:stop]`; see `Rule`."""
        timeout = self.timeout
        furthest: Event | None = None
        reach = 0  # where the furthest ends
        for event in events[:start]:
            if furthest is None or event.end >= reach:
                furthest, reach = event, event.end
        for index in range(start, stop):
            event = events[index]
            begin = event.time
            end = begin + event.duration
            if furthest is None or end >= reach:
                furthest, reach = event, end
            if index + 1 == len(events):
                own, covered = end, reach
            else:
                limit = events[index + 1].time
                joined = limit - begin <= timeout
                own = limit if joined else min(end, limit)
                covered = limit if joined or limit - reach <= timeout else reach
            if furthest is event:
                own = covered
            if own > begin:
                yield Stretch(event, begin, own)
            if covered > own:
                yield Stretch(furthest, own, covered)
