"""A peer, ActivityWatch's server, in an environment of its own: the same heartbeats, the same question."""

from __future__ import annotations

import json
import os
import subprocess
import time
import urllib.error
import urllib.request
import venv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, cast

from timecode_core.query import Query
from timecode_core.selection import Selection
from timecode_core.service import Service

from bench.data import LAST, Beat, Supply, year
from bench.place import Place
from bench.section import Section, ms, number, ratio
from bench.server import Server, Wire, free_port, serving
from bench.turns import interleave, seconds

REQUIREMENTS = ("aw-server", "flask<2.3", "peewee<4")
_INSTALL_S = 120
_START_S = 20
_BATCHES = (1, 100, 1000)


def run(place: Place) -> Section:
    section = Section("Beside a peer: aw-server", ("what", "Timecode", "aw-server", "ratio"))
    try:
        with _peer(place) as base:
            _compare(place, base, section)
    except (OSError, subprocess.SubprocessError) as error:
        section.notes.append(f"peer not available: {type(error).__name__}")
    return section


def _compare(place: Place, base: str, section: Section) -> None:
    installation = place.installation()
    _call(f"{base}/buckets/bench", {"client": "bench", "type": "app.editor.activity", "hostname": "here"})
    with serving(installation.home) as (server, _):
        ours, theirs = Supply(year()), Supply(year())
        for size in _BATCHES:
            count = max(3, place.scale.batches(size) // 4)
            found = interleave(
                {
                    "ours": lambda: _ours(server, ours.batches(size, count)),  # noqa: B023
                    "theirs": lambda: _theirs(base, "bench", theirs.batches(size, count)),  # noqa: B023
                },
                3,
            )
            section.add(
                f"events/s, {size} a request, one connection",
                number(found["ours"]),
                number(found["theirs"]),
                ratio(found["ours"], found["theirs"]),
            )
    section.notes.append("Ingest over HTTP, one after the other; Timecode fsyncs and keeps its aggregations exact.")
    _ask(place, base, section)


def _ask(place: Place, base: str, section: Section) -> None:
    """A year by day, project and language; both have the year's heartbeats and no others."""
    beats = list(year())
    _call(f"{base}/buckets/year", {"client": "bench", "type": "app.editor.activity", "hostname": "here"})
    for begin in range(0, len(beats), 5000):
        _theirs(base, "year", [beats[begin : begin + 5000]])
    with place.service() as service:
        for begin in range(0, len(beats), 5000):
            service.submit(cast("Sequence[object]", beats[begin : begin + 5000]), "bench")
        first = LAST - timedelta(days=364)
        query = Query(Selection(first, LAST), ("day", "project", "language"))
        days = [
            f"{first + timedelta(days=n)}T00:00:00+00:00/{first + timedelta(days=n + 1)}T00:00:00+00:00"
            for n in range(365)
        ]
        asked = {
            "timeperiods": days,
            "query": [
                'events = query_bucket("year");',
                'RETURN = merge_events_by_keys(events, ["project", "language"]);',
            ],
        }
        found = interleave(
            {
                "ours": lambda: seconds(lambda: _report(service, query)),
                "theirs": lambda: seconds(lambda: _call(f"{base}/query/", asked)),
            },
            3,
        )
    section.add(
        "a year by day, project and language, ms",
        ms(found["ours"]),
        ms(found["theirs"]),
        ratio(found["ours"], found["theirs"]),
    )
    section.notes.append("The year: Timecode asked in this process, aw-server over HTTP, a time period a day.")


def _report(service: Service, query: Query) -> None:
    service.answers.report(query)


def _ours(server: Server, batches: Sequence[Sequence[Beat]]) -> float:
    wire = Wire(server.port)
    requests = [server.post(cast("Sequence[object]", batch)) for batch in batches]
    try:
        return sum(map(len, batches)) / seconds(lambda: [wire.ask(request) for request in requests])
    finally:
        wire.close()


def _theirs(base: str, bucket: str, batches: Sequence[Sequence[Beat]]) -> float:
    bodies = [
        [
            {
                "timestamp": beat["time"],
                "duration": 30,
                "data": {key: beat[key] for key in ("entity", "project", "branch", "language", "editor")},
            }
            for beat in batch
        ]
        for batch in batches
    ]
    return sum(map(len, batches)) / seconds(lambda: [_call(f"{base}/buckets/{bucket}/events", body) for body in bodies])


def _call(url: str, body: object) -> Any:  # noqa: ANN401
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.read()
    except urllib.error.HTTPError as error:
        if error.code == 304:  # the bucket is there already
            return b""
        raise


@contextmanager
def _peer(place: Place) -> Iterator[str]:
    folder = place.installation().home.path / "peer"
    venv.create(folder, with_pip=True)
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    subprocess.run(
        [str(programs / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *REQUIREMENTS],
        check=True,
        timeout=_INSTALL_S,
        capture_output=True,
    )
    port = free_port()
    process = subprocess.Popen(
        [str(programs / "aw-server"), "--host", "127.0.0.1", "--port", str(port)],
        env={**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    base = f"http://127.0.0.1:{port}/api/0"
    try:
        deadline = time.monotonic() + _START_S
        while True:
            try:
                urllib.request.urlopen(f"{base}/info", timeout=5).close()
                break
            except OSError as error:
                if time.monotonic() > deadline or process.poll() is not None:
                    raise TimeoutError("it did not start") from error
                time.sleep(0.1)
        yield base
    finally:
        process.terminate()
        process.wait(10)
