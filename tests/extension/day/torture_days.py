"""Twenty whole days, each from a seed of its own: `make days` lives them and shows the worst."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .comparison import Comparison
from .script import whole_day
from .verdict import Verdicts, judge

pytestmark = pytest.mark.editor

SEEDS = range(1, 21)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_day_is_credited_as_it_was_meant(seed: int, request: pytest.FixtureRequest) -> None:
    """A day that this build has seen already is not lived again."""
    verdicts = Verdicts()
    verdict = verdicts.get(seed)
    if not verdict:
        live: Callable[..., Comparison] = request.getfixturevalue("live")  # the editor starts for a new day alone
        verdict = verdicts.add(seed, judge(live(whole_day, seed), 0.02))
    assert not verdict.faults, verdict.table


def test_the_worst_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """After the others, in the order of this file."""
    verdicts = Verdicts()
    days = verdicts.all()
    worst = max(days, key=lambda seed: days[seed].share)
    shares = ", ".join(f"{days[seed].share:.2%}" for seed in sorted(days))
    with capsys.disabled():
        print(f"\n{len(days)} days differ by {shares}\nThe worst, {worst}:\n{days[worst].table}\n{verdicts.folder}")
