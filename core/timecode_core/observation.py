"""The observation: an event on its way in, before the steps have made it fit to store."""

from __future__ import annotations

from attrs import field, frozen

from timecode_core.event import Event


@frozen
class Observation:
    """What a source saw, as it came. Units as in `Event`.

    `utc_offset` is None when the sender said nothing of the place (`Z`, `-00:00`, Unix seconds).
    `offset_assumed` is true once a step has filled it in.
    `project_root` only serves to make `entity` relative; an `Event` has no field for it, so it can't be stored.
    """

    time: int
    entity: str
    utc_offset: int | None = None
    duration: int = 0
    type: str = "file"
    category: str = "coding"
    project: str = ""
    branch: str = ""
    language: str = ""
    editor: str = ""
    machine_id: str = ""
    is_write: bool = False
    project_root: str = field(default="", repr=False)
    source: str = ""
    offset_assumed: bool = field(default=False, repr=False)

    def to_event(self) -> Event:
        """The event to store. Raises ValueError while `utc_offset` is still unknown: the normalise step fills it in."""
        if self.utc_offset is None:
            raise ValueError("utc_offset is not known yet")
        return Event(
            self.time,
            self.utc_offset,
            self.duration,
            self.entity,
            self.type,
            self.category,
            self.project,
            self.branch,
            self.language,
            self.editor,
            self.machine_id,
            self.is_write,
            self.source,
            self.offset_assumed,
        )
