"""The demo keeps to a database of its own."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
import time
from pathlib import Path

from support.ports import free_port
from support.server import COMMAND, environment, timecode


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


def test_it_serves_what_it_has_invented_until_it_is_stopped(tmp_path: Path) -> None:
    """On a port of its own, beside the service of the home."""
    port = free_port()
    with subprocess.Popen(
        [sys.executable, "-c", COMMAND, "demo", "--days", "3", "--port", str(port)],
        env=environment(tmp_path / "home"),
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            end = time.monotonic() + 60
            while (status := timecode(tmp_path / "home" / "demo", "status", "--json")).returncode:
                assert process.poll() is None
                assert time.monotonic() < end, status.stderr
            told = json.loads(status.stdout)
            assert (told["address"], told["ready"]) == (f"http://127.0.0.1:{port}", True)
            assert told["store"]["events"] > 100
            assert timecode(tmp_path / "home" / "demo", "stop").returncode == 0
            assert process.wait(60) == 0
        finally:
            process.kill()


def test_the_demo_never_writes_where_the_settings_keep_real_data(tmp_path: Path) -> None:
    """Even where they name the store's file by its full path."""
    home, real = tmp_path / "home", tmp_path / "real.db"
    home.mkdir()
    (home / "config.toml").write_text(f'[store_sqlite]\npath = "{real}"\n', encoding="utf-8")
    done = timecode(home, "demo", "--no-serve", "--days", "3")
    assert done.returncode == 0, done.stderr
    assert not real.exists()
    assert (home / "demo" / "timecode.db").exists()
