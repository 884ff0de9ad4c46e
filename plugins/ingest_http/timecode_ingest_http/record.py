"""`service.json`: where the service of a home folder was started last, for whoever looks for it."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime

import attrs
import orjson
from attrs import field, frozen, validators
from timecode_core import Home, __version__

_FILE = "service.json"
_LONGEST = 64 * 1024
_text = validators.instance_of(str)


@frozen(kw_only=True)
class ServiceRecord:
    """What the service writes down once it listens, and leaves behind when it stops. It holds no secret.

    Nothing in it is proof: it may be old, or anybody's. Whoever goes by it has the service prove itself (`hello`).
    """

    address: str = field(validator=_text)
    port: int = field(validator=[validators.instance_of(int), validators.ge(1), validators.le(65535)])
    command: list[str] = field(validator=validators.deep_iterable(_text, validators.instance_of(list)))
    """What starts it again, with the same `TIMECODE_HOME`."""
    version: str = field(validator=_text)
    process: int = field(validator=validators.instance_of(int))
    """The id of the process that a signal ends it by."""
    started: str = field(validator=_text)
    """When, RFC 3339."""

    @classmethod
    def of_this_process(cls, port: int) -> ServiceRecord:
        """That of a service which listens in this process."""
        return cls(
            address="127.0.0.1",
            port=port,
            # -P: a folder named timecode_core in the current one is not ours
            command=[sys.executable, "-P", "-m", "timecode_core", "serve", "--port", str(port)],
            version=__version__,
            process=os.getpid(),
            started=datetime.now(UTC).isoformat(timespec="seconds"),
        )

    def write(self, home: Home) -> None:
        """Put it in the place of the one before. Raises TimecodeError."""
        home.put(_FILE, orjson.dumps(attrs.asdict(self), option=orjson.OPT_INDENT_2).decode() + "\n")

    @classmethod
    def read(cls, home: Home) -> ServiceRecord | None:
        """The one in a home folder; None where there is none, or what is there makes no sense."""
        try:
            with (home.path / _FILE).open("rb") as file:
                document = orjson.loads(file.read(_LONGEST))
            return cls(**{name: document[name] for name in attrs.fields_dict(cls)})
        except (OSError, ValueError, TypeError, KeyError):
            return None
