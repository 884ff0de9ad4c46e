"""Lives a day by its script, and asks the service what it made of it."""

from __future__ import annotations

import random
from collections.abc import Callable

from extension.editor_kit.ledger import Ledger
from extension.editor_kit.service import Service
from extension.editor_kit.waiting import until
from extension.editor_kit.window import Window

from .acts import Day, debugged_before
from .book import Book
from .comparison import TIMEOUT_S, Comparison, credited, since
from .person import Person
from .script import Script
from .world import World


def live(
    draw: Callable[[random.Random], Script],
    seed: int,
    world: World,
    windows: tuple[Window, Window],
    service: Service,
    ledger: Ledger,
) -> Comparison:
    """The script is drawn from the seed, and so is all that is left to chance in its acts."""
    rng = random.Random(seed)
    script = draw(rng)
    harbour, island = windows
    book = Book()
    person = Person(rng, book)
    day = Day(person, world, harbour, island)
    person.leave_in_front(island, world.abroad[0])
    debugged_before(day)
    person.leave_in_front(harbour, world.quay)
    harbour.leave()
    person.pause(TIMEOUT_S)  # what came before must not reach into the day
    until(lambda: not ledger.queued_bytes(), "the queue to be empty")
    before, known = credited(service), {event["id"] for event in service.events()}
    for act, seconds in script:
        book.act = act.__name__
        try:
            act(day, seconds)
        except Exception as error:
            error.add_note(f"in the act {book.act}, {seconds:.1f} s, of the seed {seed}")
            raise
    book.act = "the evening"
    person.open(harbour, world.quay)  # a last look, so that the day's last act has an end like any other
    person.leave()
    person.pause(TIMEOUT_S)
    until(lambda: not ledger.queued_bytes(), "the queue to be empty")
    events = [event for event in service.events() if event["id"] not in known]
    return Comparison(book, since(before, credited(service)), events)
