"""The backups: copies of the store, each looked through and packed, in a folder that is thinned out."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from timecode_core.errors import StoreError, TimecodeError
from timecode_core.protocols import Guarded, Maintenance, Store
from timecode_core.safekeeping.drafts import draft_folder
from timecode_core.safekeeping.fetching import fetch
from timecode_core.safekeeping.packing import SUFFIX, Pace, pack
from timecode_core.safekeeping.retention import MIB, Backup, superfluous
from timecode_core.setup.home import Home
from timecode_core.setup.remedies import file_error
from timecode_core.setup.settings import BackupSettings

_NAME = re.compile(r"timecode-(\d{8}-\d{6})\.db\.gz")
_STAMP = "%Y%m%d-%H%M%S"
_COPY = "timecode.db"
_ROOM = 64 * MIB
"""So much is left free on the disk."""


def no_pace(_done: int, _count: int) -> None:
    """Go on at once."""


class Backups:
    """The backups of a home folder."""

    def __init__(self, home: Home, settings: BackupSettings, maintenance: Maintenance) -> None:
        self._home = home
        self._settings = settings
        self._maintenance = maintenance
        self.folder = settings.path(home.path)

    def all(self) -> list[Backup]:
        """Those in the folder, the newest first. Files of any other name are nobody's affair."""
        return kept(self.folder)

    def everywhere(self) -> list[Path]:
        """All files that hold what was stored once: the backups, and copies that were kept beside the store's data."""
        return [*(backup.path for backup in self.all()), *self._maintenance.copies()]

    def make(self, store: Store, now: datetime, pace: Pace = no_pace) -> Backup:
        """Make one in the folder, of this moment, and remove those that are superfluous then. Raises TimecodeError."""
        self._make_folder()
        made = now.astimezone(UTC).replace(microsecond=0)
        while (path := self.folder / f"timecode-{made:{_STAMP}}.db{SUFFIX}").exists():
            made += timedelta(seconds=1)
        self.write(store, path, pace)
        self.thin()
        return Backup(path, made, path.stat().st_size)

    def write(self, store: Store, path: Path, pace: Pace = no_pace) -> None:
        """Write a copy of the store to a new file, packed where its name says so. Raises TimecodeError."""
        if path.exists() or path.is_symlink():
            raise TimecodeError(f"{path} exists already.", remedy="Name a new file.")
        if not path.parent.is_dir():
            raise TimecodeError(f"there is no folder {path.parent}.", remedy="Create it first.")
        self._check_room(store)
        with draft_folder(self._home.path) as folder:
            copy = folder / _COPY
            store.backup(copy)
            self._check(copy)
            pack(copy, path, pace, packed=path.name.endswith(SUFFIX))

    def thin(self) -> None:
        """Remove the superfluous ones."""
        chosen = self._settings
        for backup in superfluous(self.all(), chosen.newest, chosen.months, chosen.most_mb * MIB):
            try:
                backup.path.unlink(missing_ok=True)
            except OSError as error:
                raise file_error(TimecodeError, "remove", backup.path, error) from error

    @contextmanager
    def opened(self, path: Path) -> Iterator[tuple[Store, Callable[[Pace], None]]]:
        """A private copy of a backup as a store to write to, of today's version.

        And what puts that, as it is then, in the place of the backup.
        """
        with draft_folder(self._home.path) as folder:
            store = self._maintenance.open(fetch(self._maintenance, path, folder, no_pace), writable=True)

            def keep(pace: Pace) -> None:
                again = folder / f"again-{_COPY}"
                store.backup(again)
                self._check(again)
                pack(again, path, pace, packed=path.name.endswith(SUFFIX), replace=True)
                for companion in self._maintenance.companions(path):  # a part of what it said before
                    companion.unlink(missing_ok=True)

            try:
                yield store, keep
            finally:
                store.close()

    def _check(self, copy: Path) -> None:
        """Raise StoreError for a copy that is not sound: a backup that can't be used is worse than none."""
        store = self._maintenance.open(copy)
        try:
            faults = store.check() if isinstance(store, Guarded) else ()
        finally:
            store.close()
        if faults:
            raise StoreError(f"the copy is damaged: {faults[0]}.", remedy="Run `timecode doctor`.")

    def _check_room(self, store: Store) -> None:
        """Raise StoreError where a copy would fill the disk, and so stop what is stored meanwhile."""
        size = store.health().details.get("bytes", 0)
        free = shutil.disk_usage(self._home.path).free
        if isinstance(size, int) and free < 2 * size + _ROOM:
            raise StoreError(
                f"the disk of {self._home.path} has no room for a backup: that takes {_mb(2 * size)} MiB for a while "
                f"and should leave {_mb(_ROOM)}, and {_mb(free)} are free.",
                remedy="Free some space.",
            )

    def _make_folder(self) -> None:
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise file_error(TimecodeError, "create", self.folder, error) from error


def kept(folder: Path) -> list[Backup]:
    """The backups in a folder, the newest first."""
    found = []
    with suppress(OSError):  # no such folder; or one that is being thinned out at this moment
        for path in folder.iterdir():
            with suppress(ValueError):  # digits that are no time
                if (match := _NAME.fullmatch(path.name)) and path.is_file():
                    made = datetime.strptime(match[1], _STAMP).replace(tzinfo=UTC)
                    found.append(Backup(path, made, path.stat().st_size))
    return sorted(found, key=lambda backup: (backup.made, backup.path.name), reverse=True)


def _mb(size: int) -> int:
    return -(-size // MIB)
