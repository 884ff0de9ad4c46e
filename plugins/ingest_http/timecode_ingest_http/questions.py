"""Questions in a query string: which days, which filters, and what is left over."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from timecode_core import Answers, QueryError, Selection

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
ENDS = ("from", "to")
RANGE = (*ENDS, "period")
"""The parameters that choose days."""

Parameters = Mapping[str, str | list[str]]
"""A query string as Falcon gives it: a list where a name is repeated."""


def one(parameters: Parameters, name: str) -> str | None:
    """The value of a parameter that may be given once. Raises QueryError where it is repeated."""
    value = parameters.get(name)
    if isinstance(value, list):
        raise QueryError(f"{name} is given {len(value)} times.", remedy="Give it once.")
    return value


def several(parameters: Parameters, name: str) -> tuple[str, ...]:
    """All values of a parameter, in order."""
    value = parameters.get(name, ())
    return (value,) if isinstance(value, str) else tuple(value)


def refuse_unknown(parameters: Parameters, known: Sequence[str]) -> None:
    """Raise QueryError for a parameter that has no effect here, naming those that have."""
    for name in parameters:
        if name not in known:
            raise QueryError(f"unknown parameter {name!r}.", remedy=f"Known: {', '.join(known)}.")


def selection(parameters: Parameters, answers: Answers, columns: Collection[str]) -> Selection:
    """The days and filters asked for. `columns` are those that may filter."""
    filters = {name: several(parameters, name) for name in parameters if name in columns}
    return answers.select(_days(parameters, answers), filters)


def _days(parameters: Parameters, answers: Answers) -> str | tuple[date, date]:
    """A period's name; else from `from` to `to`, which is today by default; that last day alone without `from`."""
    name = one(parameters, "period")
    if name is not None:
        if any(end in parameters for end in ENDS):
            raise QueryError("period goes alone, without from and to.")
        return name
    first = _day(parameters, "from")
    last = _day(parameters, "to") or answers.today()
    return first or last, last


def _day(parameters: Parameters, name: str) -> date | None:
    text = one(parameters, name)
    return None if text is None else day(name, text)


def day(name: str, text: str) -> date:
    """The day that a parameter names. Raises QueryError."""
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise QueryError(f"{name} must be a day such as 2026-01-31, not {text!r:.60}.")
