"""Plausible work: the heartbeats of an invented person, for demonstrations and tests. The same seed gives the same."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from random import Random
from zoneinfo import ZoneInfo

from attrs import frozen

HEARTBEAT_S = 30
_LUNCH = (12.2, 13.1)


@frozen
class _Project:
    """An invented project: when it is worked on (as parts of the whole period), how much, and in what."""

    name: str
    begin: float
    end: float
    weight: float
    languages: tuple[tuple[str, str, float], ...]  # name, suffix, weight
    folders: tuple[str, ...]


_PYTHON = (("Python", "py", 8.0), ("Markdown", "md", 1.0), ("TOML", "toml", 0.4))
_WEB = (("TypeScript", "ts", 6.0), ("CSS", "css", 1.6), ("HTML", "html", 0.8), ("JSON", "json", 0.5))
_RUST = (("Rust", "rs", 8.0), ("TOML", "toml", 0.5), ("Markdown", "md", 0.6))
_GO = (("Go", "go", 7.0), ("SQL", "sql", 1.4), ("YAML", "yaml", 0.9))
_INFRA = (("HCL", "tf", 4.0), ("YAML", "yaml", 3.0), ("Shell", "sh", 1.5))

_PROJECTS = (
    _Project("harbour-api", 0.0, 1.0, 5.0, _GO, ("cmd/harbour", "internal/berth", "internal/tide", "migrations")),
    _Project("lighthouse", 0.0, 0.55, 4.5, _WEB, ("src/views", "src/charts", "src/state", "styles")),
    _Project("pilot", 0.42, 1.0, 5.5, _PYTHON, ("pilot/routes", "pilot/models", "tests", "docs")),
    _Project("sextant", 0.25, 0.8, 2.4, _RUST, ("src", "src/parse", "benches", "tests")),
    _Project("quay-infra", 0.0, 1.0, 1.3, _INFRA, ("clusters/prod", "modules/network", "scripts")),
    _Project("tidal-notes", 0.1, 0.95, 0.8, (("Markdown", "md", 1.0),), ("2026", "ideas", "talks")),
    _Project(
        "dotfiles",
        0.0,
        1.0,
        0.35,
        (("Lua", "lua", 2.0), ("Shell", "sh", 2.0), ("TOML", "toml", 1.0)),
        (".config/nvim", "bin"),
    ),
    _Project("advent", 0.9, 1.0, 0.9, _RUST, ("days",)),
)
_WORDS = (
    "index",
    "store",
    "route",
    "model",
    "parser",
    "session",
    "buffer",
    "cache",
    "client",
    "schema",
    "widget",
    "queue",
    "signal",
    "report",
    "config",
)
_EDITORS = (("VS Code", 7.0), ("Neovim", 2.0), ("Zed", 1.0))
_TICKETS = ("login", "retry", "paging", "timeouts", "charts", "import", "cleanup", "search", "limits", "docs")


def _pick(random: Random, weighted: tuple[tuple[str, float], ...]) -> str:
    return random.choices([name for name, _ in weighted], [weight for _, weight in weighted])[0]


def sample_heartbeats(last: date, days: int, zone: str = "Europe/Berlin", seed: int = 1) -> Iterator[dict[str, object]]:
    """Wire events of `days` local days up to `last`, in order of time: work days, free days, holidays and a journey."""
    random = Random(seed)  # noqa: S311  (nothing secret about it)
    home: tzinfo = ZoneInfo(zone)
    holidays: set[int] = set()
    for _ in range(days // 120):
        begin = random.randrange(days)
        holidays.update(range(begin, begin + random.randint(5, 12)))
    journey = range(int(days * 0.62), int(days * 0.62) + 9)
    for index in range(days):
        day = last - timedelta(days=days - 1 - index)
        place = timezone(timedelta(hours=-7)) if index in journey else home
        yield from _day(random, day, place, index / max(1, days - 1), free=index in holidays, last=index == days - 1)


def _day(
    random: Random, day: date, place: tzinfo, progress: float, *, free: bool, last: bool
) -> Iterator[dict[str, object]]:
    weekend = day.weekday() >= 5
    if not last and (free or random.random() < (0.62 if weekend else 0.04)):
        return
    season = 1 + 0.14 * math.sin(progress * 2 * math.pi * 2.3)
    hours = max(0.4, random.gauss(1.8 if weekend else 5.6, 1.0 if weekend else 1.2)) * season
    clock = random.gauss(10.6 if weekend else 8.9, 0.5)
    machine = "3b0a7a52-5d0c-4b8e-9d6e-8f1d4a1c0001" if weekend else "9c1f02d4-7a44-4c1b-8f10-2f6b6e0d0002"
    while hours > 0 and clock < 23.2:
        if _LUNCH[0] < clock < _LUNCH[1]:
            clock = _LUNCH[1] + random.random() * 0.4
        length = min(hours, random.uniform(0.3, 1.9))
        yield from _session(random, day, place, clock, length, progress, machine, weekend=weekend)
        hours -= length
        clock += length + random.choice((0.28, 0.4, 0.7, 1.3))


def _session(
    random: Random,
    day: date,
    place: tzinfo,
    clock: float,
    hours: float,
    progress: float,
    machine: str,
    *,
    weekend: bool,
) -> Iterator[dict[str, object]]:
    live = [p for p in _PROJECTS if p.begin <= progress <= p.end and (not weekend or p.weight < 3)] or [_PROJECTS[0]]
    project = random.choices(live, [p.weight for p in live])[0]
    ticket = random.choice(_TICKETS)
    branch = random.choice(("main", f"feature/{ticket}", f"fix/{ticket}"))
    editor = _pick(random, _EDITORS)
    begin = datetime.combine(day, time(), place) + timedelta(hours=clock)
    now, end = begin, begin + timedelta(hours=hours)
    while now < end:
        language, suffix, _ = random.choices(project.languages, [weight for *_, weight in project.languages])[0]
        folder = random.choice(project.folders)
        name = f"{folder}/{random.choice(_WORDS)}.{suffix}"
        category = (
            "writing docs"
            if suffix == "md"
            else _pick(random, (("coding", 7.0), ("debugging", 1.4), ("code reviewing", 1.0)))
        )
        category = "writing tests" if folder in {"tests", "benches"} else category
        for beat in range(random.randint(4, 26)):
            yield {
                "time": now.isoformat(),
                "entity": name,
                "project": project.name,
                "branch": branch,
                "language": language,
                "editor": editor,
                "machine_id": machine,
                "category": category,
                "is_write": beat % 5 == 4,
                "source": "demo",
            }
            now += timedelta(seconds=HEARTBEAT_S + random.randint(-4, 9), milliseconds=random.randrange(1000))
            if now >= end:
                return
