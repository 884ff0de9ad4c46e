"""An example plugin: a time sheet by project and day, and time by file extension."""

from __future__ import annotations

from typing import TYPE_CHECKING

from timecode_core import Aggregation, Context, Provider, hookimpl

from timecode_invoice.extension import extension
from timecode_invoice.settings import InvoiceSettings

if TYPE_CHECKING:
    from timecode_invoice.invoice_renderer import InvoiceRenderer


@hookimpl
def timecode_aggregations() -> list[Aggregation]:
    """Offer "extensions". Its version must rise when the function `extension` changes its answers."""
    return [Aggregation("extensions", ("day", "project", "extension"), version=1, derived={"extension": extension})]


@hookimpl
def timecode_renderers() -> list[Provider]:
    """Offer "invoice"."""
    return [Provider("invoice", _build, table="invoice", settings=InvoiceSettings)]


def _build(settings: InvoiceSettings, _context: Context) -> InvoiceRenderer:
    from timecode_invoice.invoice_renderer import InvoiceRenderer  # only whoever renders pays for the import

    return InvoiceRenderer(settings)
