"""The demo keeps to a database of its own."""

from __future__ import annotations

import stat
from pathlib import Path

from support.server import timecode


def test_a_second_demo_takes_the_place_of_the_first(tmp_path: Path) -> None:
    """Another seed, or another day, invents another person; the two don't add up."""
    home = tmp_path / "home"
    alone = timecode(tmp_path / "alone", "demo", "--no-serve", "--days", "5", "--seed", "2")
    assert alone.returncode == 0, alone.stderr
    for seed in ("1", "2"):
        assert timecode(home, "demo", "--no-serve", "--days", "5", "--seed", seed).returncode == 0
    first, second = (timecode(where / "demo", "verify").stdout for where in (tmp_path / "alone", home))
    assert first == second
    assert "no differences" in second
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_the_demo_never_writes_where_the_settings_keep_real_data(tmp_path: Path) -> None:
    """Even where they name the store's file by its full path."""
    home, real = tmp_path / "home", tmp_path / "real.db"
    home.mkdir()
    (home / "config.toml").write_text(f'[store_sqlite]\npath = "{real}"\n', encoding="utf-8")
    done = timecode(home, "demo", "--no-serve", "--days", "3")
    assert done.returncode == 0, done.stderr
    assert not real.exists()
    assert (home / "demo" / "timecode.db").exists()
