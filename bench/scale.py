"""How much to measure: enough for a steady median, or a quick look."""

from __future__ import annotations

import os

from attrs import frozen


@frozen
class Scale:
    """`events` of history for the questions, `rounds` of each comparison, `work` as a part of a full round's.

    `few`: the rounds of what takes many seconds.
    """

    events: int
    rounds: int
    work: float
    few: int

    def batches(self, batch: int) -> int:
        """How many batches of that size make a round: some tenths of a second's work, whatever the size."""
        return max(2, round({1: 300, 25: 100, 100: 50, 1000: 10}[batch] * self.work))


BATCHES = (1, 25, 100, 1000)


def chosen(*, quick: bool) -> Scale:
    """The scale of a run. `BENCH_EVENTS` in the environment overrides how long the history is."""
    events = int(os.environ.get("BENCH_EVENTS", "0"))
    return Scale(events or 60_000, 3, 0.3, 1) if quick else Scale(events or 1_800_000, 5, 1.0, 3)
