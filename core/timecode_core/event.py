"""The event: one observation that somebody was active."""

from __future__ import annotations

from hashlib import blake2b
from operator import attrgetter
from typing import Any

from attrs import evolve, field, fields, frozen

from timecode_core.subject import TEXTS, Subject

ID_VERSION = 1
MAX_DURATION_US = 3_600_000_000
"""The longest span of one event: one hour. Exact look-back rests on it."""

_VERSION = bytes((ID_VERSION,))
_HASH = blake2b(digest_size=15, person=b"timecode-event")


@frozen
class Event:
    """One observation as it is stored: *when*, and the subject, *what* on. Made by `of`, `on` or `stored`.

    `time` is in microseconds since 1970-01-01T00:00Z; `utc_offset` in seconds east of UTC, whole minutes, of the place
    and the moment of the event; `duration` in microseconds, from 0 (a heartbeat) to `MAX_DURATION_US`.
    `id` is what `content_id` gives; an event that comes from a store has the id that it was stored under.
    `offset_assumed` is true for one on its way in whose sender said nothing of the place; it is not stored.
    Equality leaves out the id, `offset_assumed` and the subject's source. To change one, use `event.evolve`:
    `attrs.evolve` would keep the id of the old.
    """

    time: int
    utc_offset: int
    duration: int
    is_write: bool
    subject: Subject = field(eq=attrgetter("identity"))
    id: bytes = field(eq=False)
    offset_assumed: bool = field(default=False, eq=False, repr=False)

    @classmethod
    def on(
        cls,
        subject: Subject,
        time: int,
        utc_offset: int = 0,
        duration: int = 0,
        is_write: bool = False,  # noqa: FBT001, FBT002  (a field like the others)
        offset_assumed: bool = False,  # noqa: FBT001, FBT002
    ) -> Event:
        """The event of that subject at an instant, with the id that follows."""
        return cls(
            time,
            utc_offset,
            duration,
            is_write,
            subject,
            content_id(time, utc_offset, duration, is_write, subject),
            offset_assumed,
        )

    @classmethod
    def of(
        cls,
        *,
        time: int,
        entity: str,
        utc_offset: int = 0,
        duration: int = 0,
        is_write: bool = False,
        offset_assumed: bool = False,
        **texts: str,
    ) -> Event:
        """The event of these fields, those of the subject among them."""
        return cls.on(Subject(entity, **texts), time, utc_offset, duration, is_write, offset_assumed)

    @classmethod
    def stored(
        cls,
        identity: bytes,
        subject: Subject,
        time: int,
        utc_offset: int,
        duration: int,
        is_write: bool,  # noqa: FBT001
    ) -> Event:
        """The event as a store gives it, under the id that it was stored by; nothing is hashed."""
        return cls(time, utc_offset, duration, is_write, subject, identity)

    def evolve(self, **changes: Any) -> Event:  # noqa: ANN401
        """The event with other fields, those of the subject among them, and with the id that follows.

        Who gives it a `utc_offset` tells the place: then none is assumed, unless they say so.
        """
        if "utc_offset" in changes:
            changes.setdefault("offset_assumed", False)
        texts = {name: changes.pop(name) for name in TEXTS if name in changes}
        when = {name: changes.pop(name, getattr(self, name)) for name in _WHEN}
        subject = changes.pop("subject", self.subject)
        if changes:
            raise TypeError(f"an event can't be given another {', '.join(changes)}")
        return self.on(evolve(subject, **texts) if texts else subject, **when)

    @property
    def end(self) -> int:
        """Where the event's own duration ends, in microseconds UTC."""
        return self.time + self.duration

    @property
    def key(self) -> tuple[int, bytes]:
        """The order of all events: time, then id."""
        return (self.time, self.id)

    def content_id(self) -> bytes:
        """The id that fits the content."""
        return content_id(self.time, self.utc_offset, self.duration, self.is_write, self.subject)


def flat(event: Event) -> dict[str, Any]:
    """Every field that is stored but the id, by name: what `Event.of` makes the event from again."""
    when = {name: getattr(event, name) for name in _WHEN if name != "offset_assumed"}
    return {**when, **{name: getattr(event.subject, name) for name in TEXTS}}


_WHEN = tuple(one.name for one in fields(Event) if one.name not in {"subject", "id"})


def content_id(time: int, utc_offset: int, duration: int, is_write: bool, subject: Subject) -> bytes:  # noqa: FBT001
    """16 bytes: the version, then 15 bytes of BLAKE2b over time, offset, duration, the subject's fields and is_write.

    All in UTF-8, joined by NUL; integers are decimal, `is_write` is 0 or 1. The subject's fields are those of
    `subject.IDENTIFYING`, in that order; each later one that is not empty follows as `name=value`. No field can hold a
    NUL (the intake sees to it), so the joined text has one reading.
    """
    first, later = subject.identity
    digest = _HASH.copy()  # cheaper than to set one up for each event
    digest.update(b"%d\0%d\0%d\0%b\0%d%b" % (time, utc_offset, duration, first, is_write, later))
    return _VERSION + digest.digest()
