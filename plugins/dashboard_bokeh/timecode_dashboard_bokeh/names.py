"""Names as they are shown: on one line, of bounded length, and never the empty string."""

from __future__ import annotations

import unicodedata

NONE = "none"
ELLIPSIS = "…"


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
    return f"{clean[:head].rstrip()}{ELLIPSIS}{end.lstrip()}"


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if category.startswith("Z"):
        return " "
    return "�" if category in {"Cc", "Cf", "Cs", "Co", "Cn"} else character
