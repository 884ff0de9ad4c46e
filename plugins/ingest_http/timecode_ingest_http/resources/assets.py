"""`GET /assets/{renderer}/{name}`: the files that a rendered page needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import falcon
from timecode_core import Asset, Service

from timecode_ingest_http.responses import FOR_EVER, media_type
from timecode_ingest_http.shell import Shell


class ShellAssetsResource:
    """The shell's own files, as open as the shell."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def on_get(self, req: falcon.Request, resp: falcon.Response, name: str) -> None:  # noqa: ARG002
        """The file's bytes, to be kept for ever."""
        _answer(resp, self._shell.assets.get(name))

    on_head = on_get


class AssetsResource:
    """Serves what other renderers give by `assets()`, asked for once."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._assets: dict[str, Mapping[str, Asset]] = {}

    def on_get(self, req: falcon.Request, resp: falcon.Response, renderer: str, name: str) -> None:  # noqa: ARG002
        """The file's bytes, to be kept for ever."""
        _answer(resp, self._of(renderer).get(name))

    on_head = on_get

    def _of(self, renderer: str) -> Mapping[str, Asset]:
        """The renderer's assets. Two threads may both ask: the answers are the same."""
        if renderer not in self._assets:
            assets: Callable[[], Mapping[str, Asset]] | None = getattr(
                self._service.renderers.get(renderer), "assets", None
            )
            if assets is None:
                return {}
            self._assets[renderer] = assets()
        return self._assets[renderer]


def _answer(resp: falcon.Response, asset: Asset | None) -> None:
    """A file never changes: its name holds a hash of its content."""
    if asset is None:
        raise falcon.HTTPNotFound(title="No such asset", description="Load the page anew.")
    resp.content_type = media_type(asset.media_type)
    resp.set_header("Cache-Control", FOR_EVER)
    resp.data = asset.body
