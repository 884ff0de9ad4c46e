"""A failure that the tests of stores bring about on purpose."""

from __future__ import annotations

from typing import NoReturn


class Deliberate(Exception):  # noqa: N818  (no error of the store's)
    """What the tests raise to make a transaction fail."""


def fail() -> NoReturn:
    """Make the transaction at hand fail."""
    raise Deliberate
