"""What is forgotten is gone, and everything else stands as if it had never been there."""

from __future__ import annotations

from datetime import date, timedelta
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, strategies as st
from support.installations import fresh_service, kept_cells, plugins_with, running, send, stored_values, totals
from support.reference import credits_of
from support.strategies import HOUR, MINUTE, NOON, SECOND, events, fewer
from system.damage import command
from timecode_core import hookimpl
from timecode_core.accounting.verification import verify
from timecode_core.aggregation import Aggregation
from timecode_core.calendar import day_date
from timecode_core.cli import build_group
from timecode_core.erasure import Erased, Erasure
from timecode_core.errors import QueryError
from timecode_core.event import Event
from timecode_core.serving.service import Service
from timecode_core.setup.home import Home
from timecode_core.wiring.installation import Installation
from timecode_core.wiring.plugins import Plugins


def stored(service: Service) -> set[bytes]:
    """The ids of all events."""
    with service._store.reading() as reader:
        return {event.id for event in reader.scan((-(2**62), b""), 2**62, 10**6)}


def fits(event: Event, erasure: Erasure) -> bool:
    """Whether an event is to be forgotten, in the plainest words. Names here have no capitals that matter."""
    day = day_date((event.time // SECOND + event.utc_offset) // 86_400)
    return (
        (not erasure.projects or any(fnmatchcase(event.subject.project.lower(), one) for one in erasure.projects))
        and (not erasure.entities or any(event.subject.entity.endswith(one) for one in erasure.entities))
        and (not erasure.machines or event.subject.machine_id in erasure.machines)
        and (erasure.first is None or erasure.first <= day)
        and (erasure.last is None or day <= erasure.last)
    )


def credited_to(chosen: list[Event], known: list[Event]) -> dict[str, int]:
    """The time of some of the events by each of their projects, as the slow reference credits it among all."""
    ids, sums = {event.id for event in chosen}, {event.subject.project: 0 for event in chosen}
    for credit in credits_of(known):
        if credit.event.id in ids:
            sums[credit.event.subject.project] += credit.end - credit.start
    return sums


@st.composite
def erasures(draw: st.DrawFn, of: list[Event]) -> Erasure:
    """Something that some of the events may fit."""
    days = sorted(day_date((event.time // SECOND + event.utc_offset) // 86_400) for event in of)
    near = st.sampled_from([*days, days[0] - timedelta(1), days[-1] + timedelta(1)])
    first, last = draw(st.one_of(st.none(), near)), draw(st.one_of(st.none(), near))
    if first and last and last < first:
        first, last = last, first
    erasure = Erasure(
        projects=draw(st.sampled_from([(), (), ("a",), ("b", ""), ("*",)])),
        entities=draw(st.sampled_from([(), (), ("a.py",), ("b.py", "c.go")])),
        machines=draw(st.sampled_from([(), (), ("m1",), ("", "m2")])),
        first=first,
        last=last,
    )
    return Erasure(projects=("*",)) if erasure.empty else erasure


@fewer(20)
@given(st.data())
def test_it_is_as_if_the_forgotten_had_never_been_there(data: st.DataObject) -> None:
    """Events, cells, labels and totals are those of a store that never had them, to the microsecond."""
    known = data.draw(events())
    erasure = data.draw(erasures(known))
    gone = [event for event in known if fits(event, erasure)]
    rest = [event for event in known if not fits(event, erasure)]
    with fresh_service() as service, fresh_service() as other:
        send(service, known)
        send(other, rest)
        told = service.forget(erasure, dry_run=True)
        assert stored(service) == {event.id for event in known}, "to look changes nothing"
        erased = service.forget(erasure)
        assert erased == told
        assert erased.events == len(gone)
        assert erased.projects == credited_to(gone, known)
        assert stored(service) == {event.id for event in rest}
        assert kept_cells(service) == kept_cells(other)
        assert {*stored_values(service, "project")} == {*stored_values(other, "project")}
        assert verify(service.installation.terms(), service._store).clean


def test_what_comes_again_is_stored_again() -> None:
    """An event that was forgotten is not known any more."""
    known = [Event.of(time=NOON + n * MINUTE, entity="a.py", project="p") for n in range(3)]
    with fresh_service() as service:
        send(service, known)
        service.forget(Erasure(projects=("p",)))
        assert totals(service) == {}
        assert send(service, known) == ["stored"] * 3
        assert totals(service) == {(): 2 * MINUTE}


def test_what_lies_ahead_of_now_is_forgotten_and_nothing_else() -> None:
    """By the clock of this machine."""
    now = Event.of(time=NOON, entity="a.py")
    ahead = Event.of(time=NOON + 5_000 * 24 * HOUR * 10, entity="b.py")
    with fresh_service() as service:
        send(service, [now, ahead])
        assert service.forget(Erasure(ahead=True)).events == 1
        assert stored(service) == {now.id}


@pytest.mark.parametrize(
    "erasure", [Erasure(), Erasure(first=day_date(10), last=day_date(9)), Erasure(entities=("!",))]
)
def test_what_makes_no_sense_is_refused(erasure: Erasure) -> None:
    """And nothing is forgotten."""
    with fresh_service() as service:
        send(service, [Event.of(time=NOON, entity="a.py")])
        with pytest.raises(QueryError):
            service.forget(erasure)
        assert len(stored(service)) == 1


def test_an_aggregation_that_nobody_keeps_up_is_dropped_and_made_anew(tmp_path: Path) -> None:
    """Its plugin is not there at this moment: what it has would keep the name, and be wrong once it is back."""
    extra = plugins_with(Aggregation("extra", ("day", "project", "entity", "branch")))
    home = tmp_path / "home"
    with running(home, plugins=extra) as service:
        send(service, [Event.of(time=NOON + n * MINUTE, entity=f"{n}.py", project="pq"[n % 2]) for n in range(9)])
        before = kept_cells(service)["extra"]
    code, _, errors = command(home, "forget", "--project", "p", "--yes")
    assert code == 0, errors
    with running(home, plugins=extra) as service:
        cells = kept_cells(service)
        assert set(cells["extra"]) < set(before)
        assert sum(cells["extra"].values()) == sum(cells["daily"].values()) > 0
        assert verify(service.installation.terms(), service._store).clean


def test_days_are_those_that_were_lived(tmp_path: Path) -> None:
    """Half an hour before midnight UTC it is the next day already, an hour farther east."""
    with running(tmp_path) as service:
        late = {"time": "2025-01-01T23:30:00Z", "entity": "a"}
        service.submit([late, late | {"time": "2025-01-02T00:30:00+01:00", "entity": "b"}], "test")
        erased = service.forget(Erasure(first=date(2025, 1, 2)))
        assert (erased.events, erased.first, erased.last) == (1, date(2025, 1, 2), date(2025, 1, 2))


class _Slow:
    """A link to a service whose answer somebody is tired of waiting for."""

    address = "here"

    @hookimpl
    def timecode_running(self) -> _Slow:
        return self

    def forget(self, _erasure: Erasure) -> Erased:
        raise KeyboardInterrupt


def test_whoever_does_not_wait_for_the_service_is_told_that_it_goes_on(tmp_path: Path) -> None:
    with running(tmp_path) as service:
        service.submit([{"time": 1, "entity": "a", "project": "b"}], "test")
    plugins = Plugins()
    plugins.register(_Slow(), "slow")
    group = build_group(Installation(Home(tmp_path), None, plugins))
    ended = CliRunner().invoke(group, ["forget", "--project", "b", "--yes"])
    assert "the service may go on forgetting" in str(ended.exception)
    assert "Forgotten" not in ended.output
