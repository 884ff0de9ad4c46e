"""`GET /assets/{renderer}/{name}`: the files that a rendered page needs."""

from __future__ import annotations

from collections.abc import Mapping

import falcon
from timecode_core.protocols import Asset
from timecode_core.service import Service

from timecode_ingest_http.answers import FOR_EVER, media_type


class AssetsResource:
    """Serves what renderers give by `assets()`. A file never changes: its name holds a hash of its content."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._assets: dict[str, Mapping[str, Asset]] = {}

    def on_get(self, req: falcon.Request, resp: falcon.Response, renderer: str, name: str) -> None:  # noqa: ARG002
        """The file's bytes, to be kept for ever."""
        asset = self._of(renderer).get(name)
        if asset is None:
            raise falcon.HTTPNotFound(title="No such asset", description="Load the page anew.")
        resp.content_type = media_type(asset.media_type)
        resp.set_header("Cache-Control", FOR_EVER)
        resp.data = asset.body

    on_head = on_get

    def _of(self, renderer: str) -> Mapping[str, Asset]:
        """The renderer's assets, asked for once. Two threads may both ask: the answers are the same."""
        if renderer not in self._assets:
            assets = getattr(self._service.renderers.get(renderer), "assets", None)
            if assets is None:
                return {}
            self._assets[renderer] = assets()
        return self._assets[renderer]
