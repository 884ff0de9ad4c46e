"""`/api/v1/events`: take events, and give them back."""

from __future__ import annotations

from typing import Any

import falcon
from timecode_core import QueryError, Receipt, Service, event_to_wire

from timecode_ingest_http.body import read_json
from timecode_ingest_http.questions import RANGE, one, refuse_unknown, selection
from timecode_ingest_http.responses import answer, need

SOURCE = "http"
MAX_EVENTS = 10_000
"""The most events of one request, and of one page of an answer."""
DEFAULT_LIMIT = 1000


class EventsResource:
    """POST stores a batch of events; GET reads the stored ones of some days, page by page."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Store a batch. A bad event never fails it; a fault of ours is 503 and stores nothing."""
        items = _items(read_json(req))
        need(self._service)
        answer(resp, _receipt(self._service.submit(items, SOURCE)))

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """The stored events of the days, in order of time."""
        need(self._service)
        refuse_unknown(req.params, (*RANGE, "limit", "after"))
        answers = self._service.answers
        chosen = selection(req.params, answers, ())
        events, following = answers.events(chosen, _limit(one(req.params, "limit")), one(req.params, "after"))
        answer(resp, {"events": [event_to_wire(event) for event in events], "next": following})


def _items(document: object) -> list[Any]:
    """The events of a body, still as they came."""
    items = document.get("events") if isinstance(document, dict) else document
    if not isinstance(items, list):
        raise falcon.HTTPBadRequest(
            title="Not a batch of events", description='The body must be {"events": [ … ]} or an array of events.'
        )
    if len(items) > MAX_EVENTS:
        raise falcon.HTTPContentTooLarge(
            title="Too many events",
            description=f"A request may have {MAX_EVENTS} events, not {len(items)}: send several.",
        )
    return items


def _receipt(receipt: Receipt) -> dict[str, object]:
    verdicts, ids, errors = zip(*receipt.outcomes, strict=True) if receipt.outcomes else ((), (), ())
    return {
        "stored": verdicts.count("stored"),
        "duplicate": verdicts.count("duplicate"),
        "excluded": verdicts.count("excluded"),
        "rejected": [
            {"index": index, "error": error}
            for index, (verdict, error) in enumerate(zip(verdicts, errors, strict=True))
            if verdict == "rejected"
        ],
        "ids": ids,
        "verdicts": verdicts,
    }


def _limit(text: str | None) -> int:
    if text is None:
        return DEFAULT_LIMIT
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 1 <= int(text) <= MAX_EVENTS):
        raise QueryError(f"limit must be a number from 1 to {MAX_EVENTS}, not {text!r}.")
    return int(text)
