"""Paths as editors of any system send them, in one form."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from urllib.parse import unquote

_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_BELOW_A_DRIVE = re.compile(r"[A-Za-z]:")
_FILE = re.compile(r"file:(?=/)(?://(?P<host>[^/]*))?", re.IGNORECASE)
_LOCATED = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:(?:[A-Za-z][A-Za-z0-9+.-]*:)*/")
_CREDENTIALS = re.compile(r"(^|//)[^/]*@")
_SCHEME = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:)?//")

HIDDEN = "HIDDEN"
"""The entity of a file whose path is hidden; the name that other trackers use, too."""


def composed(text: str) -> str:
    """One spelling of accented letters: some systems give file names decomposed."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def is_absolute(path: str) -> bool:
    """Whether a normalised path says where on a machine: `/x`, `C:/x`, `C:x`, `//server/x`, `~/x`, `scheme:/x`."""
    return path.startswith(("/", "~")) or bool(_BELOW_A_DRIVE.match(path) or _LOCATED.match(path))


def full_path(path: str, root: str) -> str:
    """Where a normalised path leads from its project's folder; as it is where it needs none, or there is none."""
    return path if is_absolute(path) or not root else normalise_path(f"{root}/{path}")


def normalise_path(path: str) -> str:
    """Slashes forward, drive letter large, no `.`, no doubled or trailing slash; a file: URL becomes its path.

    A backslash is a separator only in a path that begins like a Windows one: elsewhere it may be part of a name.
    """
    if url := _FILE.match(path):
        host = url["host"] or ""
        path = unquote(re.split(r"[?#]", path[url.end() :], maxsplit=1)[0])
        path = f"//{host}{path}" if host.lower() not in {"", "localhost"} else path
        path = path[1:] if _DRIVE.match(path[1:]) else path
    elif _LOCATED.match(path):
        return normalise_url(path)
    if _DRIVE.match(path) or path.startswith("\\"):
        path = path.replace("\\", "/")
    if _DRIVE.match(path):
        path = path[0].upper() + path[1:]
    if path[1:2] == ":" or path.startswith("~"):  # `..` must not climb over the beginning: what is left looked relative
        beginning, slash, rest = path.partition("/")
        return beginning + posixpath.normpath(slash + rest.lstrip("/")) if slash else path
    return posixpath.normpath(path)


def normalise_entity(entity: str, kind: str) -> str:
    """The entity of an event of that type in the one form that, seen again, stays as it is."""
    while (again := _one_form(entity, kind)) != entity:
        entity = again
    return entity


def _one_form(entity: str, kind: str) -> str:
    entity = entity.lstrip()  # or a blank before it would make an absolute path look relative
    if entity == HIDDEN:
        return entity
    if kind in {"url", "domain"} and not _FILE.match(entity):
        return normalise_url(entity)
    return normalise_path(entity) if kind != "app" or is_absolute(entity) else entity


def file_name(path: str) -> str:
    """The last part of a path. Both separators count: nobody can tell whose a path without a beginning is."""
    return path.replace("\\", "/").rpartition("/")[2]


def normalise_url(url: str) -> str:
    """The URL without credentials, query and fragment; scheme and host small."""
    while (plainer := _plainer(url)) != url:  # cutting may have brought others to light
        url = plainer
    return url


def _plainer(url: str) -> str:
    rest = _CREDENTIALS.sub(r"\1", re.split(r"[?#]", url, maxsplit=1)[0])
    match = _SCHEME.match(rest)
    scheme = match.group().lower() if match else ""
    host, slash, path = rest[len(scheme) :].partition("/")
    return scheme + host.lower() + slash + path
