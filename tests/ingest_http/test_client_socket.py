"""The client's socket: a thread waits on it for no longer than the client may take."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest
from timecode_ingest_http.servers.client_socket import ClientSocket

Pair = tuple[ClientSocket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    """The server's end, as it was accepted, and the client's."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.create_connection(listener.getsockname())
        accepted, _ = listener.accept()
        with client, ClientSocket.adopt(accepted) as ours:
            yield ours, client


def test_it_waits_for_what_comes_within_the_time(pair: Pair) -> None:
    ours, client = pair
    ours.setblocking(True)
    ours.deadline = time.monotonic() + 60
    later = threading.Timer(0.2, client.sendall, (b"late",))
    later.start()
    try:
        assert ours.recv(10) == b"late"
    finally:
        later.join()


def test_who_sends_nothing_counts_as_gone_after_the_deadline(pair: Pair) -> None:
    ours, _ = pair
    ours.setblocking(True)
    ours.deadline = deadline = time.monotonic() + 0.2
    with pytest.raises(ConnectionResetError, match="took too long"):
        ours.recv(10)
    assert time.monotonic() >= deadline


def test_nothing_is_taken_after_the_deadline(pair: Pair) -> None:
    ours, client = pair
    client.sendall(b"more and more")
    ours.setblocking(True)
    ours.deadline = time.monotonic() - 1
    with pytest.raises(ConnectionResetError):
        ours.recv(10)


def test_the_main_loop_never_waits(pair: Pair) -> None:
    ours, _ = pair
    ours.deadline = time.monotonic() + 60
    ours.setblocking(True)
    ours.settimeout(0)
    with pytest.raises(BlockingIOError):
        ours.recv(10)
    ours.settimeout(5)
    ours.setblocking(False)
    with pytest.raises(BlockingIOError):
        ours.recv(10)
