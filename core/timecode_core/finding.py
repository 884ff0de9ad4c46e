"""The finding: what a look at some part of an installation says of it."""

from __future__ import annotations

from typing import Literal

from attrs import frozen

from timecode_core.errors import TimecodeError

Severity = Literal["ok", "warning", "fault"]


@frozen
class Finding:
    """How one thing is. `topic` is what it is about, a word or two; `remedy` a sentence that says what to do about it.

    A warning is what may become a fault or surprise its owner; a fault is what is wrong now.
    """

    topic: str
    text: str
    severity: Severity = "ok"
    remedy: str = ""

    @classmethod
    def of(cls, topic: str, error: TimecodeError, severity: Severity = "fault", *, otherwise: str = "") -> Finding:
        """What an error says. `otherwise` is the remedy where it has none of its own."""
        return cls(topic, str(error.args[0]).rstrip("."), severity, error.remedy or otherwise)
