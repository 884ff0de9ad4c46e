"""A peer, ActivityWatch's server, in an environment of its own: the same heartbeats, the same question.

Both get ready-made requests from the same client, each over a connection of its own, since aw-server keeps none.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
import venv
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import cast

from attrs import frozen

from bench.data import LAST, Beat, Supply, year
from bench.place import Place
from bench.scale import BATCHES
from bench.section import Section, ms, number, ratio
from bench.server import Server, asked, free_port, serving
from bench.timing import interleave, rate, seconds

REQUIREMENTS = ("aw-server", "flask<2.3", "peewee<4")
_KEPT = ("entity", "project", "branch", "language", "editor")
"""What the peer gets of a heartbeat."""
_ROUNDS = 5
_BATCHES = 10
"""The fewest of a round."""
_INSTALL_S = 120
_START_S = 20


@frozen
class Peer:
    """aw-server, running."""

    port: int
    version: str

    def bucket(self, name: str) -> None:
        """Make one."""
        what = {"client": "bench", "type": "app.editor.activity", "hostname": "here"}
        asked(self.port, self.post(f"buckets/{name}", what))

    def events(self, bucket: str, batch: Sequence[Beat]) -> bytes:
        """The request that stores them."""
        return self.post(
            f"buckets/{bucket}/events",
            [
                {"timestamp": beat["time"], "duration": 30, "data": {name: beat[name] for name in _KEPT}}
                for beat in batch
            ],
        )

    def post(self, path: str, what: object) -> bytes:
        """A POST request."""
        body = json.dumps(what).encode()
        return (
            f"POST /api/0/{path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode() + body


def run(place: Place) -> Section:
    section = Section("Beside a peer: aw-server", ("what", "Timecode", "aw-server", "Timecode is faster"))
    try:
        with _running(place) as peer:
            section.title = f"Beside a peer: aw-server {peer.version}"
            _store(place, peer, section)
            _ask(place, peer, section)
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        section.notes.append(f"Not measured, or not all of it: {type(error).__name__}: {error}")
    return section


def _store(place: Place, peer: Peer, section: Section) -> None:
    peer.bucket("bench")
    with serving(place.installation().home) as (server, _):
        ours, theirs = Supply(year()), Supply(year())
        for size in BATCHES:
            count = max(_BATCHES, place.scale.batches(size))

            def here(size: int = size, count: int = count) -> float:
                return _sent(server.port, [_ours(server, batch) for batch in ours.batches(size, count)])

            def there(size: int = size, count: int = count) -> float:
                return _sent(peer.port, [peer.events("bench", batch) for batch in theirs.batches(size, count)])

            found = interleave({"ours": here, "theirs": there}, max(_ROUNDS, place.scale.rounds))
            section.add(
                f"events/s, {size} a request",
                number(size * found["ours"]),
                number(size * found["theirs"]),
                ratio(found["ours"], found["theirs"]),
            )
    section.notes += [
        "Over HTTP: requests made beforehand, one after the other, each over a connection of its own, from one client.",
        "Timecode fsyncs, and keeps its aggregations exact.",
    ]


def _sent(port: int, requests: Sequence[bytes]) -> float:
    """Requests a second."""
    return rate(len(requests), lambda: [asked(port, request) for request in requests])


def _ours(server: Server, batch: Sequence[Beat]) -> bytes:
    return server.post(cast("Sequence[object]", batch))


def _ask(place: Place, peer: Peer, section: Section) -> None:
    """A year by day, project and language; both have the year's heartbeats and no others."""
    beats = year()
    batches = [beats[begin : begin + 1000] for begin in range(0, len(beats), 1000)]
    peer.bucket("year")
    _sent(peer.port, [peer.events("year", batch) for batch in batches])
    first = LAST - timedelta(days=364)
    days = [
        f"{first + timedelta(days=n)}T00:00:00+00:00/{first + timedelta(days=n + 1)}T00:00:00+00:00" for n in range(365)
    ]
    query = ['events = query_bucket("year");', 'RETURN = merge_events_by_keys(events, ["project", "language"]);']
    theirs = peer.post("query/", {"timeperiods": days, "query": query})
    with serving(place.installation().home) as (server, _):
        _sent(server.port, [_ours(server, batch) for batch in batches])
        ours = server.get(f"/api/v1/stats?from={first}&to={LAST}&group_by=day,project,language")
        found = interleave({"ours": _answered(server.port, ours), "theirs": _answered(peer.port, theirs)}, _ROUNDS)
    section.add(
        "a year by day, project and language, ms",
        ms(found["ours"]),
        ms(found["theirs"]),
        ratio(found["theirs"], found["ours"]),
    )
    section.notes.append("The year, over HTTP: Timecode groups by day, aw-server takes a time period a day.")


def _answered(port: int, request: bytes) -> Callable[[], float]:
    return lambda: seconds(lambda: asked(port, request))


@contextmanager
def _running(place: Place) -> Iterator[Peer]:
    folder = place.installation().home.path / "peer"
    programs, version = _installed(folder)
    port = free_port()
    process = subprocess.Popen(
        [str(programs / "aw-server"), "--host", "127.0.0.1", "--port", str(port)],
        env={**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + _START_S
        while True:
            try:
                asked(port, f"GET /api/0/info HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
                break
            except OSError as error:
                if time.monotonic() > deadline or process.poll() is not None:
                    raise TimeoutError("it did not start") from error
                time.sleep(0.1)
        yield Peer(port, version)
    finally:
        process.terminate()
        process.wait(10)


def _installed(folder: Path) -> tuple[Path, str]:
    """Where its programs are, and its version."""
    venv.create(folder, with_pip=True)
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    python = str(programs / "python")
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *REQUIREMENTS]
    subprocess.run(install, check=True, timeout=_INSTALL_S, capture_output=True)
    ask = [python, "-c", "from importlib.metadata import version; print(version('aw-server'))"]
    told = subprocess.run(ask, check=True, capture_output=True, text=True)
    return programs, told.stdout.strip()
