"""How many examples hypothesis tries: few while somebody writes code, thousands where `CI` is set."""

import os

from hypothesis import HealthCheck, settings

_calm = (HealthCheck.too_slow, HealthCheck.data_too_large)
settings.register_profile("dev", max_examples=100, deadline=None, suppress_health_check=_calm)
settings.register_profile("ci", max_examples=2_000, deadline=None, suppress_health_check=_calm, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "dev")
