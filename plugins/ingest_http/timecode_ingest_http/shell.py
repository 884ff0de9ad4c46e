"""The shell: the page at `/`, open to anybody because it holds nothing of anybody's."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date

from attrs import frozen
from timecode_core import Asset, PluginError, Renderer, Selection

from timecode_ingest_http.responses import media_type
from timecode_ingest_http.settings import TABLE

_ANY_DAY = Selection(date(1970, 1, 1), date(1970, 1, 1))


@frozen
class Shell:
    """What a renderer makes without a question asked, and the files that go with it: made once, when we start."""

    renderer: str
    body: bytes
    media_type: str
    tag: str
    assets: Mapping[str, Asset]

    @classmethod
    def of(cls, renderers: Mapping[str, Renderer], name: str) -> Shell:
        """Make it. Raises PluginError for a renderer that there is not, or that is no shell."""
        if name not in renderers:
            raise PluginError(f"the page is to be made by {name!r}, which no plugin offers.", remedy=_remedy(renderers))
        renderer = renderers[name]
        if not _is_shell(renderer):
            raise PluginError(
                f"the page is to be made by {name!r}, which is no shell: anybody would see what it shows.",
                remedy=_remedy(renderers),
            )
        made = renderer.render(_ANY_DAY, {}, renderer.options())
        assets: Mapping[str, Asset] = getattr(renderer, "assets", dict)()
        tag = hashlib.blake2b(made.body, digest_size=12).hexdigest()
        return cls(name, made.body, media_type(made.media_type), tag, assets)


def _is_shell(renderer: Renderer) -> bool:
    """Whether it says so, and asks nothing: without an answer it has nothing of anybody's to show."""
    return getattr(renderer, "shell", False) is True and not renderer.queries(_ANY_DAY, renderer.options())


def _remedy(renderers: Mapping[str, Renderer]) -> str:
    shells = [name for name, renderer in renderers.items() if _is_shell(renderer)]
    return f"Set page in [{TABLE}] to one of {', '.join(shells) or 'none'}. See `timecode plugins`."
