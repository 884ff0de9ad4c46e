"""The flags that Chromium runs with: offline, private, and the same picture everywhere."""

from __future__ import annotations

import os
from pathlib import Path

OFFLINE = (
    # Nothing resolves but this machine, and no proxy is asked to resolve it instead.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
    "--no-proxy-server",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-features=MediaRouter,OptimizationHints,Translate,AutofillServerCommunication,CertificateTransparencyComponentUpdater",
    "--disable-sync",
    "--metrics-recording-only",
    "--no-pings",
)
QUIET = (
    "--headless",
    "--disable-breakpad",
    "--disable-crash-reporter",
    "--disable-dev-shm-usage",
    "--no-default-browser-check",
    "--no-first-run",
    "--password-store=basic",
    "--use-mock-keychain",
)
PICTURE = ("--hide-scrollbars", "--force-color-profile=srgb", "--font-render-hinting=none", "--lang=en-GB")


def flags(profile: Path, *, no_sandbox: bool) -> list[str]:
    """All flags, with a profile of its own. Without the sandbox only where asked for, or as root, where none works."""
    made = [*OFFLINE, *QUIET, *PICTURE, f"--user-data-dir={profile}"]
    if no_sandbox or _root():
        made.append("--no-sandbox")
    return made


def _root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0
