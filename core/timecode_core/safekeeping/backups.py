"""The backups: copies of the store, each looked through and packed, in a folder that is thinned out."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from timecode_core.accounting.upkeep import Progress, unseen
from timecode_core.errors import StoreError, TimecodeError
from timecode_core.protocols import Guarded, Maintenance, Store
from timecode_core.safekeeping.drafts import draft_folder
from timecode_core.safekeeping.fetching import COPY, fetch
from timecode_core.safekeeping.packing import SUFFIX, pack
from timecode_core.safekeeping.retention import MIB, Backup, superfluous
from timecode_core.setup.home import Home
from timecode_core.setup.private import read_private, replace_private
from timecode_core.setup.remedies import file_error
from timecode_core.setup.settings import BackupSettings

_NAME = re.compile(r"timecode-(\d{8}-\d{6})\.db\.gz")
_STAMP = "%Y%m%d-%H%M%S"
_LATEST = "backups.json"
"""In the home: the newest that was made, and the revision that the store had then."""
_ROOM = 64 * MIB
"""So much is left free on the disk."""
_UNPACKED = 12
"""To look into one and write it anew takes two copies, and six times as much is more than packing has ever saved."""


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

    def make(self, store: Store, now: datetime, progress: Progress = unseen) -> Backup:
        """Make one in the folder, of this moment, and remove those that are superfluous then. Raises TimecodeError."""
        self._make_folder()
        made = now.astimezone(UTC).replace(microsecond=0)
        while (path := self.folder / f"timecode-{made:{_STAMP}}.db{SUFFIX}").exists():
            made += timedelta(seconds=1)
        revision = _revision(store)
        self._write(store, path, progress)
        backup = Backup(path, made, path.stat().st_size)
        self._record(path.name, revision)
        self.thin(made)
        return backup

    def has_all_of(self, store: Store) -> bool:
        """Whether nothing has changed in the store since one was made that is still there."""
        try:
            name, revision = json.loads(read_private(self._home.path / _LATEST))
        except (OSError, ValueError, TypeError, TimecodeError):
            return False
        return revision == _revision(store) and (self.folder / str(name)).is_file()

    def _record(self, name: str, revision: int) -> None:
        with suppress(OSError):  # then one like it may be made once more
            replace_private(self._home.path / _LATEST, json.dumps([name, revision]))

    def write(self, store: Store, path: Path, progress: Progress = unseen) -> None:
        """Write a copy of the store to a new file, packed where its name says so. Raises TimecodeError."""
        if path.exists() or path.is_symlink():
            raise TimecodeError(f"{path} exists already.", remedy="Name a new file.")
        if not path.parent.is_dir():
            raise TimecodeError(f"there is no folder {path.parent}.", remedy="Create it first.")
        if path.parent.resolve() == self._home.path.resolve():  # where a store, a token or a restore would meet it
            raise TimecodeError(
                f"{path.parent} is where Timecode keeps its own files.",
                remedy="Name a file elsewhere, or none: it goes into the folder of the backups then.",
            )
        self._write(store, path, progress)

    def _write(self, store: Store, path: Path, progress: Progress) -> None:
        size = store.health().details.get("bytes", 0)
        place = self._place(2 * size if isinstance(size, int) else 0, path.parent)
        with draft_folder(place) as folder:
            copy = folder / COPY
            store.backup(copy)
            self._check(copy)
            pack(copy, path, progress, packed=path.name.endswith(SUFFIX))

    def thin(self, now: datetime) -> None:
        """Remove the superfluous ones, as of this moment. Raises TimecodeError."""
        chosen = self._settings
        for backup in superfluous(self.all(), now, chosen.newest, chosen.months, chosen.most_mb * MIB):
            try:
                backup.path.unlink(missing_ok=True)
            except OSError as error:
                raise file_error(TimecodeError, "remove", backup.path, error) from error

    @contextmanager
    def opened(self, path: Path) -> Iterator[tuple[Store, Callable[[Progress], None]]]:
        """A private copy of a backup as a store to write to, of today's version.

        And what puts that, as it is then, in the place of the backup.
        """
        with draft_folder(self._place(_UNPACKED * path.stat().st_size, path.parent)) as folder:
            store = self._maintenance.open(fetch(self._maintenance, path, folder, unseen), writable=True)

            def keep(progress: Progress) -> None:
                again = folder / f"again-{COPY}"
                store.backup(again)
                self._check(again)
                pack(again, path, progress, packed=path.name.endswith(SUFFIX), replace=True)
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

    def _place(self, size: int, *others: Path) -> Path:
        """Where so many bytes can be for a while: in the home, if that does not fill its disk, else in another folder.

        On the home's disk, more must be left: what is stored meanwhile needs it. Raises StoreError.
        """
        home = self._home.path
        free = shutil.disk_usage(home).free
        if free >= size + _ROOM:
            return home
        for other in others:
            if other.stat().st_dev != home.stat().st_dev and shutil.disk_usage(other).free >= size:
                return other
        raise StoreError(
            f"the disk of {home} has no room for a backup: that takes {_mb(size)} MiB for a while and should leave "
            f"{_mb(_ROOM)}, and {_mb(free)} are free.",
            remedy="Free some space, or name a file on another disk.",
        )

    def _make_folder(self) -> None:
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise file_error(TimecodeError, "create", self.folder, error) from error


def kept(folder: Path) -> list[Backup]:
    """The backups in a folder, the newest first; none where there is no folder. Raises TimecodeError."""
    found = []
    try:
        for path in folder.iterdir():
            with suppress(ValueError, FileNotFoundError):  # digits that are no time; one that goes at this moment
                if match := _NAME.fullmatch(path.name):
                    made = datetime.strptime(match[1], _STAMP).replace(tzinfo=UTC)
                    found.append(Backup(path, made, path.stat().st_size))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise file_error(TimecodeError, "read", folder, error) from error
    return sorted(found, key=lambda backup: (backup.made, backup.path.name), reverse=True)


def _revision(store: Store) -> int:
    with store.reading() as reader:
        return reader.revision()


def _mb(size: int) -> int:
    return -(-size // MIB)
