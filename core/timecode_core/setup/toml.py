"""TOML: a setting's value as one writes it in config.toml."""

from __future__ import annotations

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def toml(value: object) -> str:
    """The value as TOML, on one line and in characters that can't steer a terminal."""
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)
        case tuple() | list():
            return f"[{', '.join(map(toml, value))}]"
        case _:
            return f'"{"".join(map(_escaped, str(value)))}"'


def _escaped(character: str) -> str:
    if character.isprintable() and character not in _ESCAPES:
        return character
    if "\ud800" <= character <= "\udfff":  # what was no UTF-8; TOML has no way to say it
        return "�"
    return _ESCAPES.get(character, f"\\U{ord(character):08X}")
