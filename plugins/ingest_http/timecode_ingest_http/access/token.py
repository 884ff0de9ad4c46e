"""The token: what stands in the home folder's file `token`, and opens everything."""

from __future__ import annotations

import re
from contextlib import suppress

from timecode_core import Home, TimecodeError

FILE = "token"
UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def read_token(home: Home) -> str:
    """The token, made where there is none. Raises TimecodeError for one that somebody could guess."""
    token = home.secret(FILE)
    if not UUID4.fullmatch(token):
        raise TimecodeError(
            f"{home.path / FILE} holds no random UUID (version 4, lower case).",
            remedy="Remove it; a new one is made at the next start.",
        )
    return token


def known_token(home: Home) -> str:
    """The token as it stands there, or nothing where there is none that is good. Makes and changes nothing."""
    path = home.path / FILE
    with suppress(OSError, ValueError):
        if not path.is_symlink():
            token = path.read_text(encoding="utf-8").strip()
            return token if UUID4.fullmatch(token) else ""
    return ""
