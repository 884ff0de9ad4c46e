"""Ten years of one person's activity, made up, the same at every run."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from timecode_core.event import Event
from timecode_core.intake.wire import event_to_wire

_SECOND = 1_000_000
_BEGIN = 1_420_070_400 * _SECOND  # 2015-01-01
_YEARS = 10
_LANGUAGES = {"py": "Python", "go": "Go", "ts": "TypeScript", "md": "Markdown"}
_PLACES = ["Europe/Berlin"] * 8 + ["Asia/Kathmandu", "Pacific/Kiritimati", "America/St_Johns"]


def decade(count: int, seed: int = 1) -> list[Event]:
    """`count` different events in order: sessions with pauses of all lengths, two machines at once, spans, travel."""
    chance = random.Random(seed)
    found: dict[bytes, Event] = {}
    session = 240  # events
    pause = _YEARS * 365.25 * 86_400 * _SECOND / max(1, count / session) - session * 45 * _SECOND
    time = _BEGIN
    while len(found) < count:
        time += round(chance.expovariate(1 / max(pause, 60 * _SECOND)))
        place = ZoneInfo(chance.choice(_PLACES))
        moment = datetime.fromtimestamp(time // _SECOND, place)
        offset = round((moment.utcoffset() or timedelta()).total_seconds() / 60) * 60
        project, branch = f"project-{chance.randrange(12)}", chance.choice(["main", "", "feature/x"])
        machine = f"machine-{chance.randrange(2)}"
        for _ in range(min(round(chance.expovariate(1 / session)) + 1, count - len(found))):
            ending = chance.choice(list(_LANGUAGES))
            event = Event.of(
                time=time,
                utc_offset=offset,
                duration=chance.randrange(3_600 * _SECOND) if chance.random() < 0.01 else 0,
                entity=f"/home/me/{project}/src/module_{chance.randrange(40)}.{ending}",
                category=chance.choice(["coding", "coding", "coding", "debugging", "writing tests"]),
                project=project,
                branch=branch,
                language=_LANGUAGES[ending],
                editor=chance.choice(["VS Code", "VS Code", "Vim"]),
                machine_id=machine,
                is_write=chance.random() < 0.2,
            )
            found[event.id] = event
            time += chance.choice([0, 1, 2_000_000, 10_000_000, 30_000_000, 60_000_000, 119_999_999, 900_000_000])
            time += chance.choice([0, 0, chance.randrange(_SECOND)])
    return sorted(found.values(), key=lambda event: event.key)


def shuffled_batches(events: Sequence[Event], size: int, seed: int = 2) -> Iterator[bytes]:
    """Request bodies in any order, with every fifth event sent twice, sooner or later, in the same batch or another.

    Events are shuffled within some months, so that each batch falls into many runs, and the batches all over.
    """
    chance = random.Random(seed)
    window = max(1, len(events) // 40)
    lines = [json.dumps(event_to_wire(event)) for event in events]
    sent: list[str] = []
    for first in range(0, len(lines), window):
        part = lines[first : first + window]
        part += chance.sample(part, len(part) // 10)
        part += chance.sample(lines, len(part) // 11)
        chance.shuffle(part)
        sent += part
    batches = [sent[first : first + size] for first in range(0, len(sent), size)]
    chance.shuffle(batches)
    for batch in batches:
        yield f"[{','.join(batch)}]".encode()
