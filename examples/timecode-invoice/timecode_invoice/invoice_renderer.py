"""The renderer "invoice": a time sheet as one HTML page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from html import escape
from itertools import groupby
from operator import itemgetter

from attrs import frozen
from timecode_core import Query, Rendered, Report, Selection

from timecode_invoice.settings import InvoiceSettings

_CENT = Decimal("0.01")
_HOUR_US = 3_600_000_000
_STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:44rem;margin:3rem auto}table{width:100%;border-collapse:collapse}"
    "td,th{padding:.2rem .5rem;border-bottom:1px solid #ddd;text-align:left}.n{text-align:right}"
)


@frozen
class Options:
    """`client`: whom it is for, `title`: what stands above it."""

    client: str = ""
    title: str = "Time sheet"


class InvoiceRenderer:
    """Satisfies `timecode_core.protocols.Renderer`."""

    options = Options

    def __init__(self, settings: InvoiceSettings) -> None:
        self._rate = Decimal(str(settings.hourly_rate))
        self._currency = settings.currency

    @property
    def version(self) -> str:
        """Ours, and the settings, which change the bytes too."""
        return f"1;{self._rate};{self._currency}"

    def queries(self, selection: Selection, options: Options) -> Mapping[str, Query]:  # noqa: ARG002
        """Time by day and project."""
        return {"days": Query(selection, ("day", "project"))}

    def render(self, selection: Selection, reports: Mapping[str, Report], options: Options) -> Rendered:
        """The page. Hours are rounded to hundredths a line, and sums are those of the lines, so that they add up."""
        heading = escape(options.title)
        subtitle = f"{selection.first} to {selection.last}" + (
            f", for {escape(options.client)}" if options.client else ""
        )
        page = (
            f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>{heading}</title><style>{_STYLE}</style>\n'
            f"<h1>{heading}</h1>\n<p>{subtitle}</p>\n<table>\n{''.join(self._lines(reports['days']))}</table>\n</html>\n"
        )
        return Rendered(
            page.encode(), "text/html; charset=utf-8", f"invoice-{selection.first}-{selection.last}", "html"
        )

    def _lines(self, report: Report) -> Iterator[str]:
        total = Decimal(0)
        # Names come from anybody's repositories: each is escaped, and none is ever markup.
        lines = sorted((str(row.values[1]), str(row.values[0]), _hours(row.time)) for row in report.rows)
        for project, days in groupby(lines, key=itemgetter(0)):
            own = Decimal(0)
            yield f'<tr><th colspan="3">{escape(project) or "no project"}</th></tr>\n'
            for _, day, hours in days:
                own += hours
                yield self._line("td", day, hours)
            yield self._line("th", "Sum", own)
            total += own
        yield self._line("th", "Total", total)

    def _line(self, cell: str, what: str, hours: Decimal) -> str:
        amount = f"{_rounded(hours * self._rate)} {escape(self._currency)}" if self._rate else ""
        return (
            f'<tr><{cell}>{what}</{cell}><{cell} class="n">{hours} h</{cell}><{cell} class="n">{amount}</{cell}></tr>\n'
        )


def _hours(us: int) -> Decimal:
    return _rounded(Decimal(us) / _HOUR_US)


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(_CENT, ROUND_HALF_UP)
