"""The derived column `extension`."""

from __future__ import annotations

from pathlib import PurePosixPath

from timecode_core import Stretch


def extension(stretch: Stretch) -> str:
    """The extension of the file that the time was credited to, small and with its dot; empty where there is none."""
    return PurePosixPath(stretch.event.subject.entity).suffix.lower() if stretch.event.subject.type == "file" else ""
