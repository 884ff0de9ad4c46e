"""The page's charts as JSON and the images: cold, warm, and asked for once more."""

from __future__ import annotations

from datetime import timedelta

from timecode_core.errors import TimecodeError
from timecode_core.selection import Selection
from timecode_core.serving.service import Service

from bench.data import LAST
from bench.place import Place
from bench.section import Section, ms, number, ratio
from bench.timing import interleave, seconds

_CASES: tuple[tuple[str, str, dict[str, tuple[str, ...]]], ...] = (
    ("charts of the page, JSON", "charts", {}),
    ("summary card, PNG", "png", {"chart": ("card",)}),
    ("dashboard, PNG", "png", {"chart": ("dashboard",)}),
)


def run(place: Place) -> Section:
    section = Section(
        "Charts and images, 30 days, ms",
        ("what", "first", "another range", "same again", "same again of another range", "kB"),
        notes=[
            "First: imports (Bokeh, and selenium and a browser's start for images) and the work; then the work alone."
        ],
    )
    with place.service(place.history.installation) as service:
        for title, renderer, options in _CASES:
            if renderer not in service.renderers:
                section.notes.append(f"{title}: no plugin offers {renderer!r}")
                continue
            try:
                section.add(title, *_measure(service, renderer, options, place.scale.rounds))
            except TimecodeError as error:
                section.notes.append(f"{title}: skipped, {error}")
    return section


def _measure(service: Service, renderer: str, options: dict[str, tuple[str, ...]], rounds: int) -> tuple[str, ...]:
    back = 0

    def other() -> Selection:
        nonlocal back
        back += 1
        return _days(back)

    first = seconds(lambda: service.render(service.order(renderer, _days(0), options)))
    found = interleave(
        {
            "other": lambda: seconds(lambda: service.render(service.order(renderer, other(), options))),
            "same": lambda: seconds(lambda: service.render(service.order(renderer, _days(back), options))),
        },
        rounds,
    )
    size = len(service.render(service.order(renderer, _days(back), options)).body)
    return ms(first), ms(found["other"]), ms(found["same"]), ratio(found["same"], found["other"]), number(size / 1000)


def _days(back: int) -> Selection:
    last = LAST - timedelta(days=back)
    return Selection(last - timedelta(days=29), last)
