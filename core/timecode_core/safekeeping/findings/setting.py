"""Findings of what is set up: versions, settings, the zone."""

from __future__ import annotations

import platform
from collections.abc import Iterator

from attrs import evolve

from timecode_core import __version__
from timecode_core.errors import PluginError
from timecode_core.finding import Finding
from timecode_core.intake.steps.exclude import build_exclude
from timecode_core.wiring.installation import Installation


def of_versions() -> Finding:
    """What runs here, and on what."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return Finding("versions", f"Timecode {__version__}, {python}, {platform.platform(terse=True)}")


def of_settings(installation: Installation) -> Iterator[Finding]:
    """What is wrong with them, key by key; what they ask for and nobody offers."""
    settings = installation.settings
    try:
        with settings.noting():
            installation.check()
        for name, kind in installation.tables().items():
            with settings.noting():
                settings.table(name, kind)
        if "exclude" in settings.core.steps:  # of the others, one would make the secret that it lacks
            with settings.noting():
                build_exclude(settings.core)
    except PluginError as error:
        yield Finding.of("plugins", error)
    for fault in settings.faults:
        yield evolve(Finding.of("settings", fault), remedy=f"{fault.remedy} Until then, what needs it stops.")
    if not settings.faults:
        sources = ", ".join(settings.origins)
        yield Finding("settings", f"right: {sources}" if sources else "all by default")


def of_zone(installation: Installation) -> Finding:
    """Whose days are meant."""
    zone = installation.zone()
    text = str(zone).rstrip(".")
    return Finding("zone", text, "warning", zone.problem) if zone.problem else Finding("zone", text)
