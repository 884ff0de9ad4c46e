"""`POST /api/v1/forget`: remove events for good."""

from __future__ import annotations

from datetime import date
from typing import Any

import falcon
from timecode_core import Erased, Erasure, QueryError, Service

from timecode_ingest_http.body import read_json
from timecode_ingest_http.questions import day
from timecode_ingest_http.responses import answer, need

_TEXTS = ("projects", "entities", "machines")
_DAYS = ("from", "to")
_FLAGS = ("ahead", "dry_run")


class ForgetResource:
    """The token alone may, and never a browser: nothing brings back what was forgotten."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Forget what fits all that is given; with `dry_run`, only say what that would be."""
        wish = read_json(req)
        if not isinstance(wish, dict):
            raise falcon.HTTPBadRequest(title="Not an erasure", description="The body must be an object.")
        for name in wish:  # one that had no effect would have more forgotten than was meant
            if name not in (*_TEXTS, *_DAYS, *_FLAGS):
                raise QueryError(
                    f"unknown key {name!r:.60}.", remedy=f"Known: {', '.join((*_TEXTS, *_DAYS, *_FLAGS))}."
                )
        projects, entities, machines = (_texts(wish, name) for name in _TEXTS)
        first, last = (_day(wish, name) for name in _DAYS)
        ahead, dry_run = (_flag(wish, name) for name in _FLAGS)
        need(self._service)
        erasure = Erasure(projects=projects, entities=entities, machines=machines, first=first, last=last, ahead=ahead)
        answer(resp, _told(self._service.forget(erasure, dry_run=dry_run)))


def _told(erased: Erased) -> dict[str, object]:
    largest = sorted(erased.projects.items(), key=lambda item: (-item[1], item[0]))
    return {
        "events": erased.events,
        "seconds": erased.time / 1_000_000,
        "from": erased.first and erased.first.isoformat(),
        "to": erased.last and erased.last.isoformat(),
        "projects": [{"project": project, "seconds": us / 1_000_000} for project, us in largest],
    }


def _texts(wish: dict[str, Any], name: str) -> tuple[str, ...]:
    value = wish.get(name, [])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise QueryError(f"{name} must be a list of texts.")
    if name in wish and not value:
        raise QueryError(f"{name} is empty.", remedy="Leave it out where it does not matter.")
    return tuple(value)


def _day(wish: dict[str, Any], name: str) -> date | None:
    value = wish.get(name)
    if value is None and name not in wish:
        return None
    if not isinstance(value, str):
        raise QueryError(f"{name} must be a day such as 2026-01-31.")
    return day(name, value)


def _flag(wish: dict[str, Any], name: str) -> bool:
    value = wish.get(name, False)
    if not isinstance(value, bool):
        raise QueryError(f"{name} must be true or false.")
    return value
