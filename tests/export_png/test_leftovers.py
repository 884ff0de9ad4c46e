"""Cleaning up after a process that could not."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from timecode_export_png.chromium.leftovers import OWNER, new_folder, sweep


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def sleeper(folder: Path) -> subprocess.Popen[bytes]:
    """A process that has its temporary files in the folder."""
    script = "import time; print(flush=True); time.sleep(600)"
    environment = {**os.environ, "TMPDIR": f"{folder}/tmp"}
    process = subprocess.Popen([sys.executable, "-c", script], env=environment, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    return process


def gone() -> int:
    """The id of a process that is no more."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="this system does not show environments")
def test_an_orphan_is_ended_and_its_folder_removed() -> None:
    """Of a dead owner, nothing stays."""
    folder = new_folder()
    (folder / OWNER).write_text(str(gone()), encoding="ascii")
    orphan = sleeper(folder)
    sweep()
    assert orphan.wait(240) == -9
    assert not folder.exists()


def test_what_a_living_process_owns_stays() -> None:
    """Ours, here, and folders that say nothing of an owner."""
    folder = new_folder()
    used = sleeper(folder)
    strange = folder.with_name("timecode-png-strange")
    strange.mkdir()
    (strange / OWNER).write_text("who?", encoding="ascii")
    try:
        sweep()
        assert used.poll() is None
        assert folder.exists()
        assert strange.exists()
    finally:
        used.kill()
        used.wait()
        assert used.stdout is not None
        used.stdout.close()
