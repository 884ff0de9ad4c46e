"""A client of the running service, which makes sure whom it talks to before it shows the token."""

from __future__ import annotations

import hmac
import http.client
import json
import secrets
import socket
import threading
from contextlib import suppress
from typing import Any

from timecode_core import BusyError, TimecodeError

from timecode_ingest_http.access.greeting import greeting_mac
from timecode_ingest_http.origin import origin

_TIMEOUT_S = 10
_LARGEST = 16 << 20


class Client:
    """Calls the service on 127.0.0.1. Every method raises TimecodeError where it is not there, or is not ours."""

    def __init__(self, token: str, port: int) -> None:
        self._token = token
        self._port = port

    def login_link(self) -> str:
        """A link that signs a browser in, once, within a minute."""
        link = self.call("POST", "/api/v1/login", {}).get("link")
        if not isinstance(link, str) or not link.startswith(f"{origin(self._port)}/#"):
            raise TimecodeError(
                f"the service on port {self._port} gave no link of its own.",
                remedy="Start it anew: is it another version?",
            )
        return link

    def call(self, method: str, path: str, body: object = None, *, timeout_s: float = _TIMEOUT_S) -> dict[str, Any]:
        """What the service answers to a call with the token. Raises BusyError where it says that it can't now."""
        self.verify()
        return self._call(method, path, {"Authorization": f"Bearer {self._token}"}, body, timeout_s)

    def verify(self, timeout_s: float = _TIMEOUT_S) -> None:
        """Have it prove that it knows the token."""
        nonce = secrets.token_urlsafe(32)
        mac = self._call("GET", f"/api/v1/hello?nonce={nonce}", {}, None, timeout_s).get("mac")
        if not isinstance(mac, str) or not hmac.compare_digest(
            mac.encode(), greeting_mac(self._token, nonce, self._port).encode()
        ):
            raise TimecodeError(
                f"what listens on port {self._port} is not the service of this home folder.",
                remedy="Was the token replaced since it started? Then run 'timecode stop' and 'timecode serve'. "
                "Does it run with another TIMECODE_HOME? Name the right port with --port.",
            )

    def _call(self, method: str, path: str, headers: dict[str, str], body: object, timeout_s: float) -> dict[str, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=timeout_s)
        # The connection's own limit is one of each read: what answers byte by byte would never reach it.
        end = threading.Timer(timeout_s, _hang_up, (connection,))
        end.daemon = True
        end.start()
        try:
            payload = None if body is None else json.dumps(body).encode()
            connection.request(
                method, path, payload, headers | ({"Content-Type": "application/json"} if payload else {})
            )
            response = connection.getresponse()
            document = json.loads(response.read(_LARGEST))
        except ConnectionRefusedError as error:
            raise TimecodeError(
                f"no service listens on port {self._port}.", remedy="Start it with 'timecode serve'."
            ) from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise TimecodeError(
                f"what listens on port {self._port} does not answer as Timecode does.",
                remedy="If it is a service that hangs: run 'timecode stop', then 'timecode serve'. "
                "'timecode doctor' says more.",
            ) from error
        finally:
            end.cancel()
            connection.close()
        if response.status != http.client.OK or not isinstance(document, dict):
            detail = document.get("detail") if isinstance(document, dict) else ""
            busy = response.status == http.client.SERVICE_UNAVAILABLE
            raise (BusyError if busy else TimecodeError)(
                f"the service on port {self._port} answered {response.status}. {detail or ''}".strip()
            )
        return document


def _hang_up(connection: http.client.HTTPConnection) -> None:
    with suppress(OSError):
        if connection.sock is not None:
            connection.sock.shutdown(socket.SHUT_RDWR)
