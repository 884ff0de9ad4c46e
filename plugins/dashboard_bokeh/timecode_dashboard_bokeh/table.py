"""The chart "table": project by language, with time and share, to sort and scroll."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from timecode_core import Query, Report, Selection

from timecode_dashboard_bokeh.formatting import MINUTE, shown
from timecode_dashboard_bokeh.look import FONT, Inks, Look

if TYPE_CHECKING:
    from bokeh.models import UIElement

ROW = 32
MOST_ROWS = 1000
VISIBLE = 10
STILL = 16


class Table:
    """Satisfies `Chart`."""

    name = "table"
    title = "Projects and languages"
    version = "1"
    wide = True

    def queries(self, selection: Selection) -> Mapping[str, Query]:
        """Time by project and language."""
        return {"time": Query(selection, ("project", "language"))}

    def build(self, selection: Selection, reports: Mapping[str, Report], look: Look) -> UIElement:  # noqa: ARG002
        """At most a thousand rows, largest first; an image shows the first few, as many as its height takes."""
        from bokeh.models import (
            ColumnDataSource,
            DataTable,
            InlineStyleSheet,
            NumberFormatter,
            StringFormatter,
            TableColumn,
        )

        from timecode_dashboard_bokeh import canvas

        report = reports["time"]
        rows = sorted((row for row in report.rows if row.time > 0), key=lambda row: (-row.time, *map(str, row.values)))
        if not rows:
            return canvas.nothing(look)
        whole = report.total
        fitting = (
            max(1, ((look.height or 0) // ROW) - 1)
            if look.still and look.height
            else STILL
            if look.still
            else MOST_ROWS
        )
        rows = rows[: min(fitting, MOST_ROWS)]
        width = len(_hours(rows[0].time))
        source = ColumnDataSource(
            {
                "project": [shown(str(row.values[0]), 48) for row in rows],
                "language": [shown(str(row.values[1])) for row in rows],
                # Padded to one length, so that sorting the texts sorts the times; a cell shows leading blanks as none.
                "time": [_hours(row.time).rjust(width) for row in rows],
                "share": [row.time / whole for row in rows],
            }
        )
        right = StringFormatter(text_align="right")
        columns = [
            TableColumn(field="project", title="Project", width=210),
            TableColumn(field="language", title="Language", width=150),
            TableColumn(field="time", title="Time", width=135, formatter=right, default_sort="descending"),
            TableColumn(field="share", title="Share", width=105, default_sort="descending",
                        formatter=NumberFormatter(format="0.0 %", text_align="right")),
        ]  # fmt: skip
        height = look.height or (min(len(rows), STILL if look.still else VISIBLE) + 1) * ROW + 2
        made = DataTable(
            source=source,
            columns=columns,
            index_position=None,
            reorderable=False,
            editable=False,
            selectable=False,
            row_height=ROW,
            fit_columns=True,
            height=height,
            margin=0,
            stylesheets=[InlineStyleSheet(css=_style(look.inks))],
        )
        if look.still:
            made.update(width=look.width or canvas.STILL_WIDTH, sizing_mode="fixed")
        else:
            made.sizing_mode = "stretch_width"
        return made


def _hours(time: int) -> str:
    minutes = time // MINUTE
    return f"{minutes // 60} h {minutes % 60:02} m"


def _style(inks: Inks) -> str:
    """Constant but for our own colours."""
    return f"""
:host {{ --odd: transparent; --selected: {inks.line}; font: 13px {FONT}; color: {inks.text}; background: {inks.card}; }}
.bk-data-table {{ background: {inks.card}; color: {inks.text}; font: 13px {FONT}; font-variant-numeric: tabular-nums; }}
.slick-viewport, .slick-pane, .slick-header, .slick-header-columns {{ background: {inks.card}; border: 0; }}
.slick-header-columns {{ border-bottom: 1px solid {inks.line}; }}
.slick-header-column.ui-state-default {{ background: {inks.card}; color: {inks.muted}; border: 0; font-weight: 600;
  height: {ROW - 8}px; line-height: {ROW - 8}px; padding: 4px 8px; }}
.slick-header-column:hover {{ color: {inks.text}; }}
.slick-header-column-sorted {{ font-style: normal; color: {inks.text}; }}
.slick-header-column:nth-child(n + 3) .slick-column-name {{ float: right; }}
.slick-row, .slick-row.odd, .slick-row.even {{ background: {inks.card}; color: {inks.text}; line-height: {ROW - 2}px; }}
.slick-row:hover .slick-cell {{ background: {inks.line}; }}
.slick-cell {{ border: 0; border-bottom: 1px solid {inks.line}; padding: 0 8px; }}
.slick-cell.active {{ border: 0; border-bottom: 1px solid {inks.line}; }}
"""
