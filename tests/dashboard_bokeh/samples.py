"""Plausible time, and reports of it, without a store."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import timecode_dashboard_bokeh
from attrs import frozen
from timecode_core.protocols import Provider, Rendered
from timecode_core.query import Query, Report, Row, Value
from timecode_core.selection import Selection

MINUTE = 60_000_000
PROJECTS = {
    "timecode": ("Python", "TypeScript", "Markdown", "TOML"),
    "atlas-web": ("TypeScript", "CSS", "HTML"),
    "ledger": ("Go", "SQL"),
    "notes": ("Markdown",),
    "dotfiles": ("Shell", "Lua"),
    "compiler-course": ("Rust", "C"),
    "infra": ("HCL", "YAML", "Shell"),
    "garden-sensors": ("C++", "Python"),
    "thesis": ("TeX", "Python"),
    "": ("Markdown", ""),
    "sandbox": ("Python", "Zig"),
}
WEIGHTS = (30, 18, 12, 6, 3, 8, 6, 3, 5, 2, 2)


@frozen
class Spent:
    """Time on one day."""

    day: date
    project: str
    language: str
    time: int


def plausible(first: date, last: date, seed: int = 7) -> list[Spent]:
    """What a busy person's days look like."""
    dice = random.Random(seed)
    spent = []
    day = first
    while day <= last:
        worked = 0.25 if day.weekday() > 4 else 0.95
        if dice.random() < worked:
            for project in sorted(set(dice.choices(list(PROJECTS), WEIGHTS, k=4))):
                longest = 75 if day.weekday() < 5 else 30
                spent += [
                    Spent(day, project, language, dice.randint(4, longest) * MINUTE)
                    for language in dice.choices(PROJECTS[project], k=2)
                ]
        day += timedelta(days=1)
    return spent


def answer(query: Query, spent: Iterable[Spent]) -> Report:
    """Answer a query as the core would."""
    groups: defaultdict[tuple[Value, ...], int] = defaultdict(int)
    for one in spent:
        values = {"project": one.project, "language": one.language}
        wanted = query.selection.filters
        if not query.selection.first <= one.day <= query.selection.last:
            continue
        if any(values[column] not in accepted for column, accepted in wanted.items()):
            continue
        buckets: dict[str, Value] = {
            "day": one.day,
            "week": one.day - timedelta(days=one.day.weekday()),
            "month": one.day.replace(day=1),
            "year": one.day.year,
            "hour": 9 + len(one.project) % 8,
        }
        known: dict[str, Value] = {**values, **buckets}
        groups[tuple(known[column] for column in query.group_by)] += one.time
    rows = sorted((Row(values, time) for values, time in groups.items()), key=lambda row: (-row.time, str(row.values)))
    return Report(query, tuple(rows), "daily")


def answers(queries: Mapping[str, Query], spent: Iterable[Spent]) -> dict[str, Report]:
    """Answer all of a renderer's queries."""
    kept = list(spent)
    return {name: answer(query, kept) for name, query in queries.items()}


def render(renderer: Any, selection: Selection, spent: Iterable[Spent], options: Any = None) -> Rendered:
    """What the core does with a renderer."""
    chosen = renderer.options() if options is None else options
    rendered = renderer.render(selection, answers(renderer.queries(selection, chosen), spent), chosen)
    assert isinstance(rendered, Rendered)
    return rendered


class Charts:
    """Hooks that collect the default charts and any others."""

    def __init__(self, *others: Any) -> None:
        self._others = others

    def collect(self, hook: str, **_arguments: object) -> list[Any]:
        """The charts, or nothing."""
        return [*timecode_dashboard_bokeh.timecode_charts(), *self._others] if hook == "timecode_charts" else []


def provider(name: str) -> Provider:
    """The plugin's renderer provider of that name."""
    return next(one for one in timecode_dashboard_bokeh.timecode_renderers() if one.name == name)
