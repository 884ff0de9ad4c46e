"""Keys: credentials for one client each, with one right, kept as hashes and revoked one by one."""

from __future__ import annotations

import hashlib
import hmac
import re
import time
import uuid
from collections.abc import Sequence
from typing import Literal

from attrs import frozen
from timecode_core import Home, TimecodeError

from timecode_ingest_http.access.access_table import AccessTable

FILE = "keys.json"
KeyRight = Literal["ingest", "read"]
SESSION = "browser-"
"""How the names of browsers' sessions begin, which are listed and revoked beside keys."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@frozen
class Key:
    """What is kept of a key: never the key itself. `created` is in Unix seconds."""

    name: str
    right: KeyRight
    hash: str
    created: int


class Keys:
    """The keys of a home folder, whoever made them and whenever."""

    def __init__(self, home: Home) -> None:
        self._table = AccessTable(home, FILE, Key)

    def new(self, name: str, right: KeyRight) -> str:
        """Make a key and return it: it is never seen again. Raises TimecodeError for a name that is taken or odd."""
        if not _NAME.fullmatch(name) or name.startswith(SESSION):
            raise TimecodeError(
                f"{name!r:.80} is no name for a key.",
                remedy=f"Use up to 64 letters, digits, dots, hyphens and underscores, not beginning with '{SESSION}'.",
            )
        key = str(uuid.uuid4())
        made = Key(name, right, digest(key), int(time.time()))

        def add(keys: Sequence[Key]) -> Sequence[Key]:
            if any(known.name == name for known in keys):
                raise TimecodeError(f"there is a key {name!r} already.", remedy="Revoke it first, or use another name.")
            return [*keys, made]

        self._table.change(add)
        return key

    def all(self) -> Sequence[Key]:
        """Every key, the oldest first."""
        return self._table.rows()

    def revoke(self, name: str) -> bool:
        """Take a key back. Whether there was one of that name."""
        if all(key.name != name for key in self.all()):
            return False
        self._table.change(lambda keys: [key for key in keys if key.name != name])
        return True

    def right(self, given: str) -> KeyRight | None:
        """What a key may do; None where it is no key of ours. Takes the same time for any guess."""
        guess = digest(given)
        right = None
        for key in self.all():
            if hmac.compare_digest(key.hash, guess):
                right = key.right
        return right


def digest(secret: str) -> str:
    """What is kept of a credential. It is random enough that a plain hash can't be searched."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
