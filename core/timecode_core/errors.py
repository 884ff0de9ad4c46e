"""The one error tree. A `TimecodeError` is expected: it prints as one line with a remedy, never as a traceback."""

from __future__ import annotations


class TimecodeError(Exception):
    """Base of every error that a user, a client or the machine can cause.

    `remedy` is a sentence that says what to do about it; empty when the message says it all.
    """

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.remedy = remedy

    def __str__(self) -> str:
        message = super().__str__()
        return f"{message} {self.remedy}" if self.remedy else message


class EventError(TimecodeError):
    """An event that can never be stored: the sender must not send it again. `field` names the part at fault."""

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(f"{field}: {message}" if field else message)
        self.field = field


class SettingsError(TimecodeError):
    """A setting that is missing, unknown or out of range."""


class QueryError(TimecodeError):
    """A question that cannot be answered: an unknown column, a range that ends before it begins."""


class PluginError(TimecodeError):
    """A plugin that the settings need and that is missing, broken or named twice."""


class UnavailableError(TimecodeError):
    """Not now, and not the sender's fault. Nothing of the batch at hand was stored; sending it again later is right."""


class StoreError(UnavailableError):
    """The store refused or failed."""


class StoppedError(TimecodeError):
    """Long work was ended before its time: the service is being closed, or what it was about is not there any more."""


class NothingYetError(StoreError):
    """There is nothing to read: nothing has ever been stored."""


class DamageError(StoreError):
    """What the store holds is damaged, so that none of it may be served. Trying again won't help."""


class UnknownRuleError(StoreError):
    """Nothing tells by which rule and settings the totals were made: they must be made anew."""


class UnreadableError(StoreError):
    """One entry of the store can't be read; questions that don't meet it are answered as ever."""


class StepError(UnavailableError):
    """A step failed by a fault of its own, so that what it should have hidden may still be there."""


class BusyError(UnavailableError):
    """Somebody else holds what this needs, or the service is still getting ready."""


class RenderError(TimecodeError):
    """A renderer could not make its output, or lacks a tool to do it with."""
