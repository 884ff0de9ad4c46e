"""Timecode's core: events, exact time accounting, and the hooks that plugins join.

What a plugin author imports is here or in the modules that the plugin guide names; anything else may change.
"""

from importlib.metadata import version

import pluggy

DISTRIBUTION = "timecode-tracker"
__version__ = version(DISTRIBUTION)

hookimpl = pluggy.HookimplMarker("timecode")
hookspec = pluggy.HookspecMarker("timecode")

__all__ = ["DISTRIBUTION", "__version__", "hookimpl", "hookspec"]
