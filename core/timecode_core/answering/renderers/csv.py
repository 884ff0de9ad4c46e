"""The renderer *csv*: a report as a table for spreadsheets, RFC 4180."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from decimal import Decimal

from timecode_core.answering.renderers.grouping import REPORT, GroupingOptions, GroupingRenderer, stem
from timecode_core.protocols import Rendered
from timecode_core.query import Report, Value
from timecode_core.selection import Selection

_FORMULA = re.compile(
    r"""
    ( (?: \A | [;\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029] )  # where a cell may begin: some programs split quoted texts, too
      [\s\x00-\x1f\u200b\ufeff]* )                      # what they may pass over
    (?= [=+\-@＝＋－＠] )
    """,
    re.VERBOSE,
)
_CONTROL = re.compile(r"\A(?=[\t\r\n\0])")


class CsvRenderer(GroupingRenderer):
    """A line of headings, then a line a group: its columns and its seconds."""

    version = "2"

    def render(self, _selection: Selection, reports: Mapping[str, Report], _options: GroupingOptions) -> Rendered:
        """The table, UTF-8. Texts and days are quoted, numbers are not. No text can be taken for a formula."""
        report = reports[REPORT]
        text = io.StringIO(newline="")
        writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC)
        writer.writerow((*report.query.group_by, "seconds"))
        for row in report.rows:
            seconds = Decimal(f"{row.time // 1_000_000}.{row.time % 1_000_000:06d}")
            writer.writerow((*map(_cell, row.values), seconds))
        return Rendered(text.getvalue().encode(), "text/csv; charset=utf-8", stem(report), "csv")


def _cell(value: Value) -> Value:
    return inert(value) if isinstance(value, str) else value


def inert(text: str) -> str:
    """The text with an apostrophe before whatever a spreadsheet would take for the beginning of a formula.

    That is one of = + - @, full-width or not, at the beginning of the text or after a semicolon, a tabulator or the end
    of a line, blanks and control characters between them not counted; and a control character that begins the text.
    """
    return _CONTROL.sub("'", _FORMULA.sub(r"\1'", text))
