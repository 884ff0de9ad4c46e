"""The greeting: how a client tells the real service from one that squats its port, before it sends the token."""

from __future__ import annotations

import hmac
import re

NONCE = re.compile(r"[A-Za-z0-9_-]{16,128}")


def greeting_mac(token: str, nonce: str, port: int) -> str:
    """HMAC-SHA256, hex, under the token, of the nonce and the port. The port is in it so that nobody can pass it on."""
    return hmac.digest(token.encode(), f"timecode-hello\n{nonce}\n{port}".encode(), "sha256").hex()
