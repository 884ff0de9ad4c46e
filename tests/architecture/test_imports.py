"""Imports point inward: the contracts in pyproject.toml hold."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

_ROOT = Path(__file__).parents[2]


def test_no_import_goes_against_the_contracts() -> None:
    """The core names no plugin; the store knows no HTTP and no charts; renderers know no HTTP and no SQL."""
    command = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run([command, "--no-cache"], cwd=_ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    contracts = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    assert f"{len(contracts)} kept, 0 broken" in run.stdout, run.stdout


def test_every_package_is_under_the_contracts() -> None:
    """A plugin's package that is added to the wheel is added to the contracts, too."""
    settings = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    shipped = {Path(package).name for package in settings["hatch"]["build"]["targets"]["wheel"]["packages"]}
    assert set(settings["importlinter"]["root_packages"]) == shipped
    contracts = settings["importlinter"]["contracts"]
    assert {module for contract in contracts for module in contract.get("source_modules", ())} == shipped


def test_the_core_alone_imports_nothing_heavy() -> None:
    """What every command pays for: the core with its plugins found, and none of their libraries."""
    script = (
        "import sys; from timecode_core.wiring.plugins import Plugins; Plugins(); import timecode_core.serving.service;"
        "print([n for n in sys.modules if n in {'falcon', 'gunicorn', 'apsw', 'bokeh', 'selenium', 'numpy'}])"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=True)
    assert run.stdout.strip() == "[]"
