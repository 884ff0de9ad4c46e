"""Questions: from the aggregations, against the same credited from the raw events."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

from timecode_core.accounting.cells import Cells
from timecode_core.accounting.crediting import chunks, credited
from timecode_core.aggregation import Aggregation
from timecode_core.answering.answers import Answers
from timecode_core.calendar import Calendar, day_number
from timecode_core.protocols import Store
from timecode_core.query import Query
from timecode_core.selection import Selection
from timecode_core.wiring.installation import Installation

from bench.data import LAST
from bench.place import Place
from bench.section import Section, ms, number
from bench.timing import interleave, seconds

QUESTIONS = {
    "by project": ("project",),
    "by day, project, language": ("day", "project", "language"),
    "by hour": ("hour",),
    "by entity (the page shows the top)": ("entity",),
}
RANGES = {"1 day": 1, "30 days": 30, "1 year": 365, "10 years": 3650}
_ONCE_FROM = 365
"""Ranges from here on are credited from the raw events but once: it takes seconds."""
_TEN_YEARS_RAW = ("by project", "by hour")
"""For these questions even ten years are."""


def run(place: Place) -> Section:
    history = place.history
    section = Section(
        f"Questions at {history.events:,} events, ms",
        ("question", "range", "groups", "Timecode", "from the raw events", "faster"),
        notes=[
            "Timecode: `Answers.report`, the one way that the page, the command line and the API ask.",
            "From the raw events: the same rule over all events of the range, folded to the same groups.",
        ],
    )
    store = history.installation.store()
    try:
        answers = Answers(history.installation.terms(), store)
        for question, columns in QUESTIONS.items():
            for name, days in RANGES.items():
                selection = Selection(LAST - timedelta(days=days - 1), LAST)
                query = Query(selection, columns)
                cases = {"kept": partial(_asked, answers, query)}
                if days <= _ONCE_FROM or question in _TEN_YEARS_RAW:
                    cases["raw"] = partial(_credited, history.installation, store, selection, columns)
                found = interleave(cases, place.scale.rounds if days < _ONCE_FROM else 1)
                found["kept"] = interleave({"kept": cases["kept"]}, place.scale.rounds)["kept"]
                section.add(
                    question,
                    name,
                    f"{len(answers.report(query).rows):,}",
                    ms(found["kept"]),
                    ms(found["raw"]) if "raw" in found else "",
                    f"{number(found['raw'] / found['kept'])} ×" if "raw" in found else "",
                )
    finally:
        store.close()
    return section


def _asked(answers: Answers, query: Query) -> float:
    return seconds(lambda: answers.report(query))


def _credited(installation: Installation, store: Store, selection: Selection, columns: tuple[str, ...]) -> float:
    return seconds(lambda: from_events(installation, store, (selection.first, selection.last), columns))


def from_events(
    installation: Installation, store: Store, days: tuple[date, date], columns: tuple[str, ...]
) -> dict[tuple[int | str, ...], int]:
    """The answer from nothing but the events."""
    whole = Aggregation("bench", tuple(dict.fromkeys(("day", *columns))))
    calendar = Calendar()
    cells = Cells(calendar, [whole])
    with store.reading() as reader:
        cells.add(credited(installation.rule(), chunks(reader, *calendar.bounds(*map(day_number, days)))))
    return dict(cells.of(whole))
