"""The backups: copies of the store, each looked through and packed, in a folder that is thinned out."""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from timecode_core.accounting.upkeep import Progress, unseen
from timecode_core.errors import StoreError, TimecodeError
from timecode_core.protocols import Guarded, Maintenance, Store
from timecode_core.safekeeping.drafts import clear_drafts, draft_folder
from timecode_core.safekeeping.fetching import COPY, as_of, fetch
from timecode_core.safekeeping.packing import SUFFIX, pack, unpacked_size
from timecode_core.safekeeping.retention import MIB, Backup, superfluous
from timecode_core.setup.home import Home
from timecode_core.setup.lock import FileLock
from timecode_core.setup.private import read_private, replace_private
from timecode_core.setup.remedies import file_error
from timecode_core.setup.settings import BackupSettings

_NAME = re.compile(r"timecode-(\d{8}-\d{6})\.db\.gz")
_ENDINGS = (".db", f".db{SUFFIX}")
_STAMP = "%Y%m%d-%H%M%S"
_LATEST = "backups.json"
"""In the home: the newest that was made, and the revision that the store had then."""
_ROOM = 64 * MIB
"""So much is left free on the disk."""
_OWNER = "timecode-home"
"""In a folder that the settings name: whose backups are in it, by the `machine_id` of the home."""
_PATIENCE_S = 10.0
"""So long is waited for one that is being made: the service gives its own up at the next piece."""
_GLANCE_S = 0.1


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
        """All files that hold what was stored once: the backups, and copies kept beside the store's data.

        Also what is where backups are kept by default, by any name: they were made there before the settings named a
        folder, and nobody else has files there. Another home's are not ours to look into. What was left by whoever was
        killed goes. Raises TimecodeError.
        """
        own = BackupSettings().path(self._home.path)
        for place in (self._home.path, self.folder, own):
            clear_drafts(place)
        found = _databases(own)
        with suppress(TimecodeError):
            self.check_ours()
            found += [backup.path for backup in self.all() if self.folder != own]
        return [*found, *self._maintenance.copies()]

    @contextmanager
    def alone(self, *, patiently: bool = False) -> Iterator[None]:
        """Nobody else makes or changes any of this home's meanwhile. Raises BusyError, after a while if `patiently`."""
        if not os.access(self._home.path, os.W_OK):
            yield  # nobody can
            return
        end = time.monotonic() + (_PATIENCE_S if patiently else 0)
        with FileLock(self._home.path / "backups.lock", self.folder) as lock:
            while lock.taken and time.monotonic() < end:
                time.sleep(_GLANCE_S)
            lock.acquire("backup")
            yield

    def make(self, store: Store, now: datetime, progress: Progress = unseen) -> Backup:
        """Make one in the folder, of this moment, and remove those that are superfluous then. Raises TimecodeError."""
        with self.alone():
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
        with self.alone():
            self._write(store, path, progress)

    def _write(self, store: Store, path: Path, progress: Progress) -> None:
        size = store.health().details.get("bytes", 0)
        place = self._place("for a backup", 2 * size if isinstance(size, int) else 0, path.parent)
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

        And what puts that, as it is then, in the place of the backup. Raises TimecodeError.
        """
        path = path.resolve()  # a link goes on leading to it
        size = 3 * unpacked_size(path)  # the copy, what is written anew, and a log of either
        with draft_folder(self._place(f"to look into {path}", size, path.parent)) as folder:
            copy = fetch(self._maintenance, path, folder, unseen)
            try:
                store = self._maintenance.open(copy, writable=True)
            except StoreError as error:
                raise StoreError(f"{as_of(path, copy, error)}.", remedy="Remove it, if you don't need it.") from error

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

    def _place(self, what: str, size: int, *others: Path) -> Path:
        """Where so many bytes can be for a while: in the home, if that does not fill its disk, else in another folder.

        On the home's disk, more must be left: what is stored meanwhile needs it. Raises StoreError.
        """
        home = self._home.path
        free, writable = shutil.disk_usage(home).free, os.access(home, os.W_OK)
        if writable and free >= size + _ROOM:
            return home
        for other in others:
            elsewhere = other.stat().st_dev != home.stat().st_dev or not writable
            if elsewhere and shutil.disk_usage(other).free >= size:
                return other
        raise StoreError(
            f"the disk of {home} has no room {what}: that takes {_mb(size)} MiB for a while and should leave "
            f"{_mb(_ROOM)}, and {_mb(free)} are free.",
            remedy="Free some space.",
        )

    def check_ours(self) -> None:
        """Raise TimecodeError for a folder that another home has. Makes nothing."""
        owner = self.folder / _OWNER
        try:
            text = owner.read_text(encoding="utf-8", errors="replace").strip()
        except FileNotFoundError:
            return
        except OSError as error:
            raise file_error(TimecodeError, "read", owner, error) from error
        known = (self._home.path / "machine_id").exists()  # else it would be made
        if not known or text != self._home.secret("machine_id"):
            raise TimecodeError(
                f"the backups in {self.folder} are another home's.",
                remedy=f"Choose another folder in [backups]; or remove {owner}, if that home is gone.",
            )

    def _make_folder(self) -> None:
        """Make it, and make it ours: two homes would thin out each other's backups. Raises TimecodeError."""
        owner = self.folder / _OWNER
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self.folder.parent != self._home.path and not owner.exists():
                owner.write_text(f"{self._home.secret('machine_id')}\n", encoding="utf-8")
        except OSError as error:
            raise file_error(TimecodeError, "create", self.folder, error) from error
        self.check_ours()


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


def _databases(folder: Path) -> list[Path]:
    """The files in a folder that may be backups, of whatever name, the last name first. Raises TimecodeError."""
    try:
        there = sorted(folder.iterdir(), reverse=True)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise file_error(TimecodeError, "read", folder, error) from error
    return [path for path in there if path.name.endswith(_ENDINGS) and path.is_file()]


def _revision(store: Store) -> int:
    with store.reading() as reader:
        return reader.revision()


def _mb(size: int) -> int:
    return -(-size // MIB)
