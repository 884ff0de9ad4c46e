"""BokehJS from the installed package: the page loads nothing from anywhere else."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from timecode_core import Asset, RenderError

BUNDLES = ("bokeh.min.js", "bokeh-widgets.min.js", "bokeh-tables.min.js")
"""In the order in which they must run."""


def names() -> Sequence[str]:
    """The asset names of the bundles, in the order in which they must run."""
    return list(assets())


@cache
def assets() -> Mapping[str, Asset]:
    """The bundles by names that hold a hash of their content. Reading them imports nothing of Bokeh's."""
    spec = find_spec("bokeh")
    if spec is None or spec.origin is None:
        raise RenderError("Bokeh is not installed.", remedy="Install Timecode anew.")
    scripts = Path(spec.origin).parent / "server" / "static" / "js"
    return Bundles([scripts / bundle for bundle in BUNDLES])


class Bundles(Mapping[str, Asset]):
    """Kept from when they are first asked for: they are two megabytes, and many a service only takes events.

    One that has changed by then, or is gone, is none of them: Bokeh was installed anew.
    """

    def __init__(self, files: Sequence[Path]) -> None:
        self._files = {_name(file, file.read_bytes()): file for file in files}
        self._kept: dict[str, Asset] = {}

    def __getitem__(self, name: str) -> Asset:
        if name not in self._kept:
            self._kept[name] = self._read(name)  # by each of those that ask first at once: it is the same
        return self._kept[name]

    def _read(self, name: str) -> Asset:
        file = self._files[name]
        try:
            body = file.read_bytes()
        except OSError as error:
            raise KeyError(name) from error
        if _name(file, body) != name:
            raise KeyError(name)
        return Asset(body, "text/javascript; charset=utf-8")

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


def _name(file: Path, body: bytes) -> str:
    return f"{file.name.removesuffix('.min.js')}-{hashlib.blake2b(body, digest_size=8).hexdigest()}.min.js"
