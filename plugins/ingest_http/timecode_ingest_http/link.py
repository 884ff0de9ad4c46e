"""The link: how the core's commands reach the running service of a home folder."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from timecode_core import Erased, Erasure, Home, TimecodeError

from timecode_ingest_http.access.token import known_token
from timecode_ingest_http.client import Client
from timecode_ingest_http.origin import origin
from timecode_ingest_http.record import ServiceRecord

_GREETING_S = 3.0
"""What hangs for longer than that is as good as not there."""
_LONG_S = 3600.0
"""For what may have to look at every event there is, and wait for its turn."""


class Link:
    """Satisfies `timecode_core.Running`."""

    def __init__(self, client: Client, port: int) -> None:
        self._client = client
        self._port = port

    @classmethod
    def of(cls, home: Home) -> Link | None:
        """The link to the service that `service.json` leads to; None where nobody there proves to be that."""
        record, token = ServiceRecord.read(home), known_token(home)
        if record is None or not token:
            return None
        client = Client(token, record.port)
        try:
            client.verify(_GREETING_S)
        except TimecodeError:
            return None
        return cls(client, record.port)

    @property
    def address(self) -> str:
        """Where it is, for people."""
        return origin(self._port)

    def status(self) -> Mapping[str, Any]:
        """How it is."""
        return self._client.call("GET", "/api/v1/status")

    def forget(self, erasure: Erasure) -> Erased:
        """Have it forget these events. Raises BusyError where it can't now, TimecodeError where it doesn't do it."""
        answer = self._client.call("POST", "/api/v1/forget", _document(erasure), timeout_s=_LONG_S)
        try:
            projects = {str(row["project"]): round(row["seconds"] * 1_000_000) for row in answer["projects"]}
            days = (None if answer[end] is None else date.fromisoformat(answer[end]) for end in ("from", "to"))
            return Erased(int(answer["events"]), projects, *days)
        except (KeyError, TypeError, ValueError) as error:
            raise TimecodeError(
                f"the service on port {self._port} did not say what it has forgotten.",
                remedy="Start it anew: is it another version?",
            ) from error


def _document(erasure: Erasure) -> dict[str, object]:
    """The erasure as the HTTP API takes it: what is not given is left out."""
    document = {
        "projects": list(erasure.projects),
        "entities": list(erasure.entities),
        "machines": list(erasure.machines),
        "from": erasure.first and erasure.first.isoformat(),
        "to": erasure.last and erasure.last.isoformat(),
        "ahead": erasure.ahead,
    }
    return {name: value for name, value in document.items() if value}
