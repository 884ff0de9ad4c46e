"""The writer: many submitters in one transaction, each with a true answer of its own."""

from __future__ import annotations

import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from support.installations import fresh_home, fresh_service, installation, send, totals
from support.reference import total_of
from support.strategies import MINUTE, SECOND, events
from timecode_core.errors import BusyError, StoreError
from timecode_core.event import Event
from timecode_core.protocols import Store, Transaction
from timecode_core.serving.writer import GROUP, SMALL, Writer

_START = 1_700_000_000 * SECOND


def _beat(minute: int, project: str = "A") -> Event:
    return Event.of(time=_START + minute * MINUTE, entity="a.py", project=project)


class Failing:
    """A real store whose transactions fail where they would store an event of the project "poison"."""

    def __init__(self, store: Store, error: Callable[[], Exception]) -> None:
        self._store = store
        self._error = error
        self.begun = 0
        self.gate: threading.Event | None = None
        self.meanwhile: dict[str, Callable[[], None]] = {}
        """What happens while a transaction stores the first event of a project."""
        self._written: list[set[str]] = []

    def written(self) -> list[list[str]]:
        """The projects whose events each transaction stored, of those transactions that stored any."""
        return [sorted(projects) for projects in self._written if projects]

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        self.begun += 1
        if self.gate is not None:
            self.gate.wait(240)
        with self._store.writing() as transaction:
            insert = transaction.insert
            projects: set[str] = set()
            self._written.append(projects)

            def checked(events: Sequence[Event]) -> None:
                insert(events)
                for project in {event.subject.project for event in events} - projects:
                    projects.add(project)
                    self.meanwhile.pop(project, lambda: None)()
                if any(event.subject.project == "poison" for event in events):
                    raise self._error()

            transaction.insert = checked  # type: ignore[method-assign]
            yield transaction

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


class Writing:
    """A writer over a real store in a home of its own."""

    def __init__(self, home: Path, error: Callable[[], Exception]) -> None:
        wired = installation(home)
        self.store = Failing(wired.store(writable=True), error)
        self.ledger = wired.terms().ledger()
        self.writer = Writer(self.store, self.ledger)
        self._threads: list[threading.Thread] = []

    def submit(self, events: Sequence[Event]) -> list[bool]:
        """For each event, whether it was new."""
        stored = self.writer.submit(events)
        assert [one.id for one in stored] == [event.id.hex() for event in events]
        return [one.verdict == "stored" for one in stored]

    def hold(self) -> threading.Thread:
        """A thread that writes, and is held up."""
        self.store.gate = threading.Event()
        before = self.store.begun
        thread = threading.Thread(target=self.writer.run, args=[lambda _transaction: None])
        thread.start()
        while self.store.begun == before:
            threading.Event().wait(0.001)
        return thread

    def let_go(self, held: threading.Thread) -> None:
        assert self.store.gate is not None
        self.store.gate.set()
        held.join(240)

    def together(self, *submissions: Sequence[Event]) -> list[list[bool] | Exception]:
        """Submit all of these while the writer is held up, so that they wait together; what each was told."""
        held = self.hold()

        def submit(events: Sequence[Event]) -> list[bool] | Exception:
            try:
                return self.submit(events)
            except Exception as error:  # noqa: BLE001  (the test looks at it)
                return error

        with ThreadPoolExecutor(len(submissions)) as pool:
            waiting = [pool.submit(submit, events) for events in submissions]
            while len(self.writer._waiting) < len(submissions):
                threading.Event().wait(0.001)
            self.let_go(held)
            return [future.result(240) for future in waiting]

    def in_turn(self, *submissions: Sequence[Event]) -> None:
        """Submit all of these, in this order, while the writer is held up, and wait until they are stored."""
        held = self.hold()
        self.begin(*submissions)
        self.let_go(held)
        self.finish()

    def begin(self, *submissions: Sequence[Event]) -> None:
        """Submit these in this order, while the writer is busy."""
        for submission in submissions:
            before = len(self.writer._waiting)
            thread = threading.Thread(target=self.submit, args=[submission])
            thread.start()
            self._threads.append(thread)
            while len(self.writer._waiting) == before:
                threading.Event().wait(0.001)

    def finish(self) -> None:
        """Wait until all that was begun is stored."""
        while self._threads:
            self._threads.pop().join(240)

    def stored(self) -> set[bytes]:
        with self.store.reading() as reader:
            return {event.id for event in reader.scan((0, b""), 2**62, 10_000)}


@contextmanager
def _writing(error: Callable[[], Exception] = lambda: StoreError("the disk is full.")) -> Iterator[Writing]:
    with fresh_home() as home:
        writing = Writing(home, error)
        try:
            yield writing
        finally:
            writing.writer.close()
            writing.store.close()


def test_submitters_that_wait_together_share_one_transaction() -> None:
    with _writing() as writing:
        submissions = [[_beat(n)] for n in range(10)]
        assert writing.together(*submissions) == [[True]] * 10
        assert writing.store.begun == 2, "one for the job that held it up, one for all ten"


def test_each_event_is_called_new_to_exactly_one_of_those_who_bring_it_at_once() -> None:
    with _writing() as writing:
        answers = writing.together(*[[_beat(1), _beat(2), _beat(1)]] * 8)
        told: Counter[tuple[bool, ...]] = Counter()
        for answer in answers:
            assert isinstance(answer, list)
            told[tuple(answer)] += 1
        assert told == {(True, True, False): 1, (False, False, False): 7}


def test_a_failing_submission_takes_nobody_else_down() -> None:
    """The transaction of all fails; each is then tried alone, and the poisoned one alone is refused, whole."""
    with _writing() as writing:
        good = [[_beat(n), _beat(n + 100)] for n in range(4)]
        poisoned = [_beat(50), _beat(51, "poison"), _beat(52)]
        answers = writing.together(good[0], good[1], poisoned, good[2], good[3])
        assert [answer for answer in answers if isinstance(answer, list)] == [[True, True]] * 4
        (error,) = [answer for answer in answers if isinstance(answer, Exception)]
        assert isinstance(error, StoreError)
        assert "disk is full" in str(error)
        assert writing.stored() == {event.id for batch in good for event in batch}
        assert writing.together([_beat(50), _beat(52)]) == [[True, True]], "nothing of it had been stored"


def test_where_no_transaction_can_begin_all_are_told_at_once() -> None:
    """Another process may hold the database for long: each trying alone would wait as long, one after the other."""
    with _writing() as writing:
        real, attempts = writing.store.writing, 0

        @contextmanager
        def held() -> Iterator[Transaction]:
            nonlocal attempts
            attempts += 1
            if attempts > 1:  # the first is the job that holds up the submitters
                raise StoreError("the database is locked.")
            with real() as transaction:
                yield transaction

        writing.store.writing = held  # type: ignore[method-assign]
        answers = writing.together(*[[_beat(n)] for n in range(8)])
        assert all(isinstance(answer, StoreError) for answer in answers)
        assert attempts == 2
        writing.store.writing = real  # type: ignore[method-assign]
        assert writing.submit([_beat(1)]) == [True]


def test_totals_are_exact_after_a_failed_transaction() -> None:
    with _writing() as writing:
        kept = [_beat(0), _beat(5), _beat(30)]
        writing.together(kept, [_beat(10), _beat(20, "poison")])
        aggregation = next(a for a in writing.ledger.aggregations if a.name == "daily")
        with writing.store.reading() as reader:
            ((_, total),) = reader.totals(aggregation, (0, 10**6), (), {})
        assert total == total_of(kept) == 5 * MINUTE


def test_an_unexpected_failure_of_a_store_reaches_the_submitter_as_one_that_may_be_tried_again() -> None:
    with _writing(lambda: RuntimeError("a bug")) as writing:
        with pytest.raises(StoreError, match=r"RuntimeError.*nothing of the batch was stored"):
            writing.writer.submit([_beat(1, "poison")])
        assert writing.submit([_beat(1)]) == [True], "the thread goes on"


def test_a_job_that_fails_is_rolled_back_and_tells_who_asked() -> None:
    with _writing() as writing:

        def job(transaction: Transaction) -> None:
            transaction.set_metadata("x", "y")
            raise StoreError("no.")

        with pytest.raises(StoreError, match="no"):
            writing.writer.run(job)
        with writing.store.reading() as reader:
            assert "x" not in reader.metadata()


def _many(project: str, count: int) -> list[Event]:
    """A submission of so many events, by whose project it is known."""
    return [_beat(minute, project) for minute in range(count)]


def test_small_submissions_go_before_large_ones_that_came_first() -> None:
    with _writing() as writing:
        large = [_many(f"large {n}", SMALL + 1) for n in range(3)]
        small = [_many(f"small {n}", SMALL) for n in range(3)]
        writing.in_turn(*large, *small)
        assert writing.store.written() == [["small 0", "small 1", "small 2"], ["large 0", "large 1", "large 2"]]


def test_a_large_submission_waits_for_no_more_than_one_group_of_small_ones() -> None:
    """However many small ones come meanwhile; and those wait for no more than one group of large ones."""
    with _writing() as writing:
        writing.store.meanwhile = {
            "small 0": lambda: writing.begin(_many("small 1", 1), _many("large 1", GROUP)),
            "large 0": lambda: writing.begin(_many("small 2", 1)),
        }
        writing.in_turn(_many("large 0", GROUP), _many("small 0", 1))
        writing.finish()
        assert writing.store.written() == [["small 0"], ["large 0"], ["small 1", "small 2"], ["large 1"]]


@pytest.mark.parametrize("size", [SMALL, GROUP // 4], ids=["small", "large"])
def test_no_group_is_larger_than_the_bound_and_nobody_is_passed_over(size: int) -> None:
    with _writing() as writing:
        fitting = GROUP // size
        names = [f"n {n:02}" for n in range(fitting + 3)]
        writing.in_turn(*(_many(name, size) for name in names))
        assert writing.store.written() == [names[:fitting], names[fitting:]]


def test_a_submission_that_is_larger_than_the_bound_goes_alone() -> None:
    with _writing() as writing:
        writing.in_turn(_many("a", SMALL + 1), _many("b", GROUP + 1), _many("c", SMALL + 1))
        assert writing.store.written() == [["a"], ["b"], ["c"]]


def test_who_writes_for_others_returns_once_their_own_is_stored_and_the_next_goes_on() -> None:
    with _writing() as writing:
        first = threading.Thread(target=writing.submit, args=[_many("first", 1)])
        ended: list[bool] = []

        def look() -> None:
            first.join(240)
            ended.append(not first.is_alive())

        writing.store.meanwhile = {"first": lambda: writing.begin(_many("others", GROUP)), "others": look}
        first.start()
        first.join(240)
        writing.finish()
        assert ended == [True]


def test_ctrl_c_ends_the_thread_that_writes_and_costs_nobody_else_anything() -> None:
    with _writing() as writing, ThreadPoolExecutor() as pool:

        def job(_transaction: Transaction) -> None:
            others.extend(pool.submit(writing.submit, [_beat(n)]) for n in range(3))
            while len(writing.writer._waiting) < len(others):
                threading.Event().wait(0.001)
            raise KeyboardInterrupt

        others: list[Future[list[bool]]] = []
        with pytest.raises(KeyboardInterrupt):
            writing.writer.run(job)
        assert [other.result(240) for other in others] == [[True]] * 3


def test_ctrl_c_while_events_are_stored_is_heard() -> None:
    with _writing() as writing:

        def interrupt() -> None:
            raise KeyboardInterrupt

        writing.store.meanwhile = {"A": interrupt}
        with pytest.raises(KeyboardInterrupt):
            writing.submit([_beat(1)])
        assert writing.stored() == set()
        assert writing.submit([_beat(1)]) == [True]


def test_ctrl_c_ends_a_thread_that_waits_and_the_others_go_on() -> None:
    with _writing() as writing:
        held = writing.hold()

        def interrupt() -> None:
            while not writing.writer._waiting:
                threading.Event().wait(0.001)
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

        threading.Thread(target=interrupt).start()
        with pytest.raises(KeyboardInterrupt):
            writing.submit([_beat(1)])
        writing.begin([_beat(2)])
        writing.let_go(held)
        writing.finish()
        assert writing.stored() == {_beat(2).id}


def test_ctrl_c_in_the_moment_of_ones_turn_passes_it_on() -> None:
    """The thread has not heard that it is its turn, and nobody else would ever have one."""
    with _writing() as writing:
        held = writing.hold()

        def handle(_number: int, _frame: object) -> None:
            """In the waiting thread, before it can take its turn."""
            (work,) = writing.writer._waiting
            writing.let_go(held)
            assert not work.turn.locked()
            raise KeyboardInterrupt

        def interrupt() -> None:
            while not writing.writer._waiting:
                threading.Event().wait(0.001)
            with writing.writer._lock:  # until it is queued, and then a moment until it waits
                threading.Event().wait(0.05)
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

        before = signal.signal(signal.SIGINT, handle)
        try:
            threading.Thread(target=interrupt).start()
            with pytest.raises(KeyboardInterrupt):
                writing.submit([_beat(1)])
        finally:
            signal.signal(signal.SIGINT, before)
        assert writing.submit([_beat(2)]) == [True]
        assert writing.stored() == {_beat(2).id}


def test_a_closed_writer_refuses_and_has_finished_what_waited() -> None:
    with _writing() as writing:
        assert writing.submit([_beat(1)]) == [True]
        writing.writer.close()
        with pytest.raises(BusyError, match="stopping"):
            writing.writer.submit([_beat(2)])
        with pytest.raises(BusyError, match="stopping"):
            writing.writer.run(lambda _transaction: None)


@settings(max_examples=100)
@given(known=events(), data=st.data())
def test_many_at_once_through_the_service_store_each_event_once_and_exactly(
    known: list[Event], data: st.DataObject
) -> None:
    shares = [data.draw(st.lists(st.sampled_from(known), min_size=1, max_size=8)) for _ in range(6)]
    sent = {event.id: event for share in shares for event in share}
    with fresh_service() as service, ThreadPoolExecutor(len(shares)) as pool:
        verdicts = [v for answer in pool.map(lambda share: send(service, share), shares) for v in answer]
        assert verdicts.count("stored") == len(sent)
        assert verdicts.count("duplicate") == len(verdicts) - len(sent)
        assert totals(service).get((), 0) == total_of(list(sent.values()))
