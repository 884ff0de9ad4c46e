"""Our origin: the one that signs in."""

from __future__ import annotations

_DEFAULT_PORT = 80


def origin(port: int) -> str:
    """As a browser spells it, which leaves the default port out."""
    return "http://127.0.0.1" if port == _DEFAULT_PORT else f"http://127.0.0.1:{port}"
