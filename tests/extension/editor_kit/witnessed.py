"""What the windows recorded, held against what the store holds."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

_SAME = ("category", "project", "branch", "language", "editor", "machine_id", "is_write", "type")
Key = tuple[Any, ...]


def lines(folder: Path, kind: str, pid: int | None = None) -> list[dict[str, Any]]:
    """Every line of one kind that any window wrote down, or one window's in order."""
    found: list[dict[str, Any]] = []
    for path in sorted(folder.glob("*.jsonl" if pid is None else f"{pid}.jsonl")):
        written, _end, _begun = path.read_bytes().rpartition(b"\n")  # a line may be half written
        for line in written.splitlines():
            entry = json.loads(line)
            if entry["kind"] == kind:
                found.append(entry)
    return found


def recorded(folder: Path, pid: int | None = None) -> list[dict[str, Any]]:
    return [entry["event"] for entry in lines(folder, "recorded", pid)]


def text(event: dict[str, Any]) -> str:
    """The event as the windows spell it in their queues."""
    return json.dumps(event, separators=(",", ":"), ensure_ascii=False)


def key(event: dict[str, Any]) -> Key:
    """What makes an event that very event: its instant and all it says."""
    entity = event["entity"]
    if "project_root" in event:
        # The service's own setting, relative by default, is stricter than the extension's here.
        entity = Path(entity).relative_to(event["project_root"]).as_posix()
    return (entity, datetime.fromisoformat(event["time"]).timestamp(), *(event[name] for name in _SAME))


def missing(folder: Path, stored: list[dict[str, Any]]) -> list[Key]:
    """Recorded by a window, but not in the store."""
    held = {key(event) for event in stored}
    return [one for one in map(key, recorded(folder)) if one not in held]


def twice(stored: list[dict[str, Any]]) -> list[Key]:
    """In the store more than once, by content or by id."""
    counts = Counter(map(key, stored)) + Counter(("id", event["id"]) for event in stored)
    return [one for one, count in counts.items() if count > 1]


def told(folder: Path) -> list[tuple[Key, str]]:
    """What the windows were told that is stored, and under which ids."""
    return [(key(json.loads(entry["text"])), entry["id"]) for entry in lines(folder, "settled") if entry["id"]]


def wrong_ids(told: list[tuple[Key, str]], stored: list[dict[str, Any]]) -> list[Key]:
    """Told to a window under one id and stored under another, or not stored under it."""
    ids = {key(event): event["id"] for event in stored}
    return [one for one, identity in told if ids.get(one) != identity]
