"""The mount: a resource at a path, under a policy."""

from __future__ import annotations

from attrs import frozen

from timecode_ingest_http.policy import STRICT, Policy


@frozen
class Mount:
    """`resource` is a Falcon resource (methods `on_get`, `on_post`, …), `path` a Falcon URI template."""

    path: str
    resource: object
    policy: Policy = STRICT
