"""The found contexts: what labels the numbers in a damaged database may stand for, and how many events had them."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from timecode_store_sqlite.label_sets import mark_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from timecode_store_sqlite.label_sets import Labels
    from timecode_store_sqlite.records import StoredContext


class FoundContexts:
    """Takes every context that is found, sound or not, and every event that is found to have the labels of one.

    Labels are believed where their mark says that nobody has changed them, or where an event's id follows from them.
    """

    def __init__(self) -> None:
        self._labels: defaultdict[int, dict[Labels, None]] = defaultdict(dict)
        self._counted: dict[Labels, int] = {}
        self._found: Counter[Labels] = Counter()
        self._believed: set[Labels] = set()
        self._rows: set[tuple[int, Labels]] = set()
        self._keys: set[tuple[int, Labels]] = set()

    def add(self, one: StoredContext) -> None:
        """Take a context; of those with the same labels the newest comes last."""
        self._labels[one.number][one.labels] = None
        if one.events is None:
            self._keys.add((one.number, one.labels))
            return
        self._rows.add((one.number, one.labels))
        self._counted[one.labels] = one.events
        if one.mark is not None and one.mark == mark_of(*one.labels):
            self._believed.add(one.labels)

    def of(self, number: int) -> Sequence[Labels]:
        """The labels that the number may stand for, first those that are believed."""
        found = self._labels.get(number, {})
        return sorted(found, key=lambda labels: labels not in self._believed) if len(found) > 1 else [*found]

    def knows(self, number: int) -> bool:
        """Whether labels of the number are believed: an event that they don't fit is not as it was stored."""
        return not self._believed.isdisjoint(self._labels.get(number, ()))

    def confirm(self, labels: Labels) -> None:
        """An event is found whose id follows from the labels."""
        self._believed.add(labels)
        self._found[labels] += 1

    def excuse(self, number: int) -> None:
        """An event of the number is found, be it that nothing tells its labels."""
        self._found.update(self.of(number))

    @property
    def lost(self) -> tuple[int, int] | None:
        """How many events are not found, and of how many; None where no count is left that can be believed.

        A count can also be where the table and its index have the same labels: version 1 had no marks.
        """
        agreed = {labels for _, labels in self._rows & self._keys}
        counted = {labels: self._counted[labels] for labels in self._counted.keys() & (self._believed | agreed)}
        lost = sum(max(0, count - self._found[labels]) for labels, count in counted.items())
        return (lost, sum(counted.values())) if counted else None
