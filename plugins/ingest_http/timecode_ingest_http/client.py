"""A client of the running service, which makes sure whom it talks to before it shows the token."""

from __future__ import annotations

import hmac
import http.client
import json
import secrets
from typing import Any

from timecode_core import TimecodeError

from timecode_ingest_http.access.greeting import greeting_mac
from timecode_ingest_http.origin import origin

_TIMEOUT_S = 10
_START_IT = "Start it with 'timecode serve'."


class Client:
    """Calls the service on 127.0.0.1. Every method raises TimecodeError where it is not there, or is not ours."""

    def __init__(self, token: str, port: int) -> None:
        self._token = token
        self._port = port

    def login_link(self) -> str:
        """A link that signs a browser in, once, within a minute."""
        self._verify()
        link = self._call("POST", "/api/v1/login", {"Authorization": f"Bearer {self._token}"}, {}).get("link")
        if not isinstance(link, str) or not link.startswith(f"{origin(self._port)}/#"):
            raise TimecodeError(
                f"the service on port {self._port} gave no link of its own.",
                remedy="Start it anew: is it another version?",
            )
        return link

    def _verify(self) -> None:
        nonce = secrets.token_urlsafe(32)
        mac = self._call("GET", f"/api/v1/hello?nonce={nonce}", {}).get("mac")
        if not isinstance(mac, str) or not hmac.compare_digest(
            mac.encode(), greeting_mac(self._token, nonce, self._port).encode()
        ):
            raise TimecodeError(
                f"what listens on port {self._port} is not the service of this home folder.",
                remedy="Does it run with another TIMECODE_HOME? Name the right port with --port.",
            )

    def _call(self, method: str, path: str, headers: dict[str, str], body: object = None) -> dict[str, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_TIMEOUT_S)
        try:
            payload = None if body is None else json.dumps(body).encode()
            connection.request(
                method, path, payload, headers | ({"Content-Type": "application/json"} if payload else {})
            )
            response = connection.getresponse()
            document = json.loads(response.read(1 << 20))
        except ConnectionRefusedError as error:
            raise TimecodeError(f"no service listens on port {self._port}.", remedy=_START_IT) from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise TimecodeError(
                f"what listens on port {self._port} does not answer as Timecode does.", remedy=_START_IT
            ) from error
        finally:
            connection.close()
        if response.status != http.client.OK or not isinstance(document, dict):
            detail = document.get("detail") if isinstance(document, dict) else ""
            raise TimecodeError(f"the service on port {self._port} answered {response.status}. {detail or ''}".strip())
        return document
