"""The few small pages that are ours: no script, no outside reference, readable in light and dark."""

from __future__ import annotations

from html import escape

_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 34rem; margin: 18vh auto 0; padding: 0 1.5rem; }
h1 { font-size: 1.4rem; }
"""
_NO_ICON = '<link rel="icon" href="data:,">'  # so that browsers don't ask for /favicon.ico


def page(title: str, body: str, *, go_to: str = "") -> bytes:
    """A whole HTML document. `title` and `go_to` (where a browser goes on to at once) are text, `body` is markup."""
    refresh = f'<meta http-equiv="refresh" content="0; url={escape(go_to)}">' if go_to else ""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">{refresh}'
        f'<meta name="viewport" content="width=device-width">{_NO_ICON}<title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body>{body}</body></html>\n"
    ).encode()
