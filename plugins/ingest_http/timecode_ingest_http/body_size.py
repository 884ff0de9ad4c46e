"""How long a request's body may be, and what a longer one is answered."""

from __future__ import annotations

import falcon

MAX_BODY = 1024 * 1024
"""The longest request body, in bytes, as it comes and as it is unpacked."""
MAX_OPEN_BODY = 16 * 1024
"""The longest where no credential is asked for: anybody may send as many as there are connections."""


def too_large(most: int = MAX_BODY) -> falcon.HTTPContentTooLarge:
    """The answer to a body of more than so many bytes."""
    return falcon.HTTPContentTooLarge(title="Too large", description=f"The body may have {most} bytes.")
