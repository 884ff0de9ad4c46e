"""The view of today, as a person sees it."""

from __future__ import annotations

from .waiting import until
from .webview import Webview

_ROWS = "return [...document.querySelectorAll('tr')].map((row) => [...row.cells].map((cell) => cell.innerText.trim()))"


class TodayView(Webview):
    """A page that shows figures in a table, and draws the hours."""

    def show(self) -> None:
        self._window.front()
        self._window.evaluate("await vscode.commands.executeCommand('timecode.today.focus')")
        until(self.text, "the view of today")

    def hide(self) -> None:
        """Goes to the files, which stand in the same place."""
        self._window.evaluate("await vscode.commands.executeCommand('workbench.view.explorer')")
        until(lambda: not self.text(), "the view of today to be gone")

    def text(self) -> str:
        """What it shows; empty while it isn't there."""
        return str(self.run("return document.body.innerText") or "").strip()

    def rows(self) -> list[list[str]]:
        """Hours and projects with their times."""
        rows: list[list[str]] = self.run(_ROWS) or []
        return rows

    def columns(self) -> int:
        """How many hours' columns are drawn as high as they should be."""
        script = "return [...document.querySelectorAll('.hours rect')].filter((one) => one.getBBox().height > 0).length"
        return int(self.run(script) or 0)
