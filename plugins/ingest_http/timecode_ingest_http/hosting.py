"""The running service: what a server needs to serve, built in the process that serves."""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable, Iterable
from typing import Any

from timecode_core import Installation, Logbook, Service, __version__

from timecode_ingest_http.access.codes import Codes
from timecode_ingest_http.access.sign_in import link_with
from timecode_ingest_http.app import Identity, make_app
from timecode_ingest_http.refusals import Refusals
from timecode_ingest_http.settings import HttpSettings

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_log = logging.getLogger("timecode.service")

_NEW_OBJECTS = 20_000
"""After so many more objects than before the interpreter looks for cycles."""


class Hosted:
    """The service, started, and its WSGI application."""

    def __init__(
        self, installation: Installation, settings: HttpSettings, identity: Identity, logbook: Logbook
    ) -> None:
        logbook.take_over()
        self._identity = identity
        self._codes = Codes()
        self._service = Service(installation)
        with logbook.noting():
            self._service.start()
        _log.info("started: version %s, port %d. %s", __version__, identity.port, installation.zone())
        mounts = installation.plugins.collect("timecode_http_resources", service=self._service)
        self.refusals = Refusals()
        app = make_app(self._service, settings, identity, self._codes, mounts, self.refusals)
        self.app: WsgiApp = app
        self.refuses: Callable[[dict[str, Any]], bool] = app.refuses
        """Whether a request's head, as a WSGI environment, is enough to answer it: its body is not waited for then."""
        # What is loaded stays, and what a request makes goes with it: cycles are rare, and looking for them is dear
        # where an answer has thousands of groups.
        gc.freeze()
        gc.set_threshold(_NEW_OBJECTS)

    @property
    def progress(self) -> str:
        """What is still going on before events are taken; empty when it is ready."""
        return self._service.progress

    def wait(self, timeout_s: float) -> None:
        """Return once events are taken. Raises what kept the service from that, or TimeoutError."""
        self._service.wait(timeout_s)

    def login_link(self) -> str:
        """A link that signs a browser in, once, within a minute."""
        return link_with(self._codes.issue(), self._identity.port)

    def close(self) -> None:
        """Finish what is being written, and close the store."""
        self._service.close()
        self.refusals.close()
        _log.info("stopped")
