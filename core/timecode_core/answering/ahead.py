"""Events of a time that has not come yet: a clock is wrong, ours or that of the machine that sent them."""

from __future__ import annotations

from attrs import frozen

from timecode_core.event import Event
from timecode_core.intake.wire import format_time
from timecode_core.protocols import Reader

AT_MOST = 1000
"""Beyond that they are not counted one by one: what says how many is asked every minute."""


@frozen
class Ahead:
    """How many events lie more than a day ahead of our clock (`AT_MOST`: so many or more), and the last of them."""

    events: int
    last: Event

    @classmethod
    def of(cls, reader: Reader, horizon: int) -> Ahead | None:
        """Those at the instant `horizon`, microseconds, or later; None where there is none."""
        last = reader.last()
        if last is None or last.time < horizon:
            return None
        return cls(len(reader.scan((horizon, b""), 2**63 - 1, AT_MOST)), last)

    @property
    def at(self) -> str:
        """When the last of them is, RFC 3339."""
        return format_time(self.last.time, self.last.utc_offset)

    def __str__(self) -> str:
        many = f"{self.events:,}{' or more' if self.events == AT_MOST else ''}"
        return (
            f"{many} event{' lies' if self.events == 1 else 's lie'} more than a day ahead of this machine's clock, "
            f"the last at {self.at}. Check this clock and that of the machine that sent them; "
            "`timecode forget --ahead` removes what lies ahead of this one."
        )
