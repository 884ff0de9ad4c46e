"""Crowds of 500 that send what nobody asked for, or read nothing: what they cost the service, and others."""

from __future__ import annotations

from pathlib import Path

import pytest
from ingest_http.conftest import SERVERS
from support.crowd import MIB, Crowd, announcement, ask, cost
from support.server import Server, start

CLIENTS = 500
REQUESTS = 300


def crowd(service: Server, kind: str) -> Crowd:
    """The clients of a kind."""
    if kind == "announce 1 MiB without a credential, and send it":
        return Crowd(service, CLIENTS, announcement(service), b"[" + b" " * (MIB - 2))
    if kind == "announce 1 MiB without a credential, and send nothing":
        return Crowd(service, CLIENTS, announcement(service))
    path = kind.rpartition(" ")[2]
    return Crowd(service, CLIENTS, ask(service, path) * 50)


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize(
    "kind",
    [
        "announce 1 MiB without a credential, and send it",
        "announce 1 MiB without a credential, and send nothing",
        "pipeline 50 requests and never read /api/v1/status",
        "pipeline 50 requests and never read /openapi.json",
    ],
)
def test_a_crowd_costs_little(tmp_path: Path, server: str, kind: str) -> None:
    """Memory grows by less than 32 MiB, and a normal request is answered within a second at the 99th percentile."""
    with start(tmp_path / "home", server=server) as service:
        found = cost(service, server, crowd(service, kind), REQUESTS)
    print(
        f"\n{server}: {CLIENTS} clients {kind}: memory {found.grown / MIB:+.1f} MiB, a normal request "
        f"{found.seconds[len(found.seconds) // 2] * 1000:.0f} ms at p50, {found.p99 * 1000:.0f} ms at p99"
    )
    assert found.grown < 32 * MIB
    assert found.p99 < 1
