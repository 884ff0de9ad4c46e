"""The home folder: everything of Timecode's on this machine, readable by its owner alone."""

from __future__ import annotations

import os
import stat
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from attrs import frozen

from timecode_core.errors import TimecodeError
from timecode_core.setup.private import read_private, replace_private, write_private
from timecode_core.setup.remedies import file_error

_SIGNS = frozenset({"token", "machine_id", "config.toml", "hash_key", "service.json", "keys.json", "sessions.json"})
_SIGN_STEMS = ("timecode.db", "timecode.lock")
"""A folder with one of these, or with a name that begins so, is one of Timecode's."""
_NO_MATTER = frozenset(
    {".gitignore", "plugins", "backups", "logs", "demo", "open.html"}  # ours, but anybody may have such a name
    | {".DS_Store", ".localized", ".directory", "desktop.ini", "Thumbs.db", "lost+found"}  # that systems leave behind
)
_SHOWN = 3


@frozen
class Home:
    """A folder, `~/.config/timecode` unless `TIMECODE_HOME` names another."""

    path: Path

    @classmethod
    def find(cls, environment: Mapping[str, str] | None = None) -> Home:
        """The folder that the environment names, or the default. It need not exist."""
        variables = os.environ if environment is None else environment
        named = variables.get("TIMECODE_HOME", "")
        user = variables.get("HOME", "/") if os.name == "posix" else "/"
        if (named in ("", "~") or named.startswith("~/")) and not user.startswith("/"):
            raise TimecodeError(
                f"HOME is {user!r:.60}, which is no absolute path.",
                remedy="Set HOME to your home folder, or TIMECODE_HOME to a folder of yours.",
            )
        try:
            return cls(Path(named).expanduser().absolute() if named else Path.home() / ".config" / "timecode")
        except (RuntimeError, OSError) as error:
            raise TimecodeError("there is no home folder.", remedy="Set TIMECODE_HOME to a folder of yours.") from error

    def make(self) -> None:
        """Create the folder where it is missing: mode 0700, and kept out of any repository around it."""
        self.check_ours()
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            _close_to_others(self.path)
            ignore = self.path / ".gitignore"
            if not ignore.exists() or not ignore.stat().st_size:  # a disk that was full leaves an empty one
                ignore.write_text("*\n", encoding="utf-8")
        except OSError as error:
            raise file_error(
                TimecodeError, "create", self.path, error, elsewhere="Set TIMECODE_HOME to a folder of yours."
            ) from error

    def check_ours(self) -> None:
        """Raise TimecodeError for a folder that others use, or that holds other things: it would be closed to them.

        And for one that belongs to somebody else: what root makes in it, its owner could not use any more.
        """
        self.check_owner()
        try:
            mode = self.path.stat().st_mode
            held = {path.name for path in self.path.iterdir()}
        except OSError:
            return  # `make` tells what is wrong, if anything is
        others = sorted(held - _NO_MATTER)
        ours = any(name in _SIGNS or name.startswith(_SIGN_STEMS) for name in held)
        if mode & stat.S_ISVTX:
            fault = f"{self.path} is a folder in which everybody may write."
        elif mode & 0o077 and others and not ours:
            more = f" and {len(others) - _SHOWN} more" if len(others) > _SHOWN else ""
            names = ", ".join(f"{name!r:.40}" for name in others[:_SHOWN])
            fault = f"{self.path} is not Timecode's alone: it holds {names}{more}."
        else:
            return
        raise TimecodeError(fault, remedy="Set TIMECODE_HOME to an empty folder of yours.")

    def check_owner(self) -> None:
        """Raise TimecodeError for a folder that belongs to another user."""
        with suppress(OSError):
            owner = self.path.stat().st_uid
            if os.name == "posix" and owner != os.geteuid():
                raise TimecodeError(
                    f"{self.path} belongs to the user with the number {owner}, not to you.",
                    remedy="Work as that user, or set TIMECODE_HOME to a folder of yours.",
                )

    def check_readable(self) -> None:
        """Raise TimecodeError for a folder of another user, and one that can't be read: nothing in it can be told."""
        self.check_owner()
        try:
            os.scandir(self.path).close()
        except FileNotFoundError:
            return
        except OSError as error:
            raise file_error(TimecodeError, "read", self.path, error) from error

    def exposed(self, *names: str) -> list[str]:
        """Those of the files that others could read if they came this far, or that are links. Changes nothing."""
        return [name for name in names if _is_exposed(self.path / name)]

    def secret(self, name: str, make: Callable[[], str] = lambda: str(uuid.uuid4())) -> str:
        """The line kept in the 0600 file `name`; made once, by whichever process comes first, if there is none.

        The default makes a random lower-case UUIDv4. A link in the file's place is refused.
        """
        path = self.path / name
        try:
            if not path.exists():
                self.make()
                try:
                    _create(path, make() + "\n")
                except OSError as error:
                    raise file_error(TimecodeError, "write", path, error) from error
            text = read_private(path).strip()
        except OSError as error:
            raise file_error(TimecodeError, "read", path, error) from error
        if not text:
            raise TimecodeError(f"{path} is empty.", remedy="Remove it; a new one is made at the next start.")
        return text

    def put(self, name: str, text: str) -> None:
        """Write the 0600 file `name` whole, in place of the one that is there: a reader sees the old one or the new."""
        path = self.path / name
        try:
            replace_private(path, text)
        except OSError as error:
            raise file_error(TimecodeError, "write", path, error) from error


def _close_to_others(path: Path) -> None:
    """Take from others what they may do with a folder that was made by hand, say by `mkdir`."""
    mode = path.stat().st_mode
    if os.name == "posix" and mode & 0o077:
        path.chmod(mode & 0o700)


def _is_exposed(path: Path) -> bool:
    try:
        mode = path.lstat().st_mode
    except OSError:
        return False
    return stat.S_ISLNK(mode) or (os.name == "posix" and bool(mode & 0o077))


def _create(path: Path, text: str) -> None:
    """Write a new file whole: a reader sees all of it or none. Another process's file, if it was first, stays."""
    draft = path.with_name(f"{path.name}.{uuid.uuid4().hex}")
    try:
        write_private(draft, text)
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        except OSError:  # a file system without hard links
            if not path.exists():
                draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
