"""The projects of a day, on disk: two checkouts, a third behind a link, an excluded one with a link too, a worktree."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from extension.editor_kit.server import make_project

EXCLUDED = "vault"
SECRETS = (EXCLUDED, "cellar", "ruby.py", "pearl.py")
"""Every name by which the excluded project could be told: its own, its link's, its files'."""

# Long enough to be scrolled, with a word that can be replaced all over.
_PROSE = "".join(f"# {n}: an anchor lies here\n" for n in range(150))


@dataclass(frozen=True)
class Place:
    """A file: where it is opened, and what it should be credited as."""

    path: Path
    project: str
    entity: str
    category: str = "coding"


class World:
    """Made anew in an empty folder."""

    def __init__(self, folder: Path) -> None:
        self.harbour = make_project(folder / "harbour", "main", _files("crane.py", "buoy.py", "quay.py", "tide.ts"))
        self.island = make_project(folder / "island", "trunk", _files("palm.py", "reef.py", "cove.py"))
        mole = make_project(folder / "mole", "main", _files("stone.py", "lamp.py"))
        vault = make_project(folder / EXCLUDED, "main", _files("ruby.py", "pearl.py"))
        links = folder / "links"
        links.mkdir()
        (links / "breakwater").symlink_to(mole)
        (links / "cellar").symlink_to(vault)
        storm = folder / "harbour-storm"
        command = ["git", "worktree", "add", "-q", "-b", "storm", str(storm)]
        subprocess.run(command, cwd=self.harbour, check=True, capture_output=True)
        (storm / "src" / "gale.py").write_text(_PROSE)
        (self.harbour / "pytest").chmod(0o755)
        self.sources = _places(self.harbour, "harbour", "src/crane.py", "src/buoy.py", "src/tide.ts")
        self.quay = Place(self.harbour / "src" / "quay.py", "harbour", "src/quay.py")
        self.test = Place(self.harbour / "tests" / "test_crane.py", "harbour", "tests/test_crane.py", "writing tests")
        self.docs = _places(self.harbour, "harbour", "docs/guide.md", "README.md", category="writing docs")
        self.program = Place(self.harbour / "beacon.js", "harbour", "beacon.js")
        self.before_review = self.harbour / "src" / "before.py"
        self.abroad = _places(self.island, "island", "src/palm.py", "src/reef.py")
        self.agents = Place(self.island / "src" / "cove.py", "island", "src/cove.py")
        self.agents_here = Place(self.harbour / "src" / "dock.py", "harbour", "src/dock.py")
        self.linked = _places(links / "breakwater", "mole", "src/stone.py", "src/lamp.py")
        self.worktree = Place(storm / "src" / "gale.py", "harbour", "src/gale.py")
        self.excluded = [vault / "src" / "ruby.py", links / "cellar" / "src" / "pearl.py"]


def _files(*names: str) -> dict[str, str]:
    files = {f"src/{name}": _PROSE.replace("#", "//") if name.endswith(".ts") else _PROSE for name in names}
    return {
        **files,
        "src/before.py": _PROSE.upper(),
        "src/dock.py": _PROSE,
        "tests/test_crane.py": _PROSE,
        "docs/guide.md": _PROSE.replace("# ", "- "),
        "README.md": _PROSE.replace("# ", "- "),
        "beacon.js": "setInterval(() => {}, 1000);\n" + _PROSE.replace("#", "//"),
        "pytest": "#!/bin/sh\nexec sleep 900\n",
        "Makefile": "all:\n\tsleep 900\n",
    }


def _places(root: Path, project: str, *names: str, category: str = "coding") -> list[Place]:
    return [Place(root / name, project, name, category) for name in names]
