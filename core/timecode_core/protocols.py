"""What plugins' objects must be able to do. Structural: nothing needs to inherit from these.

Units everywhere: instants are integer microseconds since 1970-01-01T00:00Z, spans integer microseconds, days integers
counted from 1970-01-01. An event's key is `(time, id)`, and events are always in the order of their keys.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol, TypeVar, runtime_checkable

from attrs import frozen

from timecode_core.aggregation import Aggregation
from timecode_core.erasure import Erased, Erasure
from timecode_core.event import Event
from timecode_core.query import Groups, Query, Report
from timecode_core.receipt import Receipt
from timecode_core.selection import Selection
from timecode_core.setup.home import Home
from timecode_core.setup.settings import CoreSettings
from timecode_core.stretch import Stretch
from timecode_core.subject import Seen

T_co = TypeVar("T_co", covariant=True)

Key = tuple[int, bytes]
Cell = tuple[int | str, ...]
"""A cell's values in the order of its aggregation's columns: `day` and `hour` integers, the others text."""


# --- Stores ----------------------------------------------------------------------------------------------------------


@frozen
class Run:
    """The stored events around new ones, all in order.

    `open`: events before `before` whose own duration reaches beyond its time, begun no more than
    the look-back before it.
    `before`: the last event before the run, if any. `inside`: events from the first key on, up to the reach, both
    included. `after`: the first event later than the reach, if any.
    """

    open: Sequence[Event]
    before: Event | None
    inside: Sequence[Event]
    after: Event | None


@frozen
class Health:
    """How a store is. `error` is empty while it is well; `details` are figures worth showing (path, bytes, events)."""

    ok: bool
    error: str = ""
    details: Mapping[str, str | int] = {}


class Reader(Protocol):
    """One consistent view of a store. Keep it open briefly."""

    def scan(self, start: Key, stop: int, limit: int) -> Sequence[Event]:
        """At most `limit` events with key > `start` and time < `stop`, in order."""

    def totals(
        self,
        aggregation: Aggregation,
        days: tuple[int, int],
        group_by: Sequence[str],
        filters: Mapping[str, Collection[str | int]],
    ) -> Groups[int | str]:
        """Sum the cells of the days (both counted) that pass the filters, by the columns `group_by`.

        They come as a report has them: by `day` and `hour` first, in the order of `group_by`, then the largest first,
        then by the values.

        Columns of `group_by` and `filters` are among the aggregation's. No cell means no row; with no `group_by` the
        answer is one row with an empty tuple, or none when nothing matched. An aggregation never written is empty.
        Raises QueryError for any other column, StoreError for an aggregation stored with other columns.
        """

    def values(self, column: str) -> Sequence[str]:
        """The distinct values of one of `subject.LABELS` but `entity` among the stored events, sorted."""

    def count(self) -> int:
        """How many events are stored."""

    def last(self, before: int | None = None) -> Event | None:
        """The last event in order; of those with time < `before`, where that is given."""

    def metadata(self) -> Mapping[str, str]:
        """Everything that `Transaction.set_metadata` keeps."""

    def revision(self) -> int:
        """A number that differs after every write that changed anything."""


class Transaction(Reader, Protocol):
    """The one write transaction: all of it is durable when its context ends, or nothing is. It reads its own writes."""

    def run(self, first: Key, reach: int, look_back: int) -> Run:
        """The run of stored events from the key `first` to the instant `reach`; see `Run`."""

    def insert(self, events: Sequence[Event]) -> None:
        """Store events, in order. One that is stored already is the caller's mistake, and may fail the transaction."""

    def delete(self, events: Sequence[Event]) -> None:
        """Remove stored events."""

    def apply(self, aggregation: Aggregation, cells: Mapping[Cell, int]) -> None:
        """Add the spans to the cells. A cell that comes to zero is gone."""

    def clear(self, name: str) -> None:
        """Forget every cell of the aggregation of that name, and the aggregation itself. Unknown names are fine."""

    def set_metadata(self, key: str, value: str | None) -> None:
        """Keep a text under a key; None forgets it."""


class Store(Protocol):
    """Where events and aggregates live.

    `writing` is called by one thread at a time, `reading` by any. Both raise StoreError when the store fails; a failed
    transaction leaves nothing behind and the store usable. A read-only store raises StoreError from `writing`.
    """

    def reading(self) -> AbstractContextManager[Reader]:
        """One consistent view, until the context ends."""

    def writing(self) -> AbstractContextManager[Transaction]:
        """The write transaction: committed and durable when the context ends well, else rolled back."""

    def backup(self, path: Path) -> None:
        """Write a consistent copy to a file that must not exist, while others go on."""

    def health(self) -> Health:
        """How the store is; never raises."""

    def close(self) -> None:
        """Give everything back. Twice is fine."""


@runtime_checkable
class Guarded(Protocol):
    """What a store may do besides, where somebody can damage its data or take it away: all of it, or none.

    The service then serves nothing that is in doubt before it has been looked through, and goes on by itself when the
    data are back.
    """

    @property
    def doubt(self) -> str:
        """Why everything must be looked through before it is served; empty where nothing speaks for that."""

    def check(self) -> Sequence[str]:
        """What is wrong with the storage itself, a line each, none where it is sound. Reads everything."""

    @property
    def opening(self) -> int:
        """Changes with every `reopen`: what was found out before is about other data."""

    def judge(self, opening: int, *, sound: bool) -> bool:
        """They have been looked through, in that opening, and are sound or not. False where it is another by now.

        What is sound is in doubt no more, nor after it is closed in good order; what isn't stays in doubt until it is.
        """

    def tend(self) -> str:
        """Called about once a second by a thread that does not write: time for work that can wait.

        Gives why the data can't be used any more (they were taken away, replaced, changed by somebody else, or are
        damaged), else nothing. From then on `reading` and `writing` raise StoreError, until `reopen`. As long as the
        text stays the same, nothing has become of them.
        """

    def reopen(self) -> None:
        """After a loss: open anew what is there now, as if it had never been seen. Raises StoreError."""


@runtime_checkable
class Mending(Protocol):
    """What a transaction may do besides."""

    def mend(self) -> Sequence[str]:
        """Put right what is kept beside the events and can be told from them. `rebuild` fills the cells afterwards.

        Gives what can't be put right, a line each: events that must once have been there, say.
        """


class Salvage(Protocol):
    """What a damaged database still yields. It is read once."""

    def events(self) -> Iterator[Sequence[Event]]:
        """The events that can be told, in any order, some perhaps again; nothing raises for what can't be."""

    @property
    def losses(self) -> Sequence[str]:
        """Once all events were taken: what is known to be lost or altered, a line each."""


class Maintenance(Protocol):
    """What a provider of stores may offer besides, for data at rest that need not even be readable.

    `timecode backup`, `restore`, `recover` and `forget --backups` work with any store whose provider does.
    """

    @property
    def path(self) -> Path:
        """The file in which the store's own data are, or would be."""

    def open(self, path: Path, *, writable: bool = False) -> Store:
        """Open another database of this kind, such as a copy that `Store.backup` has made; writable, it may be new."""

    def copies(self) -> Sequence[Path]:
        """The files in which an upgrade, a restore or a recovery has kept what is stored; `open` opens them."""

    def companions(self, path: Path) -> Sequence[Path]:
        """The files that may lie beside such a file and hold a part of what it says, such as a log. Some may not exist.

        Each is named as the file, with something behind.
        """

    def restore(self, path: Path) -> Path | None:
        """Put what is in the file `path` in the place of the store's own data, whatever state these are in.

        They are kept: gives the folder or file, or None where there were none. Whoever calls it holds the home's
        `WriteLock` and has looked the file through. At whatever moment it is broken off, there are the old data, or the
        new, or a store that says so and won't open. Raises StoreError, BusyError.
        """

    def salvage(self, path: Path, progress: Callable[[int, int], None]) -> Salvage:
        """Read what can be read of a damaged file, which stays as it is. Raises StoreError where it is no such file.

        `progress` is told how much is done, and of how much.
        """


# --- Time accounting -------------------------------------------------------------------------------------------------


class Rule(Protocol):
    """How events become credited time: a pure function of the events in order."""

    @property
    def name(self) -> str:
        """The name that the setting `rule` takes."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever the rule's answers may: its name, version and settings."""

    @property
    def look_back(self) -> int:
        """How far back, in microseconds, an event that still runs can matter to a later gap."""

    @property
    def reach(self) -> int:
        """The longest gap after an event's end that may be credited to it, in microseconds."""

    def stretches(self, events: Sequence[Event], start: int, stop: int) -> Iterator[Stretch]:
        """Credit the gaps that begin at `events[start:stop]`, each gap going on to the next event of the list.

        Before `start` stand those events that still run, within the look-back. The last event of the list, if the
        range includes it, has no successor. Stretches must be disjoint, lie in their gap, and be longer than zero.
        """


# --- Steps -----------------------------------------------------------------------------------------------------------

SubjectStep = Callable[[Seen], Seen | None]
"""A pure function of a subject, which gives it back, changed or not; None leaves the event out ("excluded").

It knows no instant, so that what it makes of a subject can be remembered: it is not called for every event, and may be
called by several threads. It reads no file.

It raises EventError to refuse the event for good. Any other exception is a fault of ours: nothing of the batch is
stored and the sender is asked to come again, so that nothing unredacted ever gets through.
"""


@frozen
class EventStep:
    """A step that needs the instant. `of` is called for every event, and raises as a `SubjectStep` does."""

    of: Callable[[Event], Event | None]


Step = SubjectStep | EventStep


# --- Sources ---------------------------------------------------------------------------------------------------------

Submit = Callable[[Sequence[object]], Receipt]
"""Take decoded wire events (mappings as in the HTTP API) and return once they are durable. Raises UnavailableError."""


class Source(Protocol):
    """Something that runs beside the HTTP server and submits events. It runs in the serving process, after any fork."""

    def start(self, submit: Submit) -> None:
        """Run until `stop` is called; it has a thread of its own. If it raises, that is reported and it starts anew."""

    def stop(self) -> None:
        """Make `start` return soon, even one that is only just called. Called from another thread."""


# --- Renderers -------------------------------------------------------------------------------------------------------


@frozen
class Rendered:
    """What a renderer made: its bytes, their media type, a file name without suffix, and the suffix without its dot."""

    body: bytes
    media_type: str
    stem: str
    suffix: str


@frozen
class Asset:
    """A file that a rendered page needs. It never changes: its name holds a hash of its content."""

    body: bytes
    media_type: str


class Renderer(Protocol):
    """Reports in, bytes out. It knows no HTTP and no store.

    A renderer may also have `assets() -> Mapping[str, Asset]`: files by name, which the HTTP source serves for ever at
    `/assets/{renderer}/{name}`.

    It may say `shell = True`: what it makes holds nobody's data, and anybody may see it and its assets. It then asks no
    query, and is given no report. Only a shell can be the page that the HTTP source shows at `/`.
    """

    @property
    def version(self) -> str:
        """Changes whenever the same reports and options may give other bytes."""

    @property
    def options(self) -> type[Any]:
        """An attrs class of options: str, int, float, bool, Literal, tuple[str, ...] (or None); each with a default."""

    def queries(self, selection: Selection, options: Any) -> Mapping[str, Query]:  # noqa: ANN401
        """The questions whose answers `render` wants, by a name of its own."""

    def render(self, selection: Selection, reports: Mapping[str, Report], options: Any) -> Rendered:  # noqa: ANN401
        """Make the output from the answers. Raises RenderError; QueryError for options that make no sense."""


# --- Providers -------------------------------------------------------------------------------------------------------


class Hooks(Protocol):
    """Calls a collecting hook by its name, and gives the answers flat, in the order of the plugins' names."""

    def collect(self, hook: str, **arguments: object) -> list[Any]:
        """Everything that the implementations returned, in one list."""


@frozen
class Context:
    """What a provider may know when it builds its object."""

    home: Home
    core: CoreSettings
    hooks: Hooks
    writable: bool = False


@frozen
class Provider:
    """An offer: a name that the settings can choose, and how to build the object from its settings.

    `settings` is an attrs class with a default for every field; `table` names its table in config.toml. Several
    providers of one plugin may share a table. `build` gets an instance of it and the context. Import what is heavy
    inside `build`, or later. A store's provider may have `maintain`, which builds its `Maintenance` likewise.
    """

    name: str
    build: Callable[[Any, Context], Any]
    table: str = ""
    settings: type[Any] | None = None
    maintain: Callable[[Any, Context], Maintenance] | None = None


@frozen
class SettingsTable:
    """A table of config.toml that no provider has: its name, and an attrs class with a default for every field."""

    name: str
    settings: type[Any]


# --- The running service ---------------------------------------------------------------------------------------------


class Running(Protocol):
    """A link to the running service of a home folder, which has proved that it is that.

    Every call raises TimecodeError where the service doesn't do it, BusyError where it can't now.
    """

    @property
    def address(self) -> str:
        """Where it is, for people."""

    def status(self) -> Mapping[str, Any]:
        """How it is: what `Service.status` gives."""

    def forget(self, erasure: Erasure) -> Erased:
        """Have it forget these events; durable on return."""
