"""The step *normalise*: one form for each path, URL and name."""

from __future__ import annotations

from functools import lru_cache

from attrs import fields

from timecode_core.errors import EventError
from timecode_core.intake.steps.paths import composed, file_name, is_absolute, normalise_entity, normalise_path
from timecode_core.subject import TEXTS, Seen, Subject

_NAMES = tuple(name for name in TEXTS if name not in {"entity", "source"})
_DEFAULTS: dict[str, str] = {one.name: one.default for one in fields(Subject) if one.default}


def normalise(seen: Seen) -> Seen:
    """The same subject in the form that, seen again, stays as it is. Raises EventError where no entity is left."""
    names: dict[str, str] = {name: _tidy(getattr(seen, name)) or _DEFAULTS.get(name, "") for name in _NAMES}
    names["project"] = _project(names["project"])
    root = _root(seen.project_root) if seen.project_root else ""
    entity = _entity(composed(seen.entity), names["type"])
    return Seen(entity=entity, project_root=root, source=seen.source, **names)


@lru_cache(1024)  # labels repeat where the entity is new
def _tidy(text: str) -> str:
    return composed(text).strip()


@lru_cache(1024)
def _project(name: str) -> str:
    """The project's name. Some clients send its folder for it: then the folder's name."""
    while is_absolute(path := normalise_path(name)) and (last := _tidy(file_name(path))) != name:
        name = last
    return name


@lru_cache(128)
def _root(path: str) -> str:
    return normalise_path(composed(path).lstrip())


def _entity(entity: str, kind: str) -> str:
    entity = normalise_entity(entity, kind)
    if not entity:
        raise EventError("is empty once credentials, query and fragment are gone", field="entity")
    return entity
