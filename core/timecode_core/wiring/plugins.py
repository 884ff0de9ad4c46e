"""The plugins: found by entry points, loaded one at a time, and asked once what they offer."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from importlib.metadata import Distribution, EntryPoint, entry_points
from types import ModuleType
from typing import Any

import click
import pluggy
from attrs import define, field

from timecode_core.aggregation import Aggregation
from timecode_core.deferred import DeferredCommand
from timecode_core.errors import PluginError, TimecodeError
from timecode_core.finding import Finding
from timecode_core.protocols import Provider, SettingsTable
from timecode_core.wiring import hookspecs

ENTRY_POINT_GROUP = "timecode"

_KINDS: dict[str, type] = {
    "timecode_sources": Provider,
    "timecode_stores": Provider,
    "timecode_rules": Provider,
    "timecode_steps": Provider,
    "timecode_renderers": Provider,
    "timecode_aggregations": Aggregation,
    "timecode_settings": SettingsTable,
    "timecode_commands": click.Command,
    "timecode_findings": Finding,
}
"""What each of the core's hooks collects."""


@define(slots=False)
class PluginRecord:
    """A plugin as `timecode plugins` shows it. `failures` holds a line for each thing that went wrong."""

    name: str
    module: str = ""
    origin: Distribution | None = None
    hooks: tuple[str, ...] = ()
    failures: list[str] = field(factory=list)

    @cached_property
    def distribution(self) -> str:
        """The name of what it was installed with; empty for a plugin that was not. Read from a file when asked for."""
        return self.origin.name if self.origin else ""

    @cached_property
    def version(self) -> str:
        """The version of that."""
        return self.origin.version if self.origin else ""


class Plugins:
    """All plugins. One that breaks is recorded and left out; the others go on."""

    def __init__(self, found: Iterable[EntryPoint] | None = None) -> None:
        self.manager = pluggy.PluginManager("timecode")
        self.manager.add_hookspecs(hookspecs)
        self.manager.hook.timecode_addhooks.call_historic(kwargs={"pm": self.manager})
        self.records: dict[str, PluginRecord] = {}
        for entry_point in sorted(
            entry_points(group=ENTRY_POINT_GROUP) if found is None else found, key=lambda e: (e.name, e.value)
        ):
            self._load(entry_point)
        self._reject_unknown_hooks()

    def _load(self, entry_point: EntryPoint) -> None:
        record = PluginRecord(entry_point.name, entry_point.value, entry_point.dist)
        if entry_point.name in self.records:
            first = self.records[entry_point.name]
            first.failures.append(
                f"the name is claimed by {entry_point.value} too ({record.distribution or 'no distribution'}), left out"
            )
            return
        self.records[entry_point.name] = record
        try:
            self.manager.register(entry_point.load(), entry_point.name)
        except Exception as error:  # noqa: BLE001  (importing a plugin may raise anything)
            record.failures.append(f"not loaded: {_summary(error)}")
            if self.manager.has_plugin(entry_point.name):
                self.manager.unregister(name=entry_point.name)

    def register(self, plugin: ModuleType | object, name: str) -> None:
        """Add a plugin that has no entry point."""
        self.records[name] = PluginRecord(name, module=getattr(plugin, "__name__", type(plugin).__name__))
        self.manager.register(plugin, name)
        self._reject_unknown_hooks()

    def _reject_unknown_hooks(self) -> None:
        """A misspelt implementation would silently do nothing: name it."""
        for name, record in self.records.items():
            plugin = self.manager.get_plugin(name)
            if plugin is not None:
                callers = self.manager.get_hookcallers(plugin) or []
                record.hooks = tuple(sorted(caller.name for caller in callers))
                unknown = [caller.name for caller in callers if not caller.has_spec() and not _optional(caller, plugin)]
                record.failures.extend(
                    text
                    for text in (f"there is no hook {hook!r}" for hook in sorted(unknown))
                    if text not in record.failures
                )

    def collect(self, hook: str, **arguments: object) -> list[Any]:
        """Everything that the implementations of a collecting hook return, flat, in the order of the plugins' names.

        Each is called by itself, so that one that raises costs nobody else anything; it is recorded. Raises PluginError
        for a hook that nobody has specified.
        """
        offers: list[Any] = []
        for name, call in self._calls(hook):
            try:
                for answer in call(**arguments):
                    offers.extend(self._fitting(name, hook, answer))
            except Exception as error:  # noqa: BLE001  (a hook of a plugin may raise anything)
                self._record_failure(name, f"{hook}: {_summary(error)}")
        return offers

    def first(self, hook: str, **arguments: object) -> Any:  # noqa: ANN401  (whatever the hook gives)
        """What the first implementation gives that gives anything but None, in the order of the plugins' names.

        As with `collect`, one that raises is recorded, and the next is asked. A TimecodeError is raised.
        """
        for name, call in self._calls(hook):
            try:
                if (answer := call(**arguments)) is not None:
                    return answer
            except TimecodeError:
                raise
            except Exception as error:  # noqa: BLE001  (as above)
                self._record_failure(name, f"{hook}: {_summary(error)}")
        return None

    def _calls(self, hook: str) -> Iterator[tuple[str, Callable[..., Any]]]:
        """Each implementation of a hook by itself, with its plugin's name, in the order of these."""
        caller = getattr(self.manager.hook, hook, None)
        if caller is None or not caller.has_spec():
            raise PluginError(f"there is no hook {hook!r}.", remedy="Is the plugin that publishes it installed?")
        for implementation in sorted(caller.get_hookimpls(), key=lambda impl: impl.plugin_name):
            others = [plugin for plugin in self.manager.get_plugins() if plugin is not implementation.plugin]
            yield implementation.plugin_name, self.manager.subset_hook_caller(hook, others)

    def _fitting(self, name: str, hook: str, answer: Iterable[Any]) -> list[Any]:
        """Those of a plugin's offers that are of the hook's kind; the others are recorded."""
        kind = _KINDS.get(hook, object)
        offers = list(answer)
        for offer in offers:
            if not isinstance(offer, kind):
                self._record_failure(name, f"{hook}: offers {type(offer).__name__}, not {kind.__name__}")
            if isinstance(offer, DeferredCommand):
                offer.plugin = name
        return [offer for offer in offers if isinstance(offer, kind)]

    def load_commands(self) -> None:
        """Import every command that waits to be: one that can't be is recorded."""
        for command in self.collect("timecode_commands"):
            if isinstance(command, DeferredCommand):
                try:
                    command.load()
                except PluginError as error:
                    self._record_failure(command.plugin, str(error))

    def _record_failure(self, name: str, text: str) -> None:
        record = self.records.setdefault(name, PluginRecord(name))
        if text not in record.failures:
            record.failures.append(text)

    def providers(self, hook: str) -> dict[str, Provider]:
        """The offers of a hook by name. Raises PluginError for a name offered twice."""
        found: dict[str, Provider] = {}
        for provider in self.collect(hook):
            if provider.name in found:
                raise PluginError(
                    f"{hook}: the name {provider.name!r} is offered twice.",
                    remedy="Uninstall one of the plugins; see `timecode plugins`.",
                )
            found[provider.name] = provider
        return found

    @property
    def failures(self) -> list[str]:
        """Everything that went wrong, a line each, with the plugin's name."""
        return [f"{record.name}: {text}" for record in self.records.values() for text in record.failures]


def _optional(caller: pluggy.HookCaller, plugin: object) -> bool:
    """Whether the plugin marked its implementation as one whose specification may be missing."""
    return any(impl.plugin is plugin and impl.optionalhook for impl in caller.get_hookimpls())


def _summary(error: Exception) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1:]
    where = f" ({last[0].filename}:{last[0].lineno})" if last else ""
    return f"{type(error).__name__}: {error}{where}"
