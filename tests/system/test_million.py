"""Ten years of heartbeats over HTTP, out of order and with replays: the totals are right to the microsecond."""

from __future__ import annotations

import json
import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import pytest
from support.decade import decade, shuffled_batches
from support.installations import installation
from support.reference import Piece, credits_of, pieces_of, value_of
from support.server import Server, start, timecode

EVENTS = int(os.environ.get("TIMECODE_TEST_EVENTS") or (1_000_000 if os.environ.get("CI") else 50_000))
CLIENTS = 6
BATCH = 1_000


@pytest.mark.slow
@pytest.mark.timeout(2400)
def test_a_decade_posted_in_disorder_with_replays_gives_exactly_what_its_events_say(home: Path) -> None:
    """`timecode verify` finds no difference, and neither does a rebuild that shares no code with the product."""
    events = decade(EVENTS)
    bodies: SimpleQueue[bytes] = SimpleQueue()
    sent = 0
    for body in shuffled_batches(events, BATCH):
        bodies.put(body)
        sent += body.count(b'{"id"')
    assert sent >= EVENTS * 1.19, "a fifth of the events is sent twice"

    with start(home, core__paths="absolute", core__timezone="UTC") as server:
        verdicts = _post_all(server, bodies)
        assert verdicts == {"stored": EVENTS, "duplicate": sent - EVENTS}
        checked = timecode(home, "verify")
        assert checked.returncode == 0, checked.stdout + checked.stderr
        assert f"{EVENTS:,} events" in checked.stdout
        assert checked.stdout.count("no differences") == 3

        pieces = pieces_of(credits_of(events))
        for columns in (("project",), ("day",), ("day", "hour", "project", "language"), ("project", "entity")):
            assert _stats(server, columns) == _reference(pieces, columns), columns

    store = installation(home).store()
    try:
        with store.reading() as reader:
            kept = [event.id for event in reader.scan((0, b""), 2**62, EVENTS + 1)]
    finally:
        store.close()
    assert kept == [event.id for event in events], "each event is stored once, in order"


def _post_all(server: Server, bodies: SimpleQueue[bytes]) -> dict[str, int]:
    """Post every body over a few connections that are kept alive; how often each verdict came."""

    def client(_number: int) -> Counter[str]:
        verdicts: Counter[str] = Counter()
        connection = server.connection()
        while True:
            try:
                body = bodies.get_nowait()
            except Empty:
                connection.close()
                return verdicts
            answer = server.request("POST", "/api/v1/events", body, connection=connection)
            assert answer.status == 200, answer
            verdicts.update(answer.json()["verdicts"])

    with ThreadPoolExecutor(CLIENTS) as pool:
        return dict(sum(pool.map(client, range(CLIENTS)), Counter[str]()))


def _stats(server: Server, columns: tuple[str, ...]) -> dict[tuple[Any, ...], int]:
    answer = server.get(f"/api/v1/stats?from=2014-12-01&to=2030-12-31&group_by={','.join(columns)}")
    assert answer.status == 200, answer
    groups = json.loads(answer.body)["groups"]
    return {tuple(group[column] for column in columns): round(group["seconds"] * 1_000_000) for group in groups}


def _reference(pieces: list[Piece], columns: tuple[str, ...]) -> dict[tuple[Any, ...], int]:
    sums: Counter[tuple[Any, ...]] = Counter()
    for piece in pieces:
        sums[tuple(value.isoformat() if c == "day" else value for c in columns for value in [value_of(piece, c)])] += (
            piece.us
        )
    return dict(sums)
