"""The extension cuts texts to what the service stores: both sides' limits are the same, or events would be refused."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from support.installations import fresh_service

_LIMITS = Path(__file__).parents[2] / "extension/src/describe/limits.ts"
_DECLARED = {name: int(most) for name, most in re.findall(r"^  (\w+): (\d+),$", _LIMITS.read_text(), re.MULTILINE)}
_FIXED = {"time", "type", "is_write", "source"}


def _error(**fields: Any) -> str:
    with fresh_service() as service:
        (outcome,) = service.submit([{"time": 1_700_000_000, "entity": "/a", **fields}], "test").outcomes
        return outcome.error


def test_every_text_that_the_extension_sends_has_a_limit() -> None:
    """What it sends stands in one interface; what isn't limited there is one of a few words, a time or a flag."""
    event = (_LIMITS.parents[1] / "event.ts").read_text()
    sent = set(re.findall(r"^  readonly (\w+)\??:", event, re.MULTILINE))
    assert set(_DECLARED) | _FIXED == sent


@pytest.mark.parametrize("field", sorted(_DECLARED))
def test_the_service_takes_as_much_as_the_extension_sends_and_no_more(field: str) -> None:
    """Measured in characters, of which this one is four bytes and, in the editor, two units."""
    character, most = "\N{GRINNING FACE}", _DECLARED[field]
    assert _error(**{field: character * most}) == ""
    assert f"longer than {most} characters" in _error(**{field: character * (most + 1)})
