"""Rendering: a renderer's name, a selection and options in, bytes out."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from hashlib import blake2b

from timecode_core.answers import Answers
from timecode_core.errors import QueryError
from timecode_core.installation import Renderers
from timecode_core.options import structure_options
from timecode_core.protocols import Rendered, Renderer
from timecode_core.selection import Selection

Texts = Mapping[str, Sequence[str]]
"""Options as texts, by name."""


class Rendering:
    """Asks the questions that a renderer has, all of one moment, and lets it answer."""

    def __init__(self, answers: Answers, renderers: Renderers) -> None:
        self._answers = answers
        self.renderers = renderers
        self.forget()

    def forget(self) -> None:
        """Let no tag that was given until now hold any longer: what they were about may have been replaced."""
        self._start = secrets.token_hex(8)

    def _renderer(self, name: str) -> Renderer:
        try:
            return self.renderers[name]
        except KeyError as error:
            raise QueryError(
                f"there is no renderer {name!r:.60}.", remedy=f"Renderers: {', '.join(self.renderers)}."
            ) from error

    def render(self, name: str, selection: Selection, options: Texts) -> Rendered:
        """Raises QueryError for a name, option or column that does not exist; RenderError, StoreError."""
        renderer = self._renderer(name)
        chosen = structure_options(renderer.options, options)
        reports = self._answers.reports(renderer.queries(selection, chosen))
        return renderer.render(selection, reports, chosen)

    def etag(self, name: str, selection: Selection, options: Texts) -> str:
        """A text that differs whenever the output may: by store, settings, question and renderer version."""
        renderer = self._renderer(name)
        chosen = structure_options(renderer.options, options)
        filters = sorted((column, *values) for column, values in selection.filters.items())
        parts = (
            self._start,
            self._answers.revision(),
            self.renderers.settings_fingerprint,
            name,
            renderer.version,
            selection.first,
            selection.last,
            selection.theme,
            selection.before,
            filters,
            chosen,
        )
        return blake2b(repr(parts).encode(), digest_size=12).hexdigest()
