"""The receipt: what became of each submitted event."""

from __future__ import annotations

from typing import Literal, NamedTuple

from attrs import frozen

Verdict = Literal["stored", "duplicate", "excluded", "rejected"]


class Outcome(NamedTuple):
    """What became of one event: `id` (hex) where it is stored, `error` where it is refused for good."""

    verdict: Verdict
    id: str | None = None
    error: str = ""


def kept(identity: bytes, *, new: bool) -> Outcome:
    """What became of an event that is stored under that id, now or since before."""
    return Outcome("stored" if new else "duplicate", identity.hex())


@frozen
class Receipt:
    """One outcome an event, in the order they were submitted. Once it is given, what it calls stored is durable."""

    outcomes: tuple[Outcome, ...]

    def count(self, verdict: Verdict) -> int:
        """How many events met with that verdict."""
        return sum(outcome.verdict == verdict for outcome in self.outcomes)
