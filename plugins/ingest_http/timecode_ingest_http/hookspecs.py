"""The hook of the HTTP source, version 0.1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from timecode_core import hookspec

if TYPE_CHECKING:
    from timecode_core import Service

    from timecode_ingest_http.mount import Mount


@hookspec
def timecode_http_resources(service: Service) -> list[Mount]:
    """Mount resources of your own on the one HTTP server. Since 0.1.

    Called once in the serving process, after any fork and before the first request. `service` takes events
    (`service.submit(items, source)`) and answers questions (`service.answers`). Each `Mount` is a path, a Falcon
    resource and the guard policy under which it is reached; without a policy the strictest holds. A mount whose path is
    taken or malformed is logged and left out; the others and the service go on.
    """
