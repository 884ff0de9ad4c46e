"""The memo: what it holds is bounded, and what it gives is what it was told."""

from __future__ import annotations

from hypothesis import given, strategies as st
from timecode_core.intake.memo import Memo


@given(st.integers(1, 6), st.integers(1, 40), st.lists(st.tuples(st.integers(0, 9), st.integers(0, 60)), max_size=30))
def test_it_holds_no_more_than_it_may_and_tells_nothing_else(
    entries: int, most: int, told: list[tuple[int, int]]
) -> None:
    """What fits is there at once; what is larger than all of it is not kept, and costs the others nothing.

    No more is forgotten than has to be, and that is what was told first.
    """
    memo = Memo[int, int](entries, most)
    sizes: dict[int, int] = {}
    for key, characters in told:
        key = key * 100 + characters  # one size each
        before = [one for one in sizes if memo.get(one) is not None]
        if memo.get(key) is None:
            memo.put(key, -key, characters)
            sizes.pop(key, None)
            sizes[key] = characters  # in the order in which they were told
        held = [one for one in sizes if memo.get(one) is not None]
        assert len(held) <= entries
        assert sum(sizes[one] for one in held) <= most
        assert all(memo.get(one) == -one for one in held)
        assert (key in held) == (characters <= most)
        if characters > most:
            assert held == before
        elif key not in before:
            kept = held[:-1]
            assert held[-1] == key
            assert kept == before[len(before) - len(kept) :]
            if kept != before:
                one_more = before[len(before) - len(kept) - 1 :]
                assert len(one_more) + 1 > entries or sum(sizes[one] for one in one_more) + characters > most
