"""The event: one observation that somebody was active."""

from __future__ import annotations

from functools import cached_property
from hashlib import blake2b

from attrs import field, frozen

ID_VERSION = 1
MAX_DURATION_US = 3_600_000_000
"""The longest span of one event: one hour. Exact look-back rests on it."""

_VERSION = bytes((ID_VERSION,))
_HASH = blake2b(digest_size=15, person=b"timecode-event")


@frozen
class Event:
    """One observation as it is stored. Every field is set; what is absent is the empty string.

    `time` is in microseconds since 1970-01-01T00:00Z; `utc_offset` in seconds east of UTC, whole minutes, of the place
    and the moment of the event; `duration` in microseconds, from 0 (a heartbeat) to `MAX_DURATION_US`.
    `source` says who brought the event. It is no part of the event's identity and can't group or filter.
    `offset_assumed` is true for one on its way in whose sender said nothing of the place; it is not stored.
    """

    time: int
    utc_offset: int
    duration: int
    entity: str
    type: str = "file"
    category: str = "coding"
    project: str = ""
    branch: str = ""
    language: str = ""
    editor: str = ""
    machine_id: str = ""
    is_write: bool = False
    source: str = field(default="", eq=False)
    offset_assumed: bool = field(default=False, eq=False, repr=False)

    @property
    def end(self) -> int:
        """Where the event's own duration ends, in microseconds UTC."""
        return self.time + self.duration

    @cached_property
    def id(self) -> bytes:
        """What `content_id` gives; an event that comes from a store has the id that it was stored under."""
        return self.content_id()

    def content_id(self) -> bytes:
        """16 bytes: the version, then 15 bytes of BLAKE2b over every field but the last two, UTF-8, joined by NUL.

        No field can hold a NUL (the validate step sees to it), so the joined text has one reading. Integers are
        decimal, `is_write` is 0 or 1. The order of the fields is that of this class.
        """
        text = (
            f"{self.time}\0{self.utc_offset}\0{self.duration}\0{self.entity}\0{self.type}\0{self.category}\0{self.project}"
            f"\0{self.branch}\0{self.language}\0{self.editor}\0{self.machine_id}\0{int(self.is_write)}"
        )
        digest = _HASH.copy()  # cheaper than to set one up for each event
        digest.update(text.encode())
        return _VERSION + digest.digest()

    @cached_property
    def key(self) -> tuple[int, bytes]:
        """The order of all events: time, then id."""
        return (self.time, self.id)
