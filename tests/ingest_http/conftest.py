"""A running service for every test here, once on each server."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from support.server import Server, start

SERVERS = ("gunicorn", "waitress")
_numbers = itertools.count()

settings.register_profile("http", max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="session", params=SERVERS)
def service(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A service that many tests share: each uses a project of its own (`project`)."""
    home = tmp_path_factory.mktemp(request.param) / "home"
    with start(home, server=request.param, core__timezone="UTC") as running:
        yield running


@pytest.fixture
def project() -> str:
    """A project's name that no other test uses."""
    return f"project-{next(_numbers)}"
