"""Rendering: a renderer's name, a selection and options in, bytes out."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

from attrs import frozen

from timecode_core.answering.answers import Answers
from timecode_core.answering.options import structure_options
from timecode_core.errors import QueryError
from timecode_core.protocols import Rendered, Renderer
from timecode_core.selection import Selection

Texts = Mapping[str, Sequence[str]]
"""Options as texts, by name."""


@frozen
class Order:
    """What a renderer is to make: of which selection, and with which options."""

    name: str
    renderer: Renderer
    selection: Selection
    options: Any


class Rendering:
    """Asks the questions that a renderer has, all of one moment, and lets it answer."""

    def __init__(self, answers: Answers, renderers: Mapping[str, Renderer], settings: str) -> None:
        """`settings` is a text that differs whenever a setting does, which may change what a renderer makes."""
        self._answers = answers
        self.renderers = renderers
        self._settings = settings
        self.forget()

    def forget(self) -> None:
        """Let no tag that was given until now hold any longer: what they were about may have been replaced."""
        self._start = secrets.token_hex(8)

    def order(self, name: str, selection: Selection, options: Texts) -> Order:
        """Raises QueryError for a renderer or an option that does not exist."""
        try:
            renderer = self.renderers[name]
        except KeyError as error:
            raise QueryError(
                f"there is no renderer {name!r:.60}.", remedy=f"Renderers: {', '.join(self.renderers)}."
            ) from error
        return Order(name, renderer, selection, structure_options(renderer.options, options))

    def render(self, order: Order) -> Rendered:
        """Raises QueryError for a column that does not exist; RenderError, StoreError."""
        reports = self._answers.reports(order.renderer.queries(order.selection, order.options))
        return order.renderer.render(order.selection, reports, order.options)

    def etag(self, order: Order) -> str:
        """A text that differs whenever the output may: by store, settings, question and renderer version."""
        selection = order.selection
        parts = (
            self._start,
            self._answers.revision(),
            self._settings,
            order.name,
            order.renderer.version,
            selection.first,
            selection.last,
            selection.before,
            sorted((column, *values) for column, values in selection.filters.items()),
            order.options,
        )
        return blake2b(repr(parts).encode(), digest_size=12).hexdigest()
