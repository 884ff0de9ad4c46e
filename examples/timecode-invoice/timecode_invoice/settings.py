"""The table `[invoice]`."""

from __future__ import annotations

from attrs import field, frozen, validators


@frozen
class InvoiceSettings:
    """What an hour costs."""

    hourly_rate: float = field(default=0.0, validator=validators.ge(0))
    """The price of an hour; 0 leaves the amounts out."""
    currency: str = "EUR"
    """What stands behind an amount."""
