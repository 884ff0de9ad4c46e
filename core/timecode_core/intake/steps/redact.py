"""The step *redact*: a path is stored as the setting `paths` says, and where it was is forgotten."""

from __future__ import annotations

import hmac
import re

from attrs import evolve

from timecode_core.intake.steps.paths import HIDDEN, file_name, full_path, is_absolute, normalise_entity
from timecode_core.protocols import SubjectStep
from timecode_core.setup.settings import PathStyle
from timecode_core.subject import Seen

_HASHED = re.compile(r"hashed-[0-9a-f]{32}")
_ADDRESS = re.compile(r"(?:https?|ftps?|wss?)://[^/]", re.IGNORECASE)
_NOT_PATHS = ("app", "domain", "url")


def build_redact(style: PathStyle, hash_key: str) -> SubjectStep:
    """The step for a path style; `hash_key` is the secret of "hashed"."""
    key = hash_key.encode()

    def stored(entity: str, kind: str, root: str) -> str:
        if style != "absolute":
            again = _redacted(entity, kind, root, style, key)
            while again != entity:  # what is left of `/p/~x` or `/p/C:\\x`, seen by itself, is a path from elsewhere
                entity, again = again, _redacted(normalise_entity(again, kind), kind, "", style, key)
        return entity

    def redact(seen: Seen) -> Seen:
        return evolve(seen, entity=stored(seen.entity, seen.type, seen.project_root), project_root="")

    return redact


def _is_path(entity: str, kind: str) -> bool:
    """Whether to treat the entity as a path: all but apps and addresses, and those too that look like a path.

    Only the schemes of the web are addresses: `sftp://…` and editors' own tell where on a machine a file is.
    """
    if kind in {"domain", "url"} and _ADDRESS.match(entity):
        return False
    return kind not in _NOT_PATHS or is_absolute(entity)


def _redacted(path: str, kind: str, root: str, style: PathStyle, key: bytes) -> str:
    if not _is_path(path, kind):
        return path
    name = file_name(path)
    name = name if name.strip() else HIDDEN
    if path == HIDDEN or _HASHED.fullmatch(path):  # hidden by the sender, or read from an export
        return path if style != "hidden" else HIDDEN
    match style:
        case "relative":
            relative = _relative(path, root)
            return relative if relative.strip() else name
        case "name":
            return name
        case "hashed":
            full = full_path(path, root)
            return "hashed-" + hmac.digest(key, full.encode(), "sha256")[:16].hex()
        case _:
            return HIDDEN


def _relative(path: str, root: str) -> str:
    """The path below the root, or nothing where it can't be told. A path that is relative already stays."""
    if not is_absolute(path):
        return "" if ".." in path.replace("\\", "/").split("/") else path  # whose separator it is, nobody can tell
    prefix = root.rstrip("/") + "/"
    windows = path[1:2] == ":"
    inside = path.startswith(prefix) or (windows and path[: len(prefix)].casefold() == prefix.casefold())
    return path[len(prefix) :] if root and inside else ""
