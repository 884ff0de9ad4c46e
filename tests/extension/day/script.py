"""What somebody does on a day, drawn from a seed."""

from __future__ import annotations

import random
from collections.abc import Sequence

from . import acts
from .acts import Act

PLAIN: Sequence[Act] = (acts.typing, acts.reading, acts.in_the_other_window)
KINDS: Sequence[Act] = (
    *PLAIN,
    acts.writing_tests,
    acts.writing_docs,
    acts.reviewing,
    acts.behind_a_link,
    acts.in_a_worktree,
    acts.excluded,
    acts.notes,
    acts.settings,
    acts.output,
    acts.terminal,
    acts.testing,
    acts.building,
    acts.typing_while_it_builds,
    acts.typing_while_it_tests,
    acts.debugging,
    acts.agent_behind_somebody_elsewhere,
    acts.agent_behind_somebody_away,
    acts.agent_before_somebody_who_watches,
    acts.program_saving_behind,
    acts.replacing_all,
    acts.editing_by_command,
    acts.elsewhere,
    acts.away,
    acts.asleep,
)

Script = Sequence[tuple[Act, float]]


def whole_day(rng: random.Random, length_s: float = 300) -> Script:
    """Each kind once, and plain work until that is a day, in an order by chance."""
    script = [(kind, rng.uniform(5, 12)) for kind in KINDS]
    while sum(seconds for _, seconds in script) < length_s:
        script.append((rng.choice(PLAIN), rng.uniform(5, 20)))
    rng.shuffle(script)
    return script


def short_day(rng: random.Random) -> Script:
    """One act of each kind that needs no long wait, as far as half a minute goes."""
    kinds = (
        acts.agent_behind_somebody_elsewhere,
        acts.behind_a_link,
        acts.excluded,
        acts.reviewing,
        acts.testing,
        acts.typing_while_it_builds,
        acts.notes,
    )
    return [(kind, 2) for kind in rng.sample(kinds, len(kinds))]
