"""A renderer's options, from the texts of a query string or a command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import NoneType
from typing import Any, Literal, get_args, get_origin

import attrs

from timecode_core.errors import QueryError

_TRUTH = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


def structure_options(kind: type[Any], texts: Mapping[str, Sequence[str]]) -> Any:  # noqa: ANN401  (an instance of kind)
    """An instance of the attrs class. A field holds one value, or all where its type is `tuple[str, ...]`.

    Raises QueryError that names the option at fault.
    """
    attrs.resolve_types(kind)
    fields = {field.name: field for field in attrs.fields(kind)}
    for name in texts:
        if name not in fields:
            raise QueryError(f"there is no option {name!r:.60}.", remedy=f"Options: {', '.join(fields) or 'none'}.")
    values: dict[str, object] = {}
    for name, given in texts.items():
        wanted = fields[name].type
        if get_origin(wanted) is tuple:
            values[name] = tuple(part for text in given for part in text.split(","))
        elif len(given) == 1:
            values[name] = _value(name, wanted, given[0])
        else:
            raise QueryError(f"{name} takes one value, not {len(given)}.")
    try:
        return kind(**values)
    except ValueError as error:
        raise QueryError(f"{error}.") from error


def _value(name: str, wanted: Any, text: str) -> object:  # noqa: ANN401  (a type)
    if get_origin(wanted) is Literal:
        choices = get_args(wanted)
        for choice in choices:
            if text == str(choice):
                return choice
        raise QueryError(f"{name} must be one of {', '.join(map(str, choices))}, not {text!r:.60}.")
    try:
        for kind in get_args(wanted) or (wanted,):
            if kind is not NoneType:
                return _TRUTH[text.lower()] if kind is bool else kind(text)
    except (ValueError, KeyError):
        pass
    raise QueryError(f"{name} must be {getattr(wanted, '__name__', wanted)}, not {text!r:.60}.")
