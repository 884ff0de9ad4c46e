"""The step *normalise*: one form for each path, URL and name, and an offset for every event."""

from __future__ import annotations

from functools import lru_cache
from operator import attrgetter

from timecode_core.errors import EventError
from timecode_core.observation import Observation
from timecode_core.protocols import Step
from timecode_core.settings import CoreSettings
from timecode_core.steps.paths import REMEMBERED, composed, file_name, is_absolute, normalise_entity, normalise_path
from timecode_core.steps.validate import validate
from timecode_core.zone import zone_in_force

_names = attrgetter("project", "branch", "language", "editor", "machine_id", "category", "type")


def build_normalise(core: CoreSettings) -> Step:
    """The step for these settings: their time zone fills in the offsets that are not given."""

    def normalise(observation: Observation) -> Observation:
        project, branch, language, editor, machine_id, category, kind = map(_tidy, _names(observation))
        kind = kind or "file"
        offset = observation.utc_offset
        normal = Observation(  # nearly every field: a third of what attrs.evolve costs
            observation.time,
            _entity(composed(observation.entity), kind),
            zone_in_force(core.timezone).offset(observation.time) if offset is None else offset,
            observation.duration,
            kind,
            category or "coding",
            _project(project),
            branch,
            language,
            editor,
            machine_id,
            observation.is_write,
            normalise_path(composed(observation.project_root).lstrip()) if observation.project_root else "",
            observation.source,
            offset_assumed=offset is None or observation.offset_assumed,
        )
        return validate(normal)  # a decoded or composed text may be longer, or hold what can't be stored

    return normalise


@lru_cache(REMEMBERED)
def _tidy(text: str) -> str:
    return composed(text).strip()


@lru_cache(REMEMBERED)
def _project(name: str) -> str:
    """The project's name. Some clients send its folder for it: then the folder's name."""
    while is_absolute(path := normalise_path(name)) and (last := _tidy(file_name(path))) != name:
        name = last
    return name


def _entity(entity: str, kind: str) -> str:
    entity = normalise_entity(entity, kind)
    if not entity:
        raise EventError("is empty once credentials, query and fragment are gone", field="entity")
    return entity
