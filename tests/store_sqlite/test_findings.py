"""What `timecode doctor` hears of the database's file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support.installations import installation
from timecode_core.finding import Finding
from timecode_store_sqlite import findings as module
from timecode_store_sqlite.findings import findings
from timecode_store_sqlite.location import MOUNTS
from timecode_store_sqlite.store import SqliteStore


@pytest.fixture
def home(tmp_path: Path) -> Path:
    SqliteStore(tmp_path / "timecode.db").close()
    return tmp_path


def told(home: Path) -> list[Finding]:
    return findings(installation(home))


def test_a_database_that_was_closed_in_good_order_is_well(home: Path) -> None:
    assert {one.severity for one in told(home)} == {"ok"}
    assert any("closed in good order" in one.text for one in told(home))


def test_a_database_that_is_served_is_well_and_one_that_was_left_open_is_in_doubt(home: Path) -> None:
    """Its marker says "open" for both: the lock tells them apart."""
    store = SqliteStore(home / "timecode.db")
    assert {one.severity for one in told(home)} == {"ok"}
    assert any(f"being written by timecode (process {os.getpid()})" in one.text for one in told(home))
    marker = (home / "timecode.db.state").read_bytes()
    store.close()
    (home / "timecode.db.state").write_bytes(marker)
    (found,) = (one for one in told(home) if one.severity != "ok")
    assert (found.severity, found.text) == ("warning", f"{home / 'timecode.db'}: it was not closed in good order")


def test_a_log_that_nobody_folds_is_told(home: Path) -> None:
    """Sixty-five megabytes and more; a busy day needs sixteen."""
    for size, expected in ((60, 0), (70, 1)):
        with (home / "timecode.db-wal").open("wb") as log:
            log.truncate(size * 1024 * 1024)
        assert sum("its log has grown" in one.text for one in told(home)) == expected


def test_a_network_file_system_is_a_fault(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = home / "mounts"
    mounts.write_text(f"server:/x {home} nfs4 rw 0 0\n", encoding="utf-8")
    assert MOUNTS.is_absolute()
    monkeypatch.setattr(module, "MOUNTS", mounts)
    (found,) = (one for one in told(home) if one.severity != "ok")
    assert found.severity == "fault"
    assert "network file system (nfs4)" in found.text
    assert "local disk" in found.remedy


@pytest.mark.parametrize("target", ["disk/t.db", "timecode.db"], ids=["to nothing", "to itself"])
def test_a_link_that_leads_nowhere_is_a_fault(tmp_path: Path, target: str) -> None:
    """The disk that has the database may not be mounted: it is not one that is still to come."""
    (tmp_path / "timecode.db").symlink_to(tmp_path / target)
    (found,) = told(tmp_path)
    assert found.severity == "fault"
    assert "lead" in found.text
    assert "emove t" in found.remedy


def test_another_store_is_not_looked_at(home: Path) -> None:
    assert findings(installation(home, {"store": "postgres"})) == []
