"""The README's quick start works as it is pasted."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from docs.manual import ROOT, blocks, codes, prose, section
from support.installations import noon
from support.ports import free_port
from support.server import start

README = ROOT / "README.md"
PORT = "4821"


@pytest.mark.browser
def test_the_quick_start_works_as_pasted(tmp_path: Path) -> None:
    """Its blocks, run by bash against a service in the default home folder, store, print, open and write.

    Only the port differs, and a script stands for the browser.
    """
    script = "".join(block.text for block in blocks(README, "sh"))
    assert script.count(PORT) == 1
    home, clone, port = tmp_path / "user", tmp_path / "clone", str(free_port())
    (clone / ".venv").mkdir(parents=True)
    (clone / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/opened\n', encoding="utf-8")
    browser.chmod(0o700)
    zone = noon()  # so that ten minutes ago are today
    settings = {"core__timezone": zone, "ingest_http__port": port, "export_png__timeout_s": "200"}
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("TIMECODE_")},
        **{f"TIMECODE_{name.upper()}": value for name, value in settings.items()},
        "HOME": str(home),
        "BROWSER": f"{browser} %s",
    }
    with start(home / ".config" / "timecode", int(port), core__timezone=zone):
        run = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script.replace(PORT, port)],
            env=environment,
            cwd=clone,
            capture_output=True,
            text=True,
            timeout=500,
        )
    assert run.returncode == 0, run.stderr
    assert '"stored":2' in run.stdout
    today = run.stdout.partition("}")[2]
    assert "hello" in today
    assert "10 m" in today
    page = (tmp_path / "opened").read_text(encoding="utf-8").strip()
    assert page == (home / ".config" / "timecode" / "open.html").as_uri()
    (image,) = clone.glob("*.png")
    assert image.read_bytes().startswith(b"\x89PNG")


def test_what_make_run_does_is_what_the_readme_says() -> None:
    """The two commands are targets of the Makefile, and `run` serves by the program that the quick start puts first."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    shown = [block.text.strip() for block in blocks(README, "")]
    assert shown == ["make run", "make test"]
    assert "VENV := .venv" in makefile
    assert "$(BIN)/timecode serve" in makefile.partition("\nrun:")[2].partition("\n\n")[0]
    assert "\ntest:" in makefile
    assert 'export PATH="$PWD/.venv/bin:$PATH"' in "".join(block.text for block in blocks(README, "sh"))


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_every_target_that_is_named_exists(page: str) -> None:
    """`make …` in a sentence or a block names a target of the Makefile."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    lines = [line for block in blocks(ROOT / page, "") for line in block.text.splitlines()]
    targets = {code.split("make ")[1].split()[0] for code in (*lines, *codes(prose(ROOT / page))) if "make " in code}
    assert {"run", "test"} & targets
    for target in targets:
        assert f"\n{target}:" in makefile


def test_the_readme_tells_of_every_file_in_the_home_folder(tmp_path: Path) -> None:
    """After serving, opening and inventing, nothing lies in the home folder that the README does not name."""
    home = tmp_path / "home"
    with start(home, core__paths="hashed"):
        found = {path.name for path in home.iterdir()}
    told = section("README.md", "Where everything lives")
    unnamed = {name for name in found if name.removesuffix("-wal").removesuffix("-shm") not in told}
    assert {"timecode.db", "token", "machine_id", "hash_key", "timecode.lock"} <= found
    assert unnamed == {".gitignore"}
