"""The deferred command: one that is imported when it is wanted, so that no other command pays for it."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

from timecode_core.errors import PluginError

_SENTENCE = 1000
"""More than a sentence has letters."""


class DeferredCommand(click.Command):
    """Stands for the click command at `place`, such as "package.module:function", until that is asked for.

    In any group it runs and is listed as that command. One that can't be imported costs nobody else anything: it says
    so where it is listed, and fails where it is run.
    """

    def __init__(self, name: str, place: str) -> None:
        super().__init__(name)
        self.place = place
        self.plugin = ""
        """Who offers it, once it has been collected."""

    def load(self) -> click.Command:
        """The command itself. Raises PluginError."""
        module, _, function = self.place.partition(":")
        try:
            found = getattr(import_module(module), function)
        except Exception as error:
            raise PluginError(
                f"the command {self.name!r} of the plugin {self.plugin!r} can't be loaded from {self.place}: "
                f"{type(error).__name__}: {error}."
            ) from error
        if not isinstance(found, click.Command):
            raise PluginError(f"{self.place} of the plugin {self.plugin!r} is no click command.")
        return found

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,  # noqa: ANN401
    ) -> click.Context:
        """A context of the command itself, which therefore is what runs in it."""
        return self.load().make_context(info_name, args, parent, **extra)

    def get_short_help_str(self, limit: int = 45) -> str:
        """The command's line in a list: a whole sentence, which the list wraps where it is long."""
        try:
            return self.load().get_short_help_str(max(limit, _SENTENCE))
        except PluginError:
            return "can't be loaded; see timecode plugins"
