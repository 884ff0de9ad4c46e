"""The step *exclude*: what the settings exclude is left out, and never stored."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from typing import Any

from timecode_core.errors import SettingsError
from timecode_core.intake.steps.paths import composed, full_path, normalise_path
from timecode_core.protocols import SubjectStep
from timecode_core.setup.settings import CoreSettings
from timecode_core.subject import Seen


def build_exclude(core: CoreSettings) -> SubjectStep:
    """The step for these settings. Raises SettingsError for a pattern that can't be read.

    That says where it stands, not what it is: the log tells the error, and a pattern has names in it.
    """
    excluded_project = project_matcher(core.exclude_projects)
    try:
        excluded_path = path_matcher(core.exclude_paths) if core.exclude_paths else None
    except PatternError as error:
        raise SettingsError(
            f"core.exclude_paths: pattern {error.number} of {len(core.exclude_paths)} can't be read.",
            remedy="Write patterns as in a .gitignore file.",
        ) from error

    def exclude(seen: Seen) -> Seen | None:
        if excluded_project(seen.project):
            return None
        if excluded_path and (excluded_path(seen.entity) or excluded_path(_full_path(seen))):
            return None
        return seen

    return exclude


def project_matcher(patterns: Sequence[str]) -> Callable[[str], bool]:
    """Whether a project's name fits any of the shell patterns, ignoring case."""
    spelt = [composed(pattern).casefold() for pattern in patterns]

    def matches(project: str) -> bool:
        name = project.casefold()
        return any(fnmatchcase(name, pattern) for pattern in spelt)

    return matches


class PatternError(ValueError):
    """What is no pattern. `number` is its place among those that were given, counted from 1."""

    def __init__(self, number: int, what: str) -> None:
        super().__init__(what)
        self.number = number


def path_matcher(patterns: Sequence[str]) -> Callable[[str], bool]:
    """Whether a path fits the patterns, which are as in a .gitignore file. Raises PatternError."""
    from pathspec import GitIgnoreSpec  # most have no patterns, and start faster without

    read: list[Any] = []
    for number, pattern in enumerate(patterns, 1):
        try:
            read += GitIgnoreSpec.from_lines(_spelt(composed(pattern))).patterns
        except ValueError as error:
            raise PatternError(number, f"{pattern!r} is no pattern") from error
        except re.error as error:  # pathspec lets it through
            raise PatternError(number, f"{pattern!r} is no pattern: {error.msg}") from error
    spec = GitIgnoreSpec(read)
    return lambda path: spec.match_file(path.lstrip("/"))


def _full_path(seen: Seen) -> str:
    """Where the file is. Both separators count: a pattern must also find what climbs out of a project on Windows."""
    return full_path(seen.entity.replace("\\", "/"), seen.project_root)


def _spelt(pattern: str) -> list[str]:
    """The pattern; where it begins at the home folder, also with that folder's path, which is what editors send."""
    sign = "!" if pattern.startswith("!") else ""
    below = pattern.removeprefix(sign)
    if not below.startswith("~/"):
        return [pattern]
    home = normalise_path(os.path.expanduser("~"))  # noqa: PTH111  (unlike Path's, leaves it where there is none)
    return [pattern, f"{sign}/{home.lstrip('/')}{below[1:]}"]
