"""Time and names as a terminal shows them."""

from __future__ import annotations

from datetime import date

from timecode_core.answering.columns import WEEKDAYS
from timecode_core.query import Value
from timecode_core.selection import Selection

NONE = "(none)"


def duration(us: int) -> str:
    """Hours and minutes, such as `3 h 05 m`; seconds only below a minute. Cut, never rounded up."""
    minutes, seconds = divmod(us // 1_000_000, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02} m"
    return f"{minutes} m" if minutes else f"{seconds} s"


def shown(column: str, value: Value) -> str:
    """A group's value for people, as text that can't steer the terminal."""
    if column == "weekday" and isinstance(value, int):
        return WEEKDAYS[value].capitalize()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int):
        return f"{value:02}" if column == "hour" else str(value)
    return printable(value) or NONE


def printable(text: str) -> str:
    """The text with control characters shown as `�`: names come from anybody, and these could steer the terminal."""
    return "".join(character if character.isprintable() else "�" for character in text)


def range_name(selection: Selection) -> str:
    """The range in words."""
    if selection.days == 1:
        return f"{selection.first:%A}, {selection.first}"
    return f"{selection.first} to {selection.last} ({selection.days} days)"
