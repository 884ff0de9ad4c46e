"""Timecode's core: events, exact time accounting, and the hooks that plugins join.

What plugins import is here, and `timecode_core.testing` for their tests; anything else may change. The plugin guide
says what each name is.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from timecode_core.aggregation import CLOCK as CLOCK, Aggregation as Aggregation
    from timecode_core.answering.answers import Answers as Answers
    from timecode_core.answering.options import Theme as Theme
    from timecode_core.answering.renderers.json import (
        report_to_dict as report_to_dict,
        report_to_json as report_to_json,
    )
    from timecode_core.commands.choosing import reading as reading, select as select, selecting as selecting
    from timecode_core.deferred import DeferredCommand as DeferredCommand
    from timecode_core.erasure import Erased as Erased, Erasure as Erasure
    from timecode_core.errors import (
        BusyError as BusyError,
        DamageError as DamageError,
        EventError as EventError,
        NothingYetError as NothingYetError,
        PluginError as PluginError,
        QueryError as QueryError,
        RenderError as RenderError,
        SettingsError as SettingsError,
        StepError as StepError,
        StoreError as StoreError,
        TimecodeError as TimecodeError,
        UnavailableError as UnavailableError,
        UnreadableError as UnreadableError,
    )
    from timecode_core.event import MAX_DURATION_US as MAX_DURATION_US, Event as Event
    from timecode_core.finding import Finding as Finding, Severity as Severity
    from timecode_core.intake.wire import event_to_wire as event_to_wire
    from timecode_core.marks import (
        DISTRIBUTION as DISTRIBUTION,
        __version__ as __version__,
        hookimpl as hookimpl,
        hookspec as hookspec,
    )
    from timecode_core.protocols import (
        Asset as Asset,
        Cell as Cell,
        Context as Context,
        EventStep as EventStep,
        Guarded as Guarded,
        Health as Health,
        Hooks as Hooks,
        Key as Key,
        Maintenance as Maintenance,
        Mending as Mending,
        Provider as Provider,
        Reader as Reader,
        Rendered as Rendered,
        Renderer as Renderer,
        Rule as Rule,
        Run as Run,
        Running as Running,
        Salvage as Salvage,
        SettingsTable as SettingsTable,
        Source as Source,
        Step as Step,
        Store as Store,
        SubjectStep as SubjectStep,
        Submit as Submit,
        Transaction as Transaction,
    )
    from timecode_core.query import Groups as Groups, Query as Query, Report as Report, Row as Row, Value as Value
    from timecode_core.receipt import Outcome as Outcome, Receipt as Receipt, Verdict as Verdict
    from timecode_core.selection import Before as Before, Selection as Selection
    from timecode_core.serving.service import Service as Service
    from timecode_core.setup.home import Home as Home
    from timecode_core.setup.lock import FileLock as FileLock, WriteLock as WriteLock
    from timecode_core.setup.logbook import Logbook as Logbook
    from timecode_core.setup.private import read_private as read_private, sync_folder as sync_folder
    from timecode_core.setup.remedies import file_error as file_error
    from timecode_core.setup.settings import CoreSettings as CoreSettings, usable_path as usable_path
    from timecode_core.stretch import Stretch as Stretch
    from timecode_core.subject import LABELS as LABELS, Seen as Seen, Subject as Subject, declared as declared
    from timecode_core.wiring.installation import Installation as Installation

_MODULES = {
    "aggregation": ("CLOCK", "Aggregation"),
    "answering.answers": ("Answers",),
    "answering.renderers.json": ("report_to_dict", "report_to_json"),
    "answering.options": ("Theme",),
    "commands.choosing": ("reading", "select", "selecting"),
    "deferred": ("DeferredCommand",),
    "errors": (
        "BusyError",
        "DamageError",
        "EventError",
        "NothingYetError",
        "PluginError",
        "QueryError",
        "RenderError",
        "SettingsError",
        "StepError",
        "StoreError",
        "TimecodeError",
        "UnavailableError",
        "UnreadableError",
    ),
    "erasure": ("Erased", "Erasure"),
    "event": ("MAX_DURATION_US", "Event"),
    "finding": ("Finding", "Severity"),
    "intake.wire": ("event_to_wire",),
    "marks": ("DISTRIBUTION", "__version__", "hookimpl", "hookspec"),
    "protocols": (
        "Asset",
        "Cell",
        "Context",
        "EventStep",
        "Guarded",
        "Health",
        "Hooks",
        "Key",
        "Maintenance",
        "Mending",
        "Provider",
        "Reader",
        "Rendered",
        "Renderer",
        "Rule",
        "Run",
        "Running",
        "Salvage",
        "SettingsTable",
        "Source",
        "Step",
        "Store",
        "Submit",
        "SubjectStep",
        "Transaction",
    ),
    "query": ("Groups", "Query", "Report", "Row", "Value"),
    "receipt": ("Outcome", "Receipt", "Verdict"),
    "selection": ("Before", "Selection"),
    "serving.service": ("Service",),
    "setup.home": ("Home",),
    "setup.lock": ("FileLock", "WriteLock"),
    "setup.logbook": ("Logbook",),
    "setup.private": ("read_private", "sync_folder"),
    "setup.remedies": ("file_error",),
    "setup.settings": ("CoreSettings", "usable_path"),
    "stretch": ("Stretch",),
    "subject": ("LABELS", "Seen", "Subject", "declared"),
    "wiring.installation": ("Installation",),
}
"""The module that has each name. It is imported when the name is first asked for, so that nobody pays for another's."""

_PLACES = {name: module for module, names in _MODULES.items() for name in names}

__all__ = [*_PLACES]


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
