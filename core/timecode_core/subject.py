"""The subject: what somebody was at, with which tool, on which machine. Each of its fields is declared here, once.

From the declaration come the wire form, the checks, the columns that group, the text of the id and the rows of stores.
A new field is one line here, with `later=True`, and a migration of each store that keeps events.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from operator import attrgetter

from attrs import NOTHING, field, fields, frozen

MAX_LABEL = 512
MAX_PATH = 4096
"""The longest texts taken, in characters."""

_DECLARED = "timecode"


@frozen
class Declared:
    """What a field is, besides being text.

    `column`: its place among the columns that group and filter, from 1; 0 where it is none of them. `longest`: how many
    characters it may have. `identifies`: whether it is part of the event's id. `later`: whether it was added when
    there were ids already: then it enters the id only where it is not empty, and old events keep theirs.
    """

    column: int = 0
    longest: int = MAX_LABEL
    identifies: bool = True
    later: bool = False


def _text(
    column: int = 0, longest: int = MAX_LABEL, *, identifies: bool = True, later: bool = False
) -> Mapping[str, Declared]:
    return {_DECLARED: Declared(column, longest, identifies, later)}


@frozen
class _Fields:
    """The declaration. What is absent is the empty string; values that nobody knows are kept as they are."""

    entity: str = field(metadata=_text(8, MAX_PATH))
    """A normalised path, domain, URL or app."""
    type: str = field(default="file", metadata=_text(7))
    """What the entity is: file, app, domain, url."""
    category: str = field(default="coding", metadata=_text(6))
    project: str = field(default="", metadata=_text(1))
    branch: str = field(default="", metadata=_text(2))
    language: str = field(default="", metadata=_text(3))
    editor: str = field(default="", metadata=_text(4))
    machine_id: str = field(default="", metadata=_text(5))
    source: str = field(default="", metadata=_text(identifies=False))
    """Who brought the event. The same observation through another source is the same event."""


@frozen(cache_hash=True)
class Seen(_Fields):
    """A subject on its way in, as a source saw it and as the steps make it.

    `project_root` only serves to make `entity` relative; a `Subject` has no field for it, so it can't be stored.
    """

    project_root: str = field(default="", repr=False, metadata=_text(longest=MAX_PATH, identifies=False))

    def subject(self) -> Subject:
        """What is stored of it: all but the root."""
        return Subject(*_texts_of(self))


@frozen(cache_hash=True)
class Subject(_Fields):
    """What an event is on: all that it can hold besides its instant. It equals another by all fields, `source` too."""

    @cached_property
    def identity(self) -> tuple[bytes, bytes]:
        """The subject's bytes of the id: the fields that were there first, and those of the later ones that are set.

        See `event.content_id`. `source` is in neither.
        """
        later = "".join(f"\0{name}={text}" for name, text in zip(LATER, later_texts(self), strict=True) if text)
        return "\0".join(identifying_texts(self)).encode(), later.encode()

    def seen(self, project_root: str = "") -> Seen:
        """The subject as steps take it."""
        return Seen(*(*_texts_of(self), project_root))


def declared(shape: type[_Fields]) -> dict[str, Declared]:
    """The declarations of a shape's fields, by name, in order."""
    return {one.name: one.metadata[_DECLARED] for one in fields(shape)}


_SUBJECT = declared(Subject)

TEXTS = tuple(_SUBJECT)
"""The fields of a subject, in the order of the declaration."""

IDENTIFYING = tuple(name for name, one in _SUBJECT.items() if one.identifies and not one.later)
"""The fields that were there when the first ids were made, in the order in which they stand in the id's text."""

LATER = tuple(name for name, one in _SUBJECT.items() if one.identifies and one.later)
"""The fields that came later, each by its name."""

LABELS = tuple(sorted((name for name, one in _SUBJECT.items() if one.column), key=lambda name: _SUBJECT[name].column))
"""The fields that an aggregation can group by, in the order in which they are offered as columns."""


def getter(names: tuple[str, ...]) -> Callable[[object], tuple[str, ...]]:
    """Gets these fields of a subject, as a tuple however few they are."""
    match names:
        case ():
            return lambda _subject: ()
        case (name,):
            one = attrgetter(name)
            return lambda subject: (one(subject),)
    return attrgetter(*names)


_texts_of = getter(TEXTS)
identifying_texts = getter(IDENTIFYING)
later_texts = getter(LATER)

DEFAULTS: dict[str, str | None] = {
    one.name: None if one.default is NOTHING else one.default for one in fields(Seen) if one.name != "source"
}
"""What stands for each text that a sender tells where it is left out; None for what must not be.

The source has a default of its own: who brings the event.
"""

seen_texts = getter((*DEFAULTS, "source"))
"""The texts of something seen: those of `DEFAULTS` in that order, and the source."""
