"""gunicorn: a master that brings the one worker back should it die."""

from __future__ import annotations

import gc
import logging
import mmap
import resource
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn

import click
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from timecode_core import TimecodeError

from timecode_ingest_http.hosting import Hosted, WsgiApp
from timecode_ingest_http.servers.worker import GatheringWorker
from timecode_ingest_http.settings import HttpSettings

_log = logging.getLogger("timecode.service")
_GRACE_S = 30
_STUCK_S = 120
_CONNECTIONS = 512
_FILES = 2048


class OneWorkerArbiter(Arbiter):  # type: ignore[misc]  # gunicorn has no types
    """The master. There is one writer, so nothing that would run a second worker beside the first is on offer."""

    def init_signals(self) -> None:
        """Leave SIGHUP alone where it is ignored (nohup); otherwise it ends the service, as a terminal's end should."""
        ignored = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        super().init_signals()
        if ignored:
            signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def handle_int(self) -> None:
        """Ctrl-C: an orderly end."""
        raise StopIteration

    handle_hup = handle_quit = handle_int

    def _nothing(self) -> None:
        """Signals that make gunicorn start more workers, or fewer, or itself again."""

    handle_ttin = handle_ttou = handle_usr2 = handle_winch = _nothing


class Application(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """Our application as gunicorn wants it: loaded in the worker, after the fork."""

    def __init__(
        self,
        settings: HttpSettings,
        sockets: list[socket.socket],
        start: Callable[[], Hosted],
        announce: Callable[[Hosted], None],
    ) -> None:
        self._settings = settings
        self._sockets = sockets
        self._start = start
        self._announce = announce
        self._hosted: Hosted | None = None
        self._failed = mmap.mmap(-1, 1)  # shared with the worker: whether it could not start, and has said why
        super().__init__()

    def load_config(self) -> None:
        """Set everything that matters here, so that no file or variable of the user's for other programs does."""
        limits = {
            "deadline_s": self._settings.deadline,
            "most_connections": self._settings.threads + _CONNECTIONS,
        }
        values = {
            "bind": [f"fd://{listener.fileno()}" for listener in self._sockets],
            "workers": 1,
            "worker_class": type("Worker", (GatheringWorker,), limits),
            "threads": self._settings.threads,
            "worker_connections": 100_000,  # the worker has a limit of its own, at which it makes room
            "keepalive": 75,
            "timeout": _STUCK_S,
            "graceful_timeout": _GRACE_S,
            "limit_request_line": 8190,
            "http_parser": "python",
            "control_socket_disable": True,
            "proc_name": "timecode",
            "loglevel": "warning",
            "errorlog": None,  # the logbook tells of it, without anybody's names
            "forwarded_allow_ips": "",
            "child_exit": lambda _arbiter, _worker: self._end_if_failed(),
            "worker_exit": lambda _arbiter, _worker: self._close(),
            "post_worker_init": self._begun,
        }
        for name, value in values.items():
            self.cfg.set(name, value)

    def load(self) -> WsgiApp:
        """Start the service. Called in the worker."""
        _allow_files(_FILES)
        try:
            self._hosted = self._start()
        except TimecodeError as error:
            click.echo(f"timecode: {' '.join(str(error).split())}", err=True)
            self._fail()
        except Exception:  # noqa: BLE001  (gunicorn would print its text)
            _log.exception("the service could not start")
            self._fail()
        return self._hosted.app

    def _fail(self) -> NoReturn:
        self._failed[:] = b"1"
        sys.exit(0)  # to gunicorn, anything else is an error that it tells of in words of its own

    def _begun(self, worker: Any) -> None:  # noqa: ANN401
        if self._hosted is None:
            return
        worker.hosted = self._hosted
        if worker.age == 1:
            self._announce(self._hosted)
        else:
            _log.warning("the worker before this one has ended unexpectedly")

    def _end_if_failed(self) -> None:
        """The master's side: another worker would fail alike."""
        if self._failed[:] == b"1":
            sys.exit(1)

    def _close(self) -> None:
        if self._hosted is not None:
            self._hosted.close()

    def run(self) -> None:
        """Serve until a signal says to stop; raises SystemExit then."""
        for listener in self._sockets:
            listener.set_inheritable(True)
        arbiter = OneWorkerArbiter(self)
        for listener in self._sockets:
            listener.detach()  # gunicorn owns the descriptors from here on
        gc.freeze()  # a look for cycles in the worker would write to what it shares with the master
        arbiter.run()


def _allow_files(count: int) -> None:
    """Raise the limit of open files where it is low (macOS: 256): each connection is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < count:
        with suppress(ValueError, OSError):  # then fewer connections have to do
            resource.setrlimit(
                resource.RLIMIT_NOFILE, (count if hard == resource.RLIM_INFINITY else min(count, hard), hard)
            )


def serve(
    settings: HttpSettings,
    sockets: list[socket.socket],
    start: Callable[[], Hosted],
    announce: Callable[[Hosted], None],
) -> None:
    """Serve until told to stop. `start` runs in the worker; `announce` once, when the first worker is up."""
    Application(settings, sockets, start, announce).run()
