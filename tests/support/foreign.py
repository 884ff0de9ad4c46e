"""Stand-ins for a system's programs: they write down how they were called, and do as they are told."""

from __future__ import annotations

from pathlib import Path

from attrs import frozen

_SCRIPT = """#!/bin/sh
printf '%s\\n' "${{0##*/}} $*" >>'{calls}'
{does}
"""


@frozen
class Foreign:
    """A folder of programs, to be put first on PATH, and what they were called with."""

    folder: Path

    def put(self, name: str, does: str = "") -> None:
        """A program, with what it does in the words of a shell."""
        self.folder.mkdir(exist_ok=True)
        program = self.folder / name
        program.write_text(_SCRIPT.format(calls=self._calls, does=does), encoding="utf-8")
        program.chmod(0o755)

    @property
    def _calls(self) -> Path:
        return self.folder / "calls"

    def take(self) -> list[str]:
        """Every call since this was last asked, in order."""
        calls = self._calls.read_text(encoding="utf-8").splitlines() if self._calls.exists() else []
        self._calls.unlink(missing_ok=True)
        return calls
