"""Gets code-server and the packed extension ready, once for a checkout."""

from __future__ import annotations

import fcntl
import json
import shutil
import subprocess
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
EXTENSION = ROOT / "extension"
WITNESS = Path(__file__).resolve().parents[1] / "witness"
VERSION = "4.100.3"
CACHE = ROOT / ".cache" / f"code-server-{VERSION}"

_MANIFEST = """<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011">
  <Metadata>
    <Identity Language="en-US" Id="{name}" Version="{version}" Publisher="{publisher}" />
    <DisplayName>{name}</DisplayName>
    <Properties><Property Id="Microsoft.VisualStudio.Code.Engine" Value="{engine}" /></Properties>
  </Metadata>
  <Installation><InstallationTarget Id="Microsoft.VisualStudio.Code" /></Installation>
  <Dependencies />
  <Assets>
    <Asset Type="Microsoft.VisualStudio.Code.Manifest" Path="extension/package.json" Addressable="true" />
  </Assets>
</PackageManifest>
"""
_TYPES = """<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
  <Default Extension=".json" ContentType="application/json" />
  <Default Extension=".js" ContentType="application/javascript" />
  <Default Extension=".vsixmanifest" ContentType="text/xml" />
</Types>
"""


def tool(name: str, remedy: str) -> str:
    """The path of a command. A missing one fails the test and says what to install: a skip would look like a pass."""
    found = shutil.which(name)
    if found is None:
        pytest.fail(f"the extension's tests need `{name}`: {remedy}", pytrace=False)
    return found


def code_server() -> Path:
    """The entry point of code-server, installed on first use."""
    node = tool("node", "install Node.js 20")
    npm = tool("npm", "install Node.js 20 with npm")
    version = subprocess.run([node, "--version"], check=True, capture_output=True, text=True).stdout.strip()
    if not version.startswith("v20."):
        pytest.fail(f"code-server {VERSION} runs on Node.js 20 only, and `node` is {version}", pytrace=False)
    home = CACHE / "node_modules" / "code-server"
    done = CACHE / ".complete-with-terminals"
    with _alone(CACHE):
        if not done.exists():
            tool("g++", "install a C++ compiler: apt-get install g++ make")
            (CACHE / "package.json").write_text('{"private": true}\n')
            install = [npm, "install", "--ignore-scripts", "--no-audit", "--no-fund"]
            _run([*install, f"code-server@{VERSION}"], CACHE)
            vscode = home / "lib" / "vscode"
            for folder in (vscode, vscode / "extensions"):
                _run([*install, "--omit=dev"], folder)
            _run([npm, "rebuild", "argon2", *_headers(node)], CACHE)
            # Not by `npm rebuild`: its own script then asks for a node-gyp from elsewhere.
            build = " ".join(["node-gyp rebuild", *_headers(node)])
            _run([npm, "exec", "--call", build], vscode / "node_modules" / "node-pty")
            done.touch()
    return home / "out" / "node" / "entry.js"


def _headers(node: str) -> list[str]:
    """Where Node.js brought its headers along, build with those: else they would be fetched."""
    prefix = Path(node).resolve().parent.parent
    return [f"--nodedir={prefix}"] if (prefix / "include" / "node" / "node.h").exists() else []


def extension_vsix() -> Path:
    """The packed extension, packed anew whenever a source is younger."""
    npm = tool("npm", "install Node.js 20 with npm")
    version = json.loads((EXTENSION / "package.json").read_text())["version"]
    vsix = EXTENSION / f"timecode-{version}.vsix"
    with _alone(ROOT / ".cache"):
        if not (EXTENSION / "node_modules").is_dir():
            _run([npm, "ci"], EXTENSION)
        if not vsix.exists() or vsix.stat().st_mtime < max(path.stat().st_mtime for path in _sources()):
            _run([npm, "run", "package"], EXTENSION)
    return vsix


def pack(source: Path, folder: Path) -> Path:
    """An extension of the tests as a package that the editor installs like any other."""
    about = json.loads((source / "package.json").read_text())
    vsix = folder / f"{about['name']}.vsix"
    with zipfile.ZipFile(vsix, "w") as package:
        package.writestr("[Content_Types].xml", _TYPES)
        package.writestr("extension.vsixmanifest", _MANIFEST.format(engine=about["engines"]["vscode"], **about))
        for file in source.iterdir():
            package.write(file, f"extension/{file.name}")
    return vsix


def _sources() -> Iterator[Path]:
    yield EXTENSION / "package.json"
    for folder in ("src", "scripts", "media"):
        yield from (path for path in (EXTENSION / folder).rglob("*") if path.is_file())


def _run(command: Sequence[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=900)
    if done.returncode:
        tail = (done.stdout + done.stderr)[-3000:]
        pytest.fail(f"`{' '.join(command)}` failed in {folder}:\n{tail}", pytrace=False)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
