"""The structure of a settings table: how it becomes an instance of its class, and what is wrong with one that can't."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any, Literal, TypeVar, get_args, get_origin

import attrs
from cattrs import ClassValidationError, Converter, transform_error

T = TypeVar("T")


def structure(values: Mapping[str, Any], kind: type[T]) -> T:
    """The table as an instance of the attrs class. Raises ValueError, which says what is wrong."""
    try:
        return _converter().structure(values, kind)
    except ClassValidationError as error:
        told = "; ".join(map(_in_words, transform_error(error, path="", format_exception=_explain)))
        raise ValueError(told) from error
    except (ValueError, TypeError) as error:
        raise ValueError(str(error)) from error


def faults(values: Mapping[str, Any], kind: type[Any]) -> dict[str, str]:
    """What is wrong with a table, by key; by no key where each alone is right. Each is tried by itself."""
    keys = attrs.fields_dict(kind)
    found = {key: f"has no key {key}" for key in values if key not in keys}
    for key, value in values.items():
        fault = "" if key in found else _fault({key: value}, kind)
        if fault and not fault.endswith(_MISSING):  # another one's, that is
            found[key] = fault
    if not found and (fault := _fault(values, kind)):
        found[""] = fault
    return found


def _fault(values: Mapping[str, Any], kind: type[Any]) -> str:
    try:
        structure(values, kind)
    except ValueError as error:
        return str(error)
    return ""


def nearest(name: str, names: Iterable[str]) -> str:
    """A question, with a blank behind it, that names the one that was probably meant; or nothing."""
    found = get_close_matches(name, list(names), n=1)
    return f"Did you mean {found[0]}? " if found else ""


_MISSING = "is missing"


def _explain(error: BaseException, _type: type | None) -> str:
    """One fault in words, behind the key at fault."""
    return _MISSING if isinstance(error, KeyError) else str(error)


def _in_words(fault: str) -> str:
    """What cattrs says as "what @ .key", the other way round."""
    what, _, path = fault.rpartition(" @ ")
    return f"{path.removeprefix('.')} {what}".strip()


def _strict(kind: type, accepted: tuple[type, ...]) -> Any:  # noqa: ANN401  (a cattrs hook)
    def hook(value: object, _type: type) -> object:
        if isinstance(value, bool) is not (kind is bool) or not isinstance(value, accepted):
            raise TypeError(f"must be {kind.__name__}, not {type(value).__name__}")
        return kind(value)

    return hook


def _origin(kind: Any) -> Any:  # noqa: ANN401  (what get_origin is said to give can never be Literal)
    return get_origin(kind)


@cache
def _converter() -> Converter:
    """The one that every instance uses: it makes a function for each class, which takes a while, and keeps it."""
    converter = Converter(forbid_extra_keys=True)
    for kind, accepted in ((str, (str,)), (int, (int,)), (float, (int, float)), (bool, (bool,))):
        converter.register_structure_hook(kind, _strict(kind, accepted))

    def choice(value: object, wanted: Any) -> object:  # noqa: ANN401  (a type)
        if value not in get_args(wanted) or isinstance(value, bool):
            raise ValueError(f"must be one of {', '.join(map(str, get_args(wanted)))}, not {value!r}")
        return value

    def several(value: object, wanted: Any) -> object:  # noqa: ANN401  (a type)
        if not isinstance(value, list | tuple):  # a text would else be taken for a list of its letters
            raise TypeError(f"must be a list, not {type(value).__name__}")
        return tuple(converter.structure(item, get_args(wanted)[0]) for item in value)

    converter.register_structure_hook_func(lambda kind: _origin(kind) is Literal, choice)
    converter.register_structure_hook_func(lambda kind: _origin(kind) is tuple, several)
    return converter
