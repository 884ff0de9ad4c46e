"""The plugin: what it offers, and that it costs nothing until it is used."""

import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import pytest
import timecode_store_sqlite
from timecode_core.protocols import Context, Hooks
from timecode_core.setup.home import Home
from timecode_core.setup.settings import CoreSettings
from timecode_store_sqlite.settings import SqliteSettings
from timecode_store_sqlite.store import SqliteStore


def build(home: Path, settings: SqliteSettings | None = None, *, writable: bool) -> SqliteStore:
    (provider,) = timecode_store_sqlite.timecode_stores()
    context = Context(Home(home), CoreSettings(), cast("Hooks", None), writable=writable)
    return cast("SqliteStore", provider.build(settings or cast("Any", provider.settings)(), context))


def test_the_store_lives_in_the_home_folder(tmp_path: Path) -> None:
    """Writing makes the home folder where it is missing, and the database in it; reading opens the same."""
    home = tmp_path / "home"
    store = build(home, writable=True)
    with store.writing() as transaction:
        transaction.set_metadata("key", "value")
    store.close()
    reading = build(home, writable=False)
    with reading.reading() as reader:
        assert reader.metadata() == {"key": "value"}
    assert reading.health().details["path"] == str(home / "timecode.db")
    reading.close()


def test_the_path_is_a_setting(tmp_path: Path) -> None:
    """A relative path starts at the home folder, an absolute one stands for itself."""
    assert SqliteSettings(path="a/b.db").file(tmp_path) == tmp_path / "a" / "b.db"
    assert SqliteSettings(path=str(tmp_path / "c.db")).file(Path("/home")) == tmp_path / "c.db"
    with pytest.raises(ValueError, match="busy_timeout_ms"):
        SqliteSettings(busy_timeout_ms=-1)


def test_importing_the_plugin_loads_no_sqlite() -> None:
    """A command that needs no store doesn't pay for APSW."""
    code = "import sys, timecode_store_sqlite as s; s.timecode_stores(); sys.exit('apsw' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
