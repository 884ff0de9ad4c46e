"""What a process does as the user nobody, though Python and Timecode may lie where only root may read."""

from __future__ import annotations

NOBODY = 65_534

BECOME_NOBODY = f"""
import importlib.metadata, os
import _strptime, apsw, click._textwrap, gzip, pathspec, rich.console, rich.progress, tomllib
from timecode_core.wiring import plugins
_found = importlib.metadata.entry_points(group=plugins.ENTRY_POINT_GROUP)
plugins.entry_points = lambda **_: _found
plugins.Plugins().load_commands()
import timecode_core.safekeeping.findings.own, timecode_core.sample, timecode_core.startup.systemd
import timecode_export_png.findings, timecode_ingest_http.findings, timecode_ingest_http.link
import timecode_store_sqlite.findings, timecode_store_sqlite.maintenance, timecode_store_sqlite.store
os.setgroups([]); os.setresgid({NOBODY}, {NOBODY}, {NOBODY}); os.setresuid({NOBODY}, {NOBODY}, {NOBODY})
"""
"""Imports what commands need, and then gives up being root."""
