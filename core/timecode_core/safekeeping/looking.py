"""Looking a store through: whether what it holds can be served."""

from __future__ import annotations

from collections.abc import Sequence

from timecode_core.accounting.terms import Terms
from timecode_core.accounting.upkeep import Progress
from timecode_core.errors import BusyError, DamageError, StoppedError, UnknownRuleError, UnreadableError
from timecode_core.protocols import Guarded, Store

REBUILD = "Stop the service and run `timecode rebuild`, which mends what the events tell."
_SAVING = "`timecode restore FILE` puts a backup in the place of the database, `timecode recover` saves what is left."
BEYOND = f"Stop the service: {_SAVING}"
"""What helps where not even a rebuild does."""
REMEDY = f"Stop the service and run `timecode rebuild`; where that fails, {_SAVING}"


def look_through(terms: Terms, store: Store, progress: Progress, *, always: bool = False) -> tuple[str, ...]:
    """Look through a store that is in doubt (or any that can be, with `always`), and trust it where it is sound.

    Gives what can't be read or told though the rest can be served, a line each. Raises DamageError for what must not be
    served, StoreError.
    """
    if not isinstance(store, Guarded) or not (store.doubt or always):
        return ()
    from timecode_core.accounting.verification import verify  # a store that is not in doubt can do without

    opening = store.opening
    try:
        found = verify(terms, store, progress)
    except (BusyError, UnknownRuleError) as error:
        # made by another rule than today's, or who knows which: the totals are about to be made anew
        _judge(store, opening, store.check(), error)
        return ()
    except UnreadableError as error:
        if damage := store.check():
            _judge(store, opening, damage, error)
        return (str(error),)
    derived = {aggregation.name for aggregation in terms.aggregations if aggregation.derived}
    _judge(store, opening, [fault for name, fault in found.faults if name not in derived])
    return tuple(fault for name, fault in found.faults if name in derived)


def _judge(store: Guarded, opening: int, faults: Sequence[str], cause: Exception | None = None) -> None:
    """Trust a store without faults. Raises DamageError for one with some, StoppedError where it is another by now."""
    if not store.judge(opening, sound=not faults):
        raise StoppedError("another database has come into its place while it was looked through.")
    if faults:
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        raise DamageError(f"the database is damaged: {faults[0]}{more}.", remedy=REMEDY) from cause
