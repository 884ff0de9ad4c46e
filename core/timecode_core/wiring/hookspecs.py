"""The hooks of the core, version 0.1. Hooks assemble: each is called once, when Timecode starts, and never per event.

Every hook but one collects: it returns a list (possibly empty) of offers, and all answers are joined in the order of
the plugins' names. Two offers of one kind with one name are an error. An implementation that raises marks its plugin as
failed, with the reason in `timecode plugins`; the others go on. `timecode_running` and `timecode_findings` are called
when a command asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from timecode_core import hookspec

if TYPE_CHECKING:
    import click
    import pluggy

    from timecode_core.aggregation import Aggregation
    from timecode_core.finding import Finding
    from timecode_core.protocols import Provider, Running, SettingsTable
    from timecode_core.setup.home import Home
    from timecode_core.wiring.installation import Installation


@hookspec(historic=True)
def timecode_addhooks(pm: pluggy.PluginManager) -> None:
    """Publish hook specifications of your own: `pm.add_hookspecs(module)`.

    Historic: called for every plugin when it is registered, whichever came first. Since 0.1.
    """


@hookspec
def timecode_sources() -> list[Provider]:
    """Offer sources: each provider builds a `Source`, which the service runs in a thread of its own. Since 0.1.

    Setting `core.sources` names those to run; `["*"]`, the default, runs all.
    """


@hookspec
def timecode_stores() -> list[Provider]:
    """Offer stores: each provider builds a `Store`. Setting `core.store` names the one to use. Since 0.1."""


@hookspec
def timecode_rules() -> list[Provider]:
    """Offer rules of time accounting: each provider builds a `Rule`. Setting `core.rule` names the one. Since 0.1."""


@hookspec
def timecode_steps() -> list[Provider]:
    """Offer steps before the store: each provider builds a `Step`, on subjects or, as `EventStep`, events. Since 0.1.

    Setting `core.steps` names those to run, in order.
    """


@hookspec
def timecode_aggregations() -> list[Aggregation]:
    """Offer aggregations that the store keeps up to date. All of them are active. Since 0.1."""


@hookspec
def timecode_renderers() -> list[Provider]:
    """Offer renderers: each provider builds a `Renderer`. Its name is its address. Since 0.1."""


@hookspec
def timecode_settings() -> list[SettingsTable]:
    """Offer settings tables that you read yourself; those of providers are known by these. Since 0.1.

    So they are checked whenever a command starts that uses the settings, and `timecode config` shows them.
    """


@hookspec
def timecode_commands() -> list[click.Command]:
    """Offer commands of the command line. `ctx.obj` is the `Installation`. Since 0.1.

    All are collected whenever `timecode` runs: offer a `DeferredCommand`, or import what is heavy inside the command.
    """


@hookspec(firstresult=True)
def timecode_running(home: Home) -> Running | None:
    """Give a link to the service that runs for this home folder; None where none answers. Since 0.1.

    Whoever serves knows how to reach it: so the commands need not. It has proved itself before it is sent anything. The
    first plugin, in the order of their names, that gives one has the say.
    """


@hookspec
def timecode_findings(installation: Installation) -> list[Finding]:
    """Look at your own part of the installation, and say how it is: what `timecode doctor` prints. Since 0.1.

    Say what is well, too. A service may be running or not, and nothing may be changed. What takes longer than a second
    has no place here.
    """
