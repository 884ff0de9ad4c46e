"""The one service worker that we ever serve: the end of any that another program has left at our address."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import falcon


@cache
def _script() -> bytes:
    return Path(__file__).with_name("unregister.js").read_bytes()


def asked_for(req: falcon.Request) -> bool:
    """Whether a browser fetches a worker's script, anew or to see if it has changed. No page of ours has one."""
    return req.get_header("Service-Worker") == "script"


def answer(resp: falcon.Response) -> None:
    """A script that unregisters itself, whatever the address: it holds nothing, and wants no credential."""
    resp.content_type = "text/javascript; charset=utf-8"
    resp.set_header("Service-Worker-Allowed", "/")  # else one with a wider scope than its address would stay
    resp.data = _script()
    resp.complete = True
