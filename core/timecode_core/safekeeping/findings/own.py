"""All findings of the core."""

from __future__ import annotations

from timecode_core.errors import TimecodeError
from timecode_core.finding import Finding
from timecode_core.safekeeping.findings.home import of_home
from timecode_core.safekeeping.findings.service import of_service
from timecode_core.safekeeping.findings.setting import of_settings, of_versions, of_zone
from timecode_core.safekeeping.findings.stored import of_stored
from timecode_core.wiring.installation import Installation


def own(installation: Installation) -> list[Finding]:
    """In the order in which one looks: what one thing needs stands before it."""
    found = [of_versions(), *of_home(installation.home)]
    try:
        installation.home.check_readable()
    except TimecodeError:
        return found  # has said so; the rest would be about an empty folder
    return [
        *found,
        *of_settings(installation),
        of_zone(installation),
        *of_service(installation),
        *of_stored(installation),
    ]
