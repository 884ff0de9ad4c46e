"""A renderer's options, from the texts of a query string or a command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import NoneType
from typing import Any, Literal, get_args, get_origin

import attrs

from timecode_core.errors import QueryError

Theme = Literal["light", "dark"]
THEME = "theme"
"""May be told to every renderer. One without such an option has no colours that it could change."""

_TRUTH = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


def structure_options(kind: type[Any], texts: Mapping[str, Sequence[str]]) -> Any:  # noqa: ANN401  (an instance of kind)
    """An instance of the attrs class. A field holds one value, or all where its type is `tuple[str, ...]`.

    Raises QueryError that names the option at fault.
    """
    attrs.resolve_types(kind)
    fields = {field.name: field for field in attrs.fields(kind)}
    if THEME in texts and THEME not in fields:
        _value(THEME, Theme, texts[THEME])
        texts = {name: given for name, given in texts.items() if name != THEME}
    for name in texts:
        if name not in fields:
            raise QueryError(f"there is no option {name!r:.60}.", remedy=f"Options: {', '.join(fields) or 'none'}.")
    try:
        return kind(**{name: _value(name, fields[name].type, given) for name, given in texts.items()})
    except ValueError as error:
        raise QueryError(f"{error}.") from error


def _value(name: str, wanted: Any, given: Sequence[str]) -> object:  # noqa: ANN401  (a type)
    if get_origin(wanted) is tuple:
        return tuple(part for text in given for part in text.split(","))
    if len(given) != 1:
        raise QueryError(f"{name} takes one value, not {len(given)}.")
    (text,) = given
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
