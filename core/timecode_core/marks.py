"""What marks ours: the distribution with its version, and the hooks.

A module of its own, so that what it imports is imported where an interrupt is heeded (`__main__`).
"""

from __future__ import annotations

from importlib.metadata import version

import pluggy

DISTRIBUTION = "timecode-tracker"
__version__ = version(DISTRIBUTION)

hookimpl = pluggy.HookimplMarker("timecode")
hookspec = pluggy.HookspecMarker("timecode")
