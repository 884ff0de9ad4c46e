"""The hold: what the one process that writes has of the file for as long as it is open."""

from __future__ import annotations

import logging
import os
import time
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

import apsw
import attrs
from timecode_core import StoreError, file_error, sync_folder

from timecode_store_sqlite.connections import Connections, Opening
from timecode_store_sqlite.footing import Footing
from timecode_store_sqlite.location import check_names, close_to_others
from timecode_store_sqlite.locks import Locks
from timecode_store_sqlite.log import check_log, check_there, log_of
from timecode_store_sqlite.marker import NO_RECORD, Mark, Marker
from timecode_store_sqlite.migration import migrate
from timecode_store_sqlite.restoring import clear, complete

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from timecode_store_sqlite.connection import Connection

_log = logging.getLogger("timecode.store")
IDLE_S = 1.0
"""How long after the last write the log is folded and emptied."""
FOLDED_BYTES = 4 * 1024 * 1024
"""How much is added to the log before it is folded meanwhile, to be written over: that is quicker than a longer one."""


_UNSAVED = (
    "What came in since {:%H:%M:%S} is kept only for as long as the service runs: "
    "another program that reads the database must end first, or its disk take more."
)


class LostError(StoreError):
    """The file that is open is not what its path names any more, or somebody else has changed it."""


class Hold:
    """The locks, the marker, the footing and the connections of one opening of the file for writing.

    Belongs to whoever holds the store's write lock; `moved` and `lost` can be asked for at any time.
    """

    def __init__(
        self, path: Path, opening: Opening, migrations: Sequence[str], vfs: str | None, *, saved: bool = False
    ) -> None:
        """Take the locks, see whose the log is, and open the connection that writes. Raises StoreError.

        `saved`: the hold before had a log that is gone now, and has folded it into the database.
        """
        self._path = path
        self._file = path.resolve()
        self._marker = Marker(self._file)
        self._footing = Footing(path, self._file)
        self._locks = Locks(path)
        self._told: Mark | None = None
        self._others = 0
        self._tried_at = 0
        self._written_at = time.monotonic()
        self._folded = datetime.now()  # noqa: DTZ005  (for a person to read)
        self._unmarked = ""
        self.saved = self._elsewhere = False
        self.unsaved = ""
        """What is to be told of acknowledged work that could not be saved yet; empty where there is none."""
        self.connections = Connections(opening)
        check_there(self._file, self._marker.read())
        check_names(path)
        self._footing.note(None)
        self._locks.acquire()
        try:
            mark = self._marker.read()
            new = mark is None and not path.stat().st_size
            clear(self._file)
            restored = complete(self._file, mark)
            if restored:
                self._footing.note(None)
            own, logged = check_log(self._file, mark, vfs), saved or restored or log_of(self._file).exists()
            self.doubt = "" if new else mark.doubt(self._file) if mark else NO_RECORD
            writer = self.connections.open_writer()
            self._sound = not self.doubt
            self._low, self._high = own or 0, writer.revision
            migrate(writer, migrations, self._write_mark)  # else the log would be taken for another's, did it end there
            close_to_others(self._file)
            self._locks.check()
            self._first_hole = self._locks.first_hole
            self._others = writer.others
            self._high = writer.revision
            self._missed = mark.missed(self._high, logged=logged) if mark else ""
            if self._missed:
                _log.warning("%s: %s.", path, self._missed)
            self._sync_log()
            self._fold(writer)
        except BaseException:
            self.connections.drop_writer()
            self._locks.release()
            raise

    def _sync_log(self) -> None:
        """Have the log there for good before a marker says so: else a power cut would seem to have cost something."""
        try:
            sync_folder(self._file.parent)
        except OSError as error:
            raise file_error(StoreError, "open", self._path, error) from error

    # --- While it is used

    def check(self) -> None:
        """Raise LostError, and let go of the file, where it isn't what its path names, or somebody has changed it."""
        if fault := self._footing.fault or self._locks.fault:
            self._lose(fault)

    @property
    def moved(self) -> str:
        """Which of the paths names no file any more, or another one; empty where none does."""
        return self._footing.moved

    def writer(self) -> Connection:
        """The connection that writes: where the last one was given up, a new one to a file that was looked at."""
        if self.connections.writer is not None:
            return self.connections.writer
        connection = self.connections.open_writer()
        try:
            connection.check_whole()
            self._others = connection.others
        except BaseException:
            self.connections.drop_writer()
            raise
        return connection

    def check_others(self, writer: Connection) -> None:
        """Raise LostError where another program has committed since the last time: nothing may build on that."""
        if writer.others != self._others:
            raise self.lost(f"another program has changed {self._path}")

    def committed(self) -> None:
        """A transaction stands. Raises LostError, as `check` does."""
        if fault := self._footing.settle(self._log_end):
            self._lose(fault)
        self._written_at = time.monotonic()

    def undone(self, *, usable: bool) -> None:
        """A transaction was undone, what it has written may stand in the log, and the connection may be of no use."""
        if not usable:
            self.connections.drop_writer()
        self._footing.undone()

    def fold(self, longest_bytes: int) -> None:
        """Fold the log once enough has come; empty it where its file is longer than that. Raises LostError."""
        writer, end = self.connections.writer, self._log_end or 0
        emptying = self._footing.log_bytes > longest_bytes
        self._tried_at = min(self._tried_at, end)  # it may have been begun anew
        if writer is not None and (emptying or end - self._tried_at >= FOLDED_BYTES):
            folded = self._fold(writer, emptying=emptying)
            self._tried_at = 0 if folded else end  # where a reader still needs some of it, more must come first

    def fold_when_idle(self) -> None:
        """Fold and empty the log where nobody has written for a while. Raises LostError."""
        if time.monotonic() - self._written_at >= IDLE_S:
            self.fold(0)

    @property
    def _log_end(self) -> int | None:
        writer = self.connections.writer
        return writer.log_end if writer else None

    def judge(self, *, sound: bool) -> None:
        """Note what a look through the file has found; fold what had to wait for that. Raises LostError."""
        self._sound = sound
        if self.connections.writer is None:
            self._write_mark()
        else:
            self._fold(self.connections.writer)

    @property
    def warning(self) -> str:
        """What is to be told for as long as it is open; empty where there is nothing."""
        return "; ".join(filter(None, (self._missed, self._unmarked)))

    def lost(self, fault: str) -> LostError:
        """Say what has become of the file, and of what was written to it."""
        since = "" if self._footing.log_is_whole else f" and what came in since {self._folded:%H:%M:%S} may be lost"
        return LostError(
            f"{fault}, so that nothing is stored now{since}.",
            remedy="The database is taken up again once it is in its place and has been looked through.",
        )

    # --- The log and the marker

    def _fold(self, writer: Connection, *, emptying: bool = True) -> bool:
        """Fold the log, unless the database is in doubt. False where that is not done: the log is as good as that."""
        self._high = writer.revision
        folded = self._write_mark() and self._sound and self._save(writer, emptying=emptying)
        if fault := self._footing.moved:  # a fold changes files, and makes none
            raise self.lost(fault)
        if folded and self._locks.first_hole < self._first_hole:  # it was cut off while the log was written to it
            raise self.lost(f"another program has cut {self._path}")
        self.check_others(writer)
        self._footing.note(writer.log_end)
        return folded

    def _save(self, writer: Connection, *, emptying: bool) -> bool:
        """Fold the log and tell the marker, which knows of the newest revision: so it holds at any moment."""
        folded = writer.fold(emptying=emptying)
        if folded:
            self._low = self._high
            self._folded = datetime.now()  # noqa: DTZ005  (for a person to read)
            self._write_mark()
        return folded

    @property
    def _mark(self) -> Mark:
        return Mark("open", self._sound, self._low, self._high)

    def _write_mark(self) -> bool:
        """Whether the marker holds, or at least there is none that doesn't."""
        mark = self._mark
        if self._told == mark:
            return True
        self._told = None
        try:
            self._marker.write(mark)
        except StoreError as error:
            self._unmarked = str(error)
            return self._marker.drop()
        self._unmarked = ""
        self._told = mark
        return True

    # --- Its end

    def _lose(self, fault: str) -> None:
        lost = self.lost(fault)
        self.let_go()
        raise lost

    def let_go(self) -> None:
        """Save what can be saved, and give every connection up. Again and again, as long as something is `unsaved`.

        What was acknowledged may be in a log that is found beside its database no more: it is folded into that, and
        stays in the log, too, which may be found beside a copy.
        """
        writer, saved = self.connections.writer, True
        if writer is not None and self._footing.parted and self._footing.log_is_whole:
            saved = self._rescue(writer)
        self.unsaved = "" if saved else _UNSAVED.format(self._folded)
        if saved:
            self.connections.drop_writer()
        self.connections.end_reading()

    def _rescue(self, writer: Connection) -> bool:
        """Fold a log into a database beside which it is found no more. False where that can't be done now."""
        if self._footing.database_moved:
            self._elsewhere = writer.fold(emptying=False)
            return self._elsewhere
        try:
            self._high = writer.revision
        except StoreError:
            return True  # what can't be read can't be saved
        self.saved = self._write_mark() and self._save(writer, emptying=False)
        return self.saved

    def make_way(self) -> None:
        """Empty the log of a database that was taken away, and has it all, where another has come into its place."""
        if self._elsewhere:
            try:
                check_log(self._file, self._marker.read())
            except StoreError:
                with suppress(OSError):
                    os.truncate(log_of(self._file), 0)

    def note(self) -> None:
        """Take what is there now for known, though it can't be used: what becomes of that is another change."""
        self._footing.note(None)

    def release(self) -> None:
        """Give the locks back."""
        self._locks.release()

    def close(self, *, lost: bool) -> None:
        """Give every connection back and then the locks; in good order, with the log folded, where all went well."""
        self.connections.end_reading()
        writer = self.connections.writer
        if writer is not None and not lost:
            with suppress(StoreError):
                if self._fold(writer):
                    self._marker.write(attrs.evolve(self._mark, state="closing"))
                    writer.end()
                    self._note_closed()
        if self.unsaved:
            _log.error("%s: what came in since %s is lost.", self._path, f"{self._folded:%H:%M:%S}")
        self.connections.drop_writer()  # SQLite leaves the log as it is
        self.release()

    def _note_closed(self) -> None:
        """Leave a record of a file that was closed in good order: its log is folded, and it is not in doubt."""
        if self._sound:
            with suppress(OSError, apsw.Error, StoreError):
                self._marker.write(self._mark.closed(self._file))
