"""What holds for every file of the repository: no address of a registry, no path of one machine, no dead link."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from docs.manual import PAGES, ROOT, anchors, codes, name_of, prose, section, tables

REGISTRIES = re.compile(
    r"(pypi|pythonhosted|registry\.(npmjs|yarnpkg)|crates|rubygems|maven\.apache|proxy\.golang)\.(org|com|io)\b"
)
BEGINS = r"(?<![\w.:/~-])"
MACHINE = re.compile(BEGINS + r"/(root|workspace|builds|Users/\w+)/[\w.-]+|/tmp/[\w-]*venv")
"""Paths that only a machine or a container of somebody's has; samples in tests use others."""
THIS_FILE = Path(__file__).relative_to(ROOT).as_posix()


def files() -> dict[str, str]:
    """Every tracked text file but this one, and its text."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found = {}
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        if name != THIS_FILE and path.is_file():
            content = path.read_bytes()
            if b"\0" not in content:
                found[name] = content.decode("utf-8")
    return found


def test_no_file_names_a_registry() -> None:
    """Where packages come from is the affair of whoever installs them."""
    assert {name for name, text in files().items() if REGISTRIES.search(text)} == set()
    assert REGISTRIES.search("https://" + "pypi" + ".org/simple")


def test_no_file_holds_a_path_of_one_machine() -> None:
    """Nothing depends on, or tells of, where it was written."""
    places = re.compile(rf"{BEGINS}{re.escape(str(ROOT))}\b|{MACHINE.pattern}")
    found = {f"{name}: {match[0]}" for name, text in files().items() if (match := places.search(text))}
    assert found == set()
    assert places.search(f"cd {ROOT}")
    assert MACHINE.search("cd /" + "root/timecode")


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_somewhere(page: Path) -> None:
    """Links between pages, to folders and to headings are not dead, and pictures are there."""
    for link in re.findall(r"\]\(([^)]+)\)", prose(page)):
        path, _, anchor = link.partition("#")
        if "://" in path:
            continue
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target), link


def test_there_are_pages() -> None:
    """The pages that the tests of this folder read are found at all."""
    names = {name_of(page) for page in PAGES}
    assert {"README.md", "CHANGELOG.md", "docs/plugins.md", "examples/timecode-invoice/README.md"} <= names


@pytest.mark.parametrize("picture", ["docs/images/dashboard.png", "docs/images/card.png"])
def test_the_pictures_are_small_and_shown(picture: str) -> None:
    """The README shows both, and neither makes a clone large."""
    content = (ROOT / picture).read_bytes()
    assert content.startswith(b"\x89PNG")
    assert len(content) < 300_000
    assert f"]({picture})" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_threat_model_names_tests_that_are_there() -> None:
    """What is claimed is shown somewhere."""
    (table,) = tables(section("SECURITY.md", "Threat model"))
    assert len(table) > 5
    for *_, shown in table:
        names = codes(shown)
        assert names
        for name in names:
            assert (ROOT / "tests" / name).is_file(), name
