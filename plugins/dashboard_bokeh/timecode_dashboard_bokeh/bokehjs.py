"""BokehJS from the installed package: the page loads nothing from anywhere else."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
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
    made = {}
    for bundle in BUNDLES:
        body = (scripts / bundle).read_bytes()
        stem = bundle.removesuffix(".min.js")
        tag = hashlib.blake2b(body, digest_size=8).hexdigest()
        made[f"{stem}-{tag}.min.js"] = Asset(body, "text/javascript; charset=utf-8")
    return made
