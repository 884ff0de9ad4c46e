"""The renderer "dashboard": the page's static shell, and the files that it needs."""

from __future__ import annotations

import hashlib
from collections import ChainMap
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from attrs import frozen
from timecode_core import Asset, Query, Rendered, Report, Selection

from timecode_dashboard_bokeh import bokehjs

STATIC = Path(__file__).parent / "static"
MEDIA_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}


@frozen
class Options:
    """None: the page's script reads the range and all else from its address."""


class PageRenderer:
    """Satisfies `Renderer`. The shell is the same for every selection; it asks nothing and holds nobody's data."""

    options = Options
    shell = True

    @property
    def version(self) -> str:
        """The shell's own hash."""
        return hashlib.blake2b(self._page, digest_size=12).hexdigest()

    def queries(self, selection: Selection, options: Options) -> Mapping[str, Query]:  # noqa: ARG002
        """None."""
        return {}

    def render(self, selection: Selection, reports: Mapping[str, Report], options: Options) -> Rendered:  # noqa: ARG002
        """The shell."""
        return Rendered(self._page, "text/html; charset=utf-8", "timecode", "html")

    def assets(self) -> Mapping[str, Asset]:
        """BokehJS, and the page's own style sheet, icon and modules, by names that hold a hash."""
        return ChainMap(self._own, bokehjs.assets())  # type: ignore[arg-type]  # which nobody writes to

    @cached_property
    def _files(self) -> Mapping[str, str]:
        return {
            path.name: path.read_text(encoding="utf-8")
            for path in sorted(STATIC.iterdir())
            if path.suffix in MEDIA_TYPES
        }

    @cached_property
    def _tag(self) -> str:
        """One hash for all of our own files, so that modules can name one another before they are hashed."""
        return _hash("".join(f"{name}\0{text}\0" for name, text in self._files.items()).encode())

    @cached_property
    def _own(self) -> Mapping[str, Asset]:
        made = {}
        for name, text in self._files.items():
            path = Path(name)
            for other in self._files:
                text = text.replace(f'"./{other}"', f'"./{self._tagged(other)}"')
            made[self._tagged(name)] = Asset(text.encode(), MEDIA_TYPES[path.suffix])
        return made

    @cached_property
    def _page(self) -> bytes:
        page = (STATIC / "page.html").read_text(encoding="utf-8")
        for name in self._files:
            page = page.replace(f"assets/{name}", f"/assets/dashboard/{self._tagged(name)}")
        scripts = "\n".join(f'    <script src="/assets/dashboard/{name}" defer></script>' for name in bokehjs.names())
        return page.replace("    <!-- bokehjs -->", scripts).encode()

    def _tagged(self, name: str) -> str:
        stem, _, suffix = name.rpartition(".")
        return f"{stem}-{self._tag}.{suffix}"


def _hash(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=8).hexdigest()
