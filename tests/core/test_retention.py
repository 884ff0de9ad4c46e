"""Which backups are kept: enough of late, some of long ago, and no more than there is room for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given, strategies as st
from timecode_core.safekeeping.retention import Backup, superfluous

_times = st.integers(0, 1_000 * 24).map(lambda hours: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=hours))
_backups = st.lists(
    st.builds(lambda made, size: Backup(Path(made.isoformat()), made, size), _times, st.integers(1, 100)),
    max_size=40,
    unique_by=lambda backup: backup.made,
)


NOW = datetime(2026, 11, 28, 10, tzinfo=UTC)


def daily(days: int) -> list[Backup]:
    """One a day, of 10 bytes each, the last on 2026-11-28."""
    last = datetime(2026, 11, 28, 9, 30, tzinfo=UTC)
    made = [last - timedelta(days=n) for n in range(days)]
    return [Backup(Path(f"{one:%Y%m%d}"), one, 10) for one in made]


def kept(backups: list[Backup], newest: int = 7, months: int = 12, most: int = 10**9) -> list[str]:
    """The names of those that stay, the newest first."""
    gone = superfluous(backups, NOW, newest, months, most)
    return [backup.path.name for backup in backups if backup not in gone]


def thinned_out() -> list[Backup]:
    """What is left of two years."""
    names = kept(daily(730))
    return [backup for backup in daily(730) if backup.path.name in names]


def test_a_week_and_one_a_month_for_a_year() -> None:
    """Of two years of daily backups nineteen are left: seven days, and the last day of each of the months before."""
    assert kept(daily(730)) == [
        *("20261128", "20261127", "20261126", "20261125", "20261124", "20261123", "20261122"),
        *("20261031", "20260930", "20260831", "20260731", "20260630", "20260531"),
        *("20260430", "20260331", "20260228", "20260131", "20251231", "20251130"),
    ]


def test_thinning_day_by_day_leaves_what_thinning_at_once_does() -> None:
    """Nothing that is needed later was removed before."""
    there: list[Backup] = []
    for backup in reversed(daily(730)):
        there = [backup, *there]
        gone = superfluous(there, backup.made, 7, 12, 10**9)
        there = [one for one in there if one not in gone]
    assert [backup.path.name for backup in there] == kept(daily(730))


def test_the_oldest_make_room() -> None:
    """Within 45 bytes, four of ten are left; the newest stays even where it alone is too large."""
    assert kept(daily(730), most=45) == ["20261128", "20261127", "20261126", "20261125"]
    assert kept(daily(3), most=1) == ["20261128"]


def test_one_of_a_time_to_come_costs_no_other() -> None:
    """A clock was wrong when it was made. It stays, and all others are kept as if it were not there."""
    ahead = Backup(Path("ahead"), datetime(2040, 1, 1, tzinfo=UTC), 10)
    assert kept([ahead, *daily(730)]) == ["ahead", *kept(daily(730))]


def test_a_clock_that_was_ahead_for_a_day_costs_a_day_and_a_month() -> None:
    """It says that all others are years old."""
    there = thinned_out()
    now = datetime(2031, 5, 6, tzinfo=UTC)
    gone = superfluous([Backup(Path("ahead"), now, 10), *there], now, 7, 12, 10**9)
    assert {backup.path.name for backup in gone} == {"20261122", "20251130"}


def test_somebody_who_was_away_keeps_what_there_was() -> None:
    """A year without work does not make the years before worth less."""
    there = thinned_out()
    now = datetime(2028, 5, 6, tzinfo=UTC)
    assert len(superfluous(there, now, 7, 12, 10**9)) == 0


def test_a_clock_that_is_behind_removes_nothing_of_later() -> None:
    """It says nothing of what was made since, by a clock that was right."""
    now = datetime(1970, 1, 2, tzinfo=UTC)
    made = Backup(Path("new"), now, 10)
    assert superfluous([made, *daily(730)], now, 7, 12, 10) == []


@given(_backups, st.integers(1, 10), st.integers(0, 24), st.integers(1, 2_000))
def test_what_is_kept(backups: list[Backup], newest: int, months: int, most: int) -> None:
    """The newest always; all that fit the bound, the newest first; and never more than the rule says."""
    gone = superfluous(backups, NOW, newest, months, most)
    rest = sorted((one for one in backups if one not in gone), key=lambda one: one.made, reverse=True)
    wanted = sorted(backups, key=lambda one: one.made, reverse=True)
    assert rest[:1] == wanted[:1]
    assert len(rest) <= newest + months + 1
    assert len(rest) <= 1 or sum(one.size for one in rest) <= most
    unbounded = superfluous(backups, NOW, newest, months, 10**9)
    whole = [one for one in wanted if one not in unbounded]
    assert whole[: len(rest)] == rest, "of those the rule keeps, only the oldest go for room"
    assert whole[:newest] == wanted[:newest]
    assert superfluous(rest, NOW, newest, months, most) == []
