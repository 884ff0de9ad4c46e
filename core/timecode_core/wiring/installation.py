"""The installation: a home folder, its settings and the plugins, wired together. Nothing is opened until asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, cast

from timecode_core.accounting.terms import Terms
from timecode_core.aggregation import Aggregation
from timecode_core.errors import PluginError
from timecode_core.protocols import Context, Maintenance, Provider, Renderer, Rule, Running, Source, Step, Store
from timecode_core.setup.home import Home
from timecode_core.setup.settings import OWN_TABLES, CoreSettings, Settings
from timecode_core.setup.zone import Zone, zone_in_force
from timecode_core.wiring.plugins import Plugins

_SEE_PLUGINS = "Uninstall one of the plugins; see `timecode plugins`."
_PROVIDER_HOOKS = ("timecode_sources", "timecode_stores", "timecode_rules", "timecode_steps", "timecode_renderers")


class Installation:
    """Builds, from what the plugins offer, what the settings choose."""

    def __init__(self, home: Home, settings: Settings | None, plugins: Plugins) -> None:
        """Without settings, they are read from the home folder when they are first asked for."""
        self.home = home
        self._settings = settings
        self.plugins = plugins
        self._offers: dict[str, dict[str, Provider]] = {}
        self._aggregations: list[Aggregation] | None = None
        self._plain: dict[str, type[Any]] | None = None

    @classmethod
    def load(cls, home: Home | None = None) -> Installation:
        """Find the home folder and load the plugins."""
        return cls(home or Home.find(), None, Plugins())

    @property
    def settings(self) -> Settings:
        """The settings. Raises SettingsError for any that is wrong: so that a command that needs none does without.

        And TimecodeError in another user's home: whatever is made in it, its owner could not use any more.
        """
        if self._settings is None:
            self.home.check_readable()
            self._settings = Settings.load(self.home.path, tables_known=self.tables)
        return self._settings

    def lenient(self) -> Installation:
        """The same by such settings as are right: `settings.faults` tells what isn't, as it comes to be asked for."""
        return Installation(
            self.home, Settings.load(self.home.path, lenient=True, tables_known=self.tables), self.plugins
        )

    def survey(self) -> set[str]:
        """Ask every plugin what it offers, so that whatever fails is on record; return the settings tables' names."""
        self.aggregations()
        return {
            *self.plugins.records,
            *self._plain_tables(),
            *(provider.table for provider in self._providers() if provider.table),
        }

    def tables(self) -> dict[str, type[Any]]:
        """The class of each settings table: first those of nobody's, then the plugins' by name. Raises PluginError."""
        provided = {one.table: one.settings for one in self._providers() if one.table and one.settings}
        return OWN_TABLES | dict(sorted((provided | self._plain_tables()).items()))

    def _providers(self) -> Iterator[Provider]:
        return (provider for hook in _PROVIDER_HOOKS for provider in self._offered(hook).values())

    def _plain_tables(self) -> dict[str, type[Any]]:
        """The class of each table that no provider has."""
        if self._plain is None:
            self._plain = {table.name: table.settings for table in self.plugins.collect("timecode_settings")}
        return self._plain

    def check(self) -> None:
        """Raise SettingsError or PluginError for what the settings need and the plugins lack."""
        core = self.settings.core
        self.settings.check_names(self.survey())
        for name, kind in self._plain_tables().items():
            self.settings.table(name, kind)
        sources = self._offered("timecode_sources")
        chosen = {
            "timecode_stores": (core.store,),
            "timecode_rules": (core.rule,),
            "timecode_steps": core.steps,
            "timecode_sources": tuple(sources) if "*" in core.sources else core.sources,
            "timecode_renderers": self.renderer_names(),
        }
        for hook, names in chosen.items():
            for name in names:
                self._settings_of(self._provider(hook, name))

    def _offered(self, hook: str) -> dict[str, Provider]:
        if hook not in self._offers:
            self._offers[hook] = self.plugins.providers(hook)
        return self._offers[hook]

    def _provider(self, hook: str, name: str) -> Provider:
        offered = self._offered(hook)
        if name not in offered:
            failures = "; ".join(self.plugins.failures)
            raise PluginError(
                f"the settings ask for {name!r}, which no plugin offers ({hook}){': ' + failures if failures else ''}.",
                remedy=f"Offered: {', '.join(sorted(offered)) or 'none'}. See `timecode plugins`.",
            )
        return offered[name]

    def _settings_of(self, provider: Provider) -> object:
        return self.settings.table(provider.table, provider.settings) if provider.settings else None

    def _build(self, hook: str, name: str, *, core: CoreSettings | None = None, writable: bool = False) -> Any:  # noqa: ANN401
        provider = self._provider(hook, name)
        return provider.build(self._settings_of(provider), self._context(core, writable=writable))

    def _context(self, core: CoreSettings | None = None, *, writable: bool = False) -> Context:
        return Context(self.home, core or self.settings.core, self.plugins, writable)

    def store(self, *, writable: bool = False) -> Store:
        """Open the store that the settings name. For writing, hold the `WriteLock` first. Raises StoreError."""
        return cast("Store", self._build("timecode_stores", self.settings.core.store, writable=writable))

    def maintenance(self) -> Maintenance:
        """What can be done for the chosen store's data at rest. Raises PluginError where nothing can."""
        provider = self._provider("timecode_stores", self.settings.core.store)
        if provider.maintain is None:
            raise PluginError(
                f"the store {provider.name!r} can't be backed up, restored or recovered by Timecode.",
                remedy="Use what it brings for that.",
            )
        return provider.maintain(self._settings_of(provider), self._context())

    def running(self) -> Running | None:
        """A link to the service that runs for this home; None where none answers."""
        return cast("Running | None", self.plugins.first("timecode_running", home=self.home))

    def rule(self, core: CoreSettings | None = None) -> Rule:
        """The rule of these settings (default: today's)."""
        chosen = core or self.settings.core
        return cast("Rule", self._build("timecode_rules", chosen.rule, core=chosen))

    def steps(self) -> dict[str, Step]:
        """The steps by name, in the order of the settings."""
        return {name: self._build("timecode_steps", name) for name in self.settings.core.steps}

    def aggregations(self) -> list[Aggregation]:
        """Every aggregation that the plugins offer. Raises PluginError for a name offered twice."""
        if self._aggregations is None:
            offered: dict[str, Aggregation] = {}
            derived: dict[str, object] = {}
            for aggregation in self.plugins.collect("timecode_aggregations"):
                if aggregation.name in offered:
                    raise PluginError(f"the aggregation {aggregation.name!r} is offered twice.", remedy=_SEE_PLUGINS)
                for column, function in aggregation.derived.items():
                    if derived.setdefault(column, function) is not function:
                        raise PluginError(f"the column {column!r} is derived in two ways.", remedy=_SEE_PLUGINS)
                offered[aggregation.name] = aggregation
            self._aggregations = list(offered.values())
        return list(self._aggregations)

    def terms(self) -> Terms:
        """The terms on which time is credited."""
        return Terms(self.settings.core, self.rule, self.aggregations())

    def zone(self) -> Zone:
        """The zone in force at this moment; the machine's own may change while we run."""
        return zone_in_force(self.settings.core.timezone)

    def sources(self) -> dict[str, Callable[[], Source]]:
        """How to build each enabled source, by name."""
        chosen = self.settings.core.sources
        names = self._offered("timecode_sources") if "*" in chosen else chosen
        return {name: partial(self._build, "timecode_sources", name) for name in names}

    def renderer(self, name: str) -> Renderer:
        """Build a renderer."""
        return cast("Renderer", self._build("timecode_renderers", name))

    def renderers(self) -> Renderers:
        """The renderers by name."""
        return Renderers(self)

    def renderer_names(self) -> list[str]:
        """The names of the renderers on offer, sorted; none is built."""
        return sorted(self._offered("timecode_renderers"))


class Renderers(Mapping[str, Renderer]):
    """The renderers by name, each built at its first use: that may import a great deal."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._built: dict[str, Renderer] = {}
        self._lock = threading.Lock()

    def __contains__(self, name: object) -> bool:
        return name in self._installation.renderer_names()  # without building it

    def __getitem__(self, name: str) -> Renderer:
        if name not in self:
            raise KeyError(name)
        with self._lock:
            if name not in self._built:
                self._built[name] = self._installation.renderer(name)
            return self._built[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._installation.renderer_names())

    def __len__(self) -> int:
        return len(self._installation.renderer_names())
