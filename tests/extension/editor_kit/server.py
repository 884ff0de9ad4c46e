"""code-server with the extension installed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from support.ports import free_port

from . import install
from .waiting import until


class Editor:
    """One code-server process, its user folder, and the files in which windows witness what they record."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.folder = folder
        self.witness = folder / "witness"
        self.witness.mkdir(parents=True)
        self.user = folder / "user"
        self.port = free_port()
        self._home = home
        self._entry = install.code_server()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def queue(self) -> Path:
        """Where the extension keeps what waits."""
        return self.user / "User" / "globalStorage" / "timecode.timecode" / "queue"

    def settings(self, **changes: Any) -> None:
        """Sets user settings before the start; None removes one."""
        path = self.user / "User" / "settings.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        current: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
        for name, value in changes.items():
            key = name.replace("__", ".")
            if value is None:
                current.pop(key, None)
            else:
                current[key] = value
        draft = path.with_suffix(".draft")
        draft.write_text(json.dumps(current))
        draft.replace(path)

    def start(self, **environment: str) -> None:
        self.install(install.extension_vsix())
        self.install(install.pack(install.WITNESS, self.folder))
        log = (self.folder / "code-server.log").open("ab")
        with log:
            self._process = subprocess.Popen(
                [
                    *self._command(),
                    f"--bind-addr=127.0.0.1:{self.port}",
                    "--auth=none",
                    "--disable-telemetry",
                    "--disable-update-check",
                    "--disable-workspace-trust",
                    "--disable-getting-started-override",
                ],
                env={**self._environment(), **environment},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        until(self._healthy, "code-server to answer")

    def stop(self) -> None:
        if self._process:
            os.killpg(self._process.pid, signal.SIGTERM)
            try:
                self._process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()

    def install(self, vsix: Path) -> None:
        """Also while it runs: open windows take it up by themselves."""
        done = subprocess.run(
            [*self._command(), "--install-extension", str(vsix)],
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        assert "successfully installed" in done.stdout, done.stdout + done.stderr

    def _command(self) -> list[str]:
        config = self.folder / "config.yaml"
        config.touch()
        return [
            install.tool("node", "install Node.js 20"),
            str(self._entry),
            f"--config={config}",
            f"--user-data-dir={self.user}",
            f"--extensions-dir={self.folder / 'extensions'}",
        ]

    def _environment(self) -> dict[str, str]:
        # A service of the person who runs the tests must stay out of it.
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("TIMECODE_", "VSCODE_"))}
        return {**kept, "TIMECODE_HOME": str(self._home), "TIMECODE_WITNESS": str(self.witness)}

    def _healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False


def make_project(folder: Path, branch: str, files: dict[str, str]) -> Path:
    """A git checkout with a branch and files, committed."""
    git = shutil.which("git") or "git"
    folder.mkdir(parents=True)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    who = ["-c", "user.name=t", "-c", "user.email=t@localhost", "-c", "commit.gpgsign=false"]
    for command in (["init", "-q", "-b", branch], ["add", "-A"], [*who, "commit", "-qm", "first"]):
        subprocess.run([git, *command], cwd=folder, check=True, capture_output=True)
    return folder
