"""Words: names as they are shown, spans of time, shares, and the ticks of an axis of hours."""

from __future__ import annotations

import math
import unicodedata

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
THIN = "\N{NARROW NO-BREAK SPACE}"
STEPS_H = (0.25, 0.5, 1, 2, 3, 4, 6, 8, 12, 24)
EMPTY = "No time recorded in these days"
NONE = "none"
ELLIPSIS = "…"


def duration(time: int) -> str:
    """Microseconds as people say them: "3 h 02 m", "12 m", "45 s", "0 m". Minutes are cut, never rounded up."""
    minutes = time // MINUTE
    if minutes >= 60:
        hours = f"{minutes // 60:,}".replace(",", THIN)
        return f"{hours} h {minutes % 60:02} m" if minutes % 60 else f"{hours} h"
    if minutes:
        return f"{minutes} m"
    seconds = time // SECOND
    return f"{seconds} s" if seconds else "0 m"


def share(part: int, whole: int) -> str:
    """`part` of `whole` in per cent: "42 %", "3.4 %", "< 0.1 %"."""
    if not whole or not part:
        return "0 %"
    percent = 100 * part / whole
    if percent < 0.1:
        return "< 0.1 %"
    return f"{percent:.0f} %" if percent >= 9.95 or percent == round(percent) else f"{percent:.1f} %"


def ticks(longest: int, at_most: int = 5) -> tuple[list[float], dict[float, str]]:
    """Round places, in hours, for an axis from 0 to beyond `longest` microseconds, and how to call them."""
    top = max(longest / HOUR, 0.25)
    step = next((step for step in STEPS_H if top / step <= at_most), 0.0)
    if not step:
        magnitude = 10 ** math.floor(math.log10(top / at_most))
        step = next(factor * magnitude for factor in (1.0, 2.0, 5.0, 10.0) if top / (factor * magnitude) <= at_most)
    places = [step * index for index in range(math.floor(top / step + 1e-9) + 1)]
    return places, {place: _tick(place) for place in places}


def _tick(hours: float) -> str:
    if hours == 0:
        return "0"
    if hours < 1 or hours != round(hours):
        return duration(round(hours * HOUR))
    return f"{int(hours):,} h".replace(",", THIN)


def shown(name: str, limit: int = 28) -> str:
    """The name for human eyes, at most `limit` characters: "none" for the empty one, without its middle if it is long.

    Control, format (such as those that turn the writing direction around) and unpaired surrogate characters are
    replaced, so that a name can neither break a line nor dress up as another.
    """
    clean = "".join(_visible(character) for character in name[: 4 * limit]).strip()
    if not clean:
        return NONE if not name.strip() else "�"
    if len(clean) <= limit and len(name) <= 4 * limit:
        return clean
    head = (limit - 1) * 2 // 3
    tail = limit - 1 - head
    end = "".join(_visible(character) for character in name[-tail:])
    return f"{clean[:head].rstrip()}{ELLIPSIS}{end.strip()}"


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if category.startswith("Z"):
        return " "
    return "�" if category in {"Cc", "Cf", "Cs", "Co", "Cn"} else character
