"""Rights: what a credential stands for, and with that, what it may do."""

from __future__ import annotations

from typing import Literal, get_args

Right = Literal["token", "ingest", "read", "session"]
RIGHTS: tuple[Right, ...] = get_args(Right)
