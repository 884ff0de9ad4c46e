"""How many examples hypothesis tries: few while somebody writes code, thousands where `CI` is set. Slow tests begin."""

import os

import pytest
from hypothesis import HealthCheck, settings

_calm = (HealthCheck.too_slow, HealthCheck.data_too_large)
settings.register_profile("dev", max_examples=100, deadline=None, suppress_health_check=_calm)
settings.register_profile("ci", max_examples=2_000, deadline=None, suppress_health_check=_calm, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "dev")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slow ones first: begun last, one would keep a worker busy long after the others have ended."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
