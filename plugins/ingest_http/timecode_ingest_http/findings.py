"""The findings: how the port, the token and the tables of who may come in are."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from timecode_core import Finding, Home, Installation, TimecodeError, WriteLock, file_error

from timecode_ingest_http.access.keys import FILE as KEYS, Keys
from timecode_ingest_http.access.sessions import FILE as SESSIONS
from timecode_ingest_http.access.token import FILE as TOKEN, known_token
from timecode_ingest_http.link import Link
from timecode_ingest_http.listening import is_free
from timecode_ingest_http.settings import TABLE, HttpSettings


def findings(installation: Installation) -> list[Finding]:
    """All of them."""
    home = installation.home
    return [_port(installation), _token(home), *_tables(home)]


def _port(installation: Installation) -> Finding:
    if link := Link.of(installation.home):
        return Finding("port", f"the service listens on {link.address}")
    port = installation.settings.table(TABLE, HttpSettings).port
    if is_free(port):
        return Finding("port", f"{port} is free for the service")
    lock = WriteLock(installation.home)
    if lock.taken and lock.serves and f" on port {port} " in lock.holder:
        text = f"{port} is held by the service of this home folder, which gives no proper answer"
        return Finding("port", text, "fault", "Run `timecode stop`, then `timecode serve`.")
    return Finding(
        "port",
        f"{port} is in use by another program, or by the service of another home folder",
        "fault",
        "Stop that, or set another port in [ingest_http] of config.toml.",
    )


def _token(home: Home) -> Finding:
    path = home.path / TOKEN
    if known_token(home):
        return Finding("token", "well formed")
    try:
        path.read_bytes()
    except FileNotFoundError:
        return Finding("token", "none yet: the service makes one when it starts")
    except OSError as error:
        return Finding.of("token", file_error(TimecodeError, "read", path, error))
    return Finding(
        "token",
        f"{path} is a link, or holds no random UUID (version 4, lower case)",
        "fault",
        "Remove it: the service makes a new one when it starts.",
    )


def _tables(home: Home) -> Iterator[Finding]:
    """What others could read, or nobody can."""
    if exposed := home.exposed(TOKEN, KEYS, SESSIONS):
        yield Finding(
            "credentials",
            f"others could read {', '.join(exposed)}, or they are links",
            "warning",
            "Put the files themselves there, and run: chmod 600 "
            + shlex.join(str(home.path / name) for name in exposed),
        )
        return
    try:
        count = len(Keys(home).all())
    except TimecodeError as error:
        yield Finding.of("credentials", error)
    else:
        yield Finding("credentials", f"readable by you alone; {count or 'no'} key{'' if count == 1 else 's'}")
