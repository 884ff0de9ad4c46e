"""Ingest over HTTP: a real `timecode serve`, against the same batches in process and against an idle answer."""

from __future__ import annotations

from typing import cast

from bench.data import Supply, year
from bench.place import Place
from bench.scale import BATCHES
from bench.section import Section, ms, number, ratio
from bench.server import CONNECTIONS, percentile, serving
from bench.timing import interleave, rate


def run(place: Place) -> Section:
    section = Section(
        f"Ingest over HTTP, {CONNECTIONS} keep-alive connections",
        (
            "events a request",
            "requests/s",
            "of /healthz",
            "events/s",
            "of in process",
            "p50 ms",
            "p99 ms",
        ),
        notes=[
            "/healthz: the same server, connections and guard, and nothing to do.",
            "In process: one thread submits the same batches one by one; eight connections share commits.",
            "The clients run beside the server and take their part of the same cores.",
        ],
    )
    scale = place.scale
    with place.service() as service, serving(place.installation().home) as (server, _):
        near, far = Supply(year()), Supply(year())
        hello = [server.get("/healthz")] * round(1500 * scale.work)
        for size in BATCHES:
            count = max(2 * CONNECTIONS, scale.batches(size) * 2)
            latencies: list[float] = []

            def over_http(size: int = size, count: int = count, latencies: list[float] = latencies) -> float:
                requests = [server.post(batch) for batch in far.batches(size, count)]
                took, each = server.all(requests)
                latencies.extend(each)
                return count / took

            def in_process(size: int = size, count: int = max(2, count // 2)) -> float:
                batches = near.batches(size, count)
                return rate(size * count, lambda: [service.submit(cast("list[object]", b), "bench") for b in batches])

            found = interleave(
                {"http": over_http, "here": in_process, "hello": lambda: len(hello) / server.all(hello)[0]},
                scale.rounds,
            )
            section.add(
                str(size),
                number(found["http"]),
                ratio(found["http"], found["hello"]),
                number(found["http"] * size),
                ratio(found["http"] * size, found["here"]),
                ms(percentile(latencies, 0.5)),
                ms(percentile(latencies, 0.99)),
            )
    return section
