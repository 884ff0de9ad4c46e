"""Settings: `config.toml` in the home folder, one table a plugin and `[core]`, overridden by the environment."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import time
from hashlib import blake2b
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, TypeVar

import attrs
from attrs import field, frozen

from timecode_core.errors import SettingsError, TimecodeError
from timecode_core.setup.remedies import file_error
from timecode_core.setup.structure import faults, nearest, structure
from timecode_core.setup.zone import named_zone, spelling

T = TypeVar("T")
LogLevel = Literal["debug", "info", "warning", "error"]
PathStyle = Literal["relative", "absolute", "name", "hashed", "hidden"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
MANDATORY_STEPS = ("normalise", "redact")
DAY_S = 86_400


def _between(low: float, high: float) -> Any:  # noqa: ANN401  (attrs validators are untyped callables)
    def check(_instance: object, attribute: attrs.Attribute[Any], value: float) -> None:
        if not low <= value <= high:
            raise ValueError(f"{attribute.name} must be between {low} and {high}, not {value}")

    return check


def _zone(_instance: object, attribute: attrs.Attribute[Any], value: str) -> None:
    if value:
        try:
            named_zone(value)
        except KeyError as error:
            meant = spelling(value) or "Europe/Berlin"
            raise ValueError(f"{attribute.name} is no time zone name: {value!r} (such as {meant!r})") from error


def _clock(_instance: object, attribute: attrs.Attribute[Any], value: str) -> None:
    try:
        parsed = time.fromisoformat(value)
    except ValueError:
        parsed = None
    if parsed is None or len(value) != len("HH:MM"):
        raise ValueError(f"{attribute.name} must be a time such as '04:00', not {value!r}")


def _steps(_instance: object, attribute: attrs.Attribute[Any], value: tuple[str, ...]) -> None:
    first, last = MANDATORY_STEPS
    if "validate" in value:
        raise ValueError(f"{attribute.name} must leave out 'validate': what it did is done always now")
    if value[-1:] != (last,) or first not in value or len(set(value)) < len(value):
        raise ValueError(f"{attribute.name} must hold {first!r} and end with {last!r}, none of them twice")


def usable_path(_instance: object, attribute: attrs.Attribute[Any], value: str) -> None:
    """A validator for a text that names a file or a folder, and may begin at a home folder. Raises ValueError."""
    if "\0" in value:
        raise ValueError(f"{attribute.name} must be a path, which can't hold a NUL")
    try:
        Path(value).expanduser()
    except RuntimeError as error:
        raise ValueError(
            f"{attribute.name} begins at the home folder of nobody known here: {value!r} "
            f"('./{value}' is in a folder of that name)"
        ) from error


@frozen
class CoreSettings:
    """The table `[core]`."""

    timezone: str = field(default="", validator=_zone)
    """Where events are that don't say so: a zone name; empty means the machine's own."""
    keystroke_timeout: int = field(default=900, validator=_between(1, DAY_S))
    """The longest gap between two events that counts as work, in seconds."""
    day_start: str = field(default="00:00", validator=_clock)
    """When a day begins, HH:MM local time."""
    week_start: Weekday = "monday"
    store: str = "sqlite"
    rule: str = "join_gaps"
    steps: tuple[str, ...] = field(default=("normalise", "exclude", "redact"), validator=_steps)
    """The steps that every event passes, in order."""
    sources: tuple[str, ...] = ("*",)
    paths: PathStyle = "relative"
    """How a file's path is stored."""
    exclude_projects: tuple[str, ...] = ()
    """Projects that are never stored: shell patterns, matched against the project's name, ignoring case."""
    exclude_paths: tuple[str, ...] = ()
    """Files that are never stored: patterns as in a .gitignore file, matched against the full path."""
    hash_key: str = field(default="", repr=False)
    """The secret of the path style "hashed"; empty means the one kept in the home folder's `hash_key`."""
    log_level: LogLevel = "info"
    """What the service writes down in its log file: that, and what is graver."""

    @property
    def day_start_s(self) -> int:
        """`day_start` in seconds after midnight."""
        clock = time.fromisoformat(self.day_start)
        return clock.hour * 3600 + clock.minute * 60


@frozen
class BackupSettings:
    """The table `[backups]`: of those that the service makes by itself."""

    daily: bool = True
    """Whether the service makes one on each day on which something has changed."""
    folder: str = field(default="", validator=usable_path)
    """Where they are kept; empty means `backups` in the home folder, and a relative path starts there."""
    newest: int = field(default=7, validator=_between(1, 1000))
    """How many of the newest are kept."""
    months: int = field(default=12, validator=_between(0, 1200))
    """Of how many months before the last the newest is kept, too."""
    most_mb: int = field(default=2048, validator=_between(1, 10**9))
    """How much room all may take, in MiB; the oldest are removed first, but never the newest."""

    def path(self, home: Path) -> Path:
        """Where they are kept, seen from the home folder."""
        return home / Path(self.folder or "backups").expanduser()


class Settings:
    """All tables, read once. `table` gives one as an instance of its class.

    With `lenient`, whatever is wrong is left out, so that its default holds, and `faults` has an error for each.
    """

    def __init__(
        self,
        tables: Mapping[str, Mapping[str, Any]],
        *,
        origin: str = "settings",
        variables: Mapping[tuple[str, str], str] = MappingProxyType({}),
        unread: Iterable[SettingsError] = (),
        lenient: bool = False,
    ) -> None:
        """`origin` is where the tables come from; `variables` has, by table and key, those of the environment.

        `unread` is what has gone wrong already.
        """
        self._tables = {name: dict(values) for name, values in tables.items()}
        self._origin = origin
        self._variables = variables
        self._lenient = lenient
        self.faults = [*unread]
        self.core = self.table("core", CoreSettings)
        self.backups = self.table("backups", BackupSettings)

    @property
    def fingerprint(self) -> str:
        """Changes whenever any setting does; tells none of them."""
        return blake2b(repr(sorted(self._tables.items())).encode(), digest_size=12).hexdigest()

    @classmethod
    def load(
        cls,
        home: Path,
        environment: Mapping[str, str] | None = None,
        *,
        lenient: bool = False,
        tables_known: Callable[[], Mapping[str, type[Any]]] = lambda: OWN_TABLES,
    ) -> Settings:
        """Read `config.toml` in `home`, if there is one, and `TIMECODE_<TABLE>__<KEY>` from the environment.

        A variable's value is read as TOML where it is a number, a truth value, a list or a quoted string, else as text.
        `tables_known` gives the class of each table, for a key that stands in none: so that its own can be named.
        """
        path = home / "config.toml"
        unread: list[SettingsError] = []
        try:
            tables = _read(path, tables_known)
        except SettingsError as error:
            if not lenient:
                raise
            tables, unread = {}, [error]
        variables = {}
        for name, text in (os.environ if environment is None else environment).items():
            if name.startswith("TIMECODE_") and "__" in name:
                table_name, _, key = name.removeprefix("TIMECODE_").lower().partition("__")
                tables.setdefault(table_name, {})[key] = _toml_value(text)
                variables[table_name, key] = name
        return cls(tables, origin=str(path), variables=variables, unread=unread, lenient=lenient)

    @property
    def origins(self) -> list[str]:
        """The file and the variables that any value comes from."""
        return sorted({self._origin_of(name, key) for name, table in self._tables.items() for key in table})

    def origin(self, name: str, key: str) -> str:
        """Where a key's value comes from: the file, a variable of the environment, or nothing for a default."""
        return self._origin_of(name, key) if key in self._tables.get(name, {}) else ""

    def _origin_of(self, name: str, key: str) -> str:
        return self._variables.get((name, key), self._origin)

    def table(self, name: str, kind: type[T]) -> T:
        """The table as an instance of the attrs class. Raises SettingsError that says which key is wrong, and how."""
        values = self._tables.get(name, {})
        if not values:  # as most tables: no function need be made for their class
            with suppress(Exception):  # else what is wrong is said below
                return kind()
        try:
            return structure(values, kind)
        except ValueError as cause:
            wrong = faults(values, kind)
            error = self._error(name, kind, wrong)
            if not self._lenient or not values.keys() & wrong.keys():
                raise error from cause
        self.faults.append(error)
        self._tables[name] = {key: value for key, value in values.items() if key not in wrong}
        return self.table(name, kind)

    def _error(self, name: str, kind: type[Any], wrong: Mapping[str, str]) -> SettingsError:
        """Say what is wrong with each key, by where it comes from, and what may have been meant."""
        keys = attrs.fields_dict(kind)
        by_origin: defaultdict[str, list[str]] = defaultdict(list)
        for key, fault in wrong.items():
            by_origin[self._origin_of(name, key)].append(fault)
        told = (f"{origin}: [{name}] {'; '.join(found)}." for origin, found in by_origin.items())
        meant = "".join(nearest(key, keys) for key in wrong if key and key not in keys)
        return SettingsError(" ".join(told), remedy=f"{meant}Keys of [{name}]: {', '.join(keys)}.")

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Add what is raised to the faults, be it one that can't be left out: a key that must be there, and isn't."""
        try:
            yield
        except SettingsError as error:
            if str(error) not in map(str, self.faults):
                self.faults.append(error)

    def check_names(self, known: set[str]) -> None:
        """Raise SettingsError for a table that belongs to nobody: a misspelt one would be silently without effect."""
        tables = sorted(known | {*OWN_TABLES})
        for name in sorted(set(self._tables) - {*tables}):
            origins = sorted({self._origin_of(name, key) for key in self._tables[name]}) or [self._origin]
            error = SettingsError(
                f"{', '.join(origins)}: [{name}] is no plugin's table.",
                remedy=f"{nearest(name, tables)}Tables: {', '.join(tables)}.",
            )
            if not self._lenient:
                raise error
            self.faults.append(error)
            del self._tables[name]


OWN_TABLES: dict[str, type[Any]] = {"core": CoreSettings, "backups": BackupSettings}
"""The tables that belong to no plugin."""


def _read(path: Path, tables_known: Callable[[], Mapping[str, type[Any]]]) -> dict[str, dict[str, Any]]:
    """The tables of a file; none where it is not there. Raises SettingsError."""
    try:
        tables = _toml(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise file_error(SettingsError, "read", path, error) from error
    except ValueError as error:  # no UTF-8, or no TOML
        raise SettingsError(
            f"{path}: {error}.", remedy="Mend the file, or move it away to get the defaults."
        ) from error
    for name, table in tables.items():
        if not isinstance(table, dict):
            remedy = _where_it_belongs(name, tables_known)
            raise SettingsError(f"{path}: {name!r} stands outside of a table.", remedy=remedy)
    return tables


def _where_it_belongs(key: str, tables_known: Callable[[], Mapping[str, type[Any]]]) -> str:
    with suppress(TimecodeError):  # plugins that can't be asked
        if having := [f"[{name}]" for name, kind in tables_known().items() if key in attrs.fields_dict(kind)]:
            return f"Put it below {' or '.join(having)}."
    return "Put it below its table: `timecode config` lists them all."


def _toml(text: str) -> dict[str, Any]:
    """The tables of a text. Raises ValueError where it is no TOML."""
    import tomllib  # a home need have no settings

    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def _toml_value(text: str) -> Any:  # noqa: ANN401  (TOML's values)
    try:
        return _toml(f"value = {text}")["value"]
    except ValueError:
        return text
