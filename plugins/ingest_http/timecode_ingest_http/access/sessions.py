"""Browser sessions: an id and a key for signing, of which the service keeps a hash and nothing else."""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable, Sequence

from attrs import frozen
from timecode_core import Home

from timecode_ingest_http.access.access_table import AccessTable
from timecode_ingest_http.access.keys import SESSION
from timecode_ingest_http.origin import origin

FILE = "sessions.json"
_AT_MOST = 64


@frozen
class Session:
    """What is kept of a session. `hash` is of its id, `token` of the token under which it began; Unix seconds."""

    hash: str
    token: str
    created: int
    expires: int

    @property
    def name(self) -> str:
        """What `timecode keys` calls it."""
        return f"{SESSION}{self.hash[:8]}"


class Sessions:
    """The sessions of a home folder and a port.

    The key of a session is derived from the token and the session's id, so that it need not be kept, a session outlives
    a restart, and a new token ends them all. The table ends one at once. Who reads the table can do nothing with it.
    """

    def __init__(
        self, home: Home, token: str, port: int, hours: int = 0, clock: Callable[[], float] = time.time
    ) -> None:
        self._table = AccessTable(home, FILE, Session)
        self._token = token.encode()
        self._port = port
        self._length_s = hours * 3600
        self._clock = clock
        self._mark = self._mac("timecode-session-token").hex()

    def new(self) -> tuple[str, bytes, int]:
        """A session: its id, the key that its page signs with, and for how many seconds it holds."""
        identity = secrets.token_urlsafe(32)
        now = int(self._clock())
        made = Session(self.hash(identity), self._mark, now, now + self._length_s)
        self._table.change(lambda rows: [*self._holding(rows)[1 - _AT_MOST :], made])
        return identity, self._key(identity), self._length_s

    def signed(self, identity: str, challenge: str, signature: str) -> bool:
        """Whether the session holds, and its page signed the challenge at our own address."""
        text = f"timecode-session\n{origin(self._port)}\n{challenge}"
        good = hmac.digest(self._key(identity), text.encode("utf-8", "replace"), "sha256").hex()
        return hmac.compare_digest(good.encode(), signature.encode("utf-8", "replace")) & self.holds(
            self.hash(identity)
        )

    def holds(self, hashed: str) -> bool:
        """Whether the session with this hash has neither ended nor expired."""
        found = False
        for session in self.all():
            found |= hmac.compare_digest(session.hash, hashed)
        return found

    def all(self) -> Sequence[Session]:
        """Every session that holds, the oldest first."""
        return self._holding(self._table.rows())

    def end(self, ends: Callable[[Session], bool]) -> int:
        """End the sessions that `ends` picks; how many those were."""
        ended = sum(map(ends, self.all()))
        if ended:
            self._table.change(lambda rows: [row for row in self._holding(rows) if not ends(row)])
        return ended

    def hash(self, identity: str) -> str:
        """What is kept of a session's id."""
        return self._mac(f"timecode-session-id\n{identity}").hex()

    def _holding(self, rows: Sequence[Session]) -> Sequence[Session]:
        now = self._clock()
        return [row for row in rows if row.token == self._mark and row.expires > now]

    def _key(self, identity: str) -> bytes:
        # The port is in it: a page signs for whoever holds its port, who must not pass that on to another.
        return self._mac(f"timecode-session-key\n{self._port}\n{identity}")

    def _mac(self, text: str) -> bytes:
        return hmac.digest(self._token, text.encode("utf-8", "replace"), "sha256")
