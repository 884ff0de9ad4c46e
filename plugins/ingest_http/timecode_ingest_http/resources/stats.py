"""`GET /api/v1/stats`: where time went."""

from __future__ import annotations

import falcon
from timecode_core import Query, Service, report_to_json

from timecode_ingest_http.questions import RANGE, one, refuse_unknown, selection
from timecode_ingest_http.responses import answer_json, need


class StatsResource:
    """Credited time of some days, by any columns."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """The total, and a group for each combination of the columns of `group_by`."""
        need(self._service)
        answers = self._service.answers
        refuse_unknown(req.params, (*RANGE, "group_by", *answers.columns))
        chosen = selection(req.params, answers, answers.columns)
        group_by = tuple(filter(None, (one(req.params, "group_by") or "").split(",")))
        report = answers.report(Query(chosen, group_by))
        answer_json(resp, report_to_json(report))
