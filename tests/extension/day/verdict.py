"""What a comparison comes to, and where the verdicts of long days are kept."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from extension.editor_kit.install import EXTENSION, ROOT, extension_vsix

from .acts import asleep
from .comparison import TIMEOUT_S, Comparison
from .world import SECRETS


@dataclass(frozen=True)
class Verdict:
    """How much of the day differs, what is wrong, and the table that tells where."""

    share: float
    faults: list[str]
    table: str


def judge(found: Comparison, bar: float) -> Verdict:
    """The whole within the bar; of what is excluded, nothing; of a sleep, no more than the service's timeout."""
    faults = []
    if found.share > bar:
        faults.append(f"{found.share:.2%} of the day differ")
    if named := found.naming(*SECRETS):
        faults.append(f"{len(named)} events tell of the excluded project, such as {named[0]}")
    if (slept := found.during(asleep.__name__)) > TIMEOUT_S:
        faults.append(f"{slept:.1f} s of sleep are credited")
    return Verdict(found.share, faults, "\n".join([found.table(), *faults]))


class Verdicts:
    """One file a seed, in a folder of this very build and script: what was broken off goes on where it was."""

    def __init__(self) -> None:
        extension_vsix()
        sources = [EXTENSION / "dist" / "extension.js", *sorted(Path(__file__).parent.glob("*.py"))]
        digest = hashlib.sha256(b"".join(source.read_bytes() for source in sources))
        self.folder = ROOT / ".cache" / "days" / digest.hexdigest()[:12]
        self.folder.mkdir(parents=True, exist_ok=True)

    def all(self) -> dict[int, Verdict]:
        """By seed."""
        return {int(path.stem): self._read(path) for path in self.folder.glob("*.json")}

    def get(self, seed: int) -> Verdict | None:
        path = self._path(seed)
        return self._read(path) if path.exists() else None

    def add(self, seed: int, verdict: Verdict) -> Verdict:
        draft = self._path(seed).with_suffix(".draft")
        draft.write_text(json.dumps(asdict(verdict)))
        draft.replace(self._path(seed))
        return verdict

    def _path(self, seed: int) -> Path:
        return self.folder / f"{seed}.json"

    @staticmethod
    def _read(path: Path) -> Verdict:
        return Verdict(**json.loads(path.read_text()))
